// Runs a board by JSON lines: one request per line on stdin, one reply per line on stdout.
//
//     node main.mjs <directory of the installed rp2040js>
//
// A request is {"do": name, ...}; the first is "build". A reply is what the command gives, or {"error": text}.
// Bytes travel as base64. Nothing happens between requests: time moves in "run" only.

import readline from 'node:readline';

import { Board } from './board.mjs';
import { chipCommands } from './chip_commands.mjs';
import { buildOptions, loadLibrary } from './library.mjs';
import { Memory } from './memory.mjs';

const MS = 1e6;
const KIND = ['numLockKey', 'keypad', 'reportsNumLock', 'ledsAtPlugIn'];
const HOST_FLAGS = ['polling', 'reportsLeds', 'ledsThroughEndpoint', 'ledDelayMs', ...KIND];

const library = await loadLibrary(process.argv[2]);
let board = null;
let memory = null;

const commands = {
  build(options) {
    board = new Board(library, buildOptions(options));
  },
  run({ ms }) {
    board.run(ms * MS);
  },
  serial({ port, open, write }) {
    if (open === true) board.host.serial.open(port);
    if (open === false) board.host.serial.close(port);
    if (write !== undefined) board.host.serial.write(port, Buffer.from(write, 'base64'));
  },
  scsi({ cdb, length, data }) {
    board.host.storage.command(Buffer.from(cdb, 'base64'), length, data && Buffer.from(data, 'base64'));
  },
  locks(locks) {
    board.host.keyboard.setLocks(locks);
  },
  host(flags) {
    for (const name of HOST_FLAGS) if (name in flags) board.host.keyboard[name] = flags[name];
    if ('resumeMs' in flags) board.host.resumeMs = flags.resumeMs;
    if (flags.reportsLeds && board.host.active) board.host.keyboard.sendLeds();
    board.host.pollAll();
  },
  remember() {
    memory = new Memory(board);
  },
  recall({ image }) {
    memory.recall();
    board.chip.mcu.flash.set(Buffer.from(image, 'base64'));
  },
  state() {
    const { host, chip } = board;
    const { serial, keyboard, storage } = host;
    return {
      powered: chip !== null,
      usb: host.state,
      plugged: host.plugged,
      suspended: host.suspended,
      identity: host.identity ?? null,
      ports: [...serial.ports.keys()],
      drive: storage.disk !== null,
      numLock: keyboard.numLock,
      capsLock: keyboard.capsLock,
      errors: chip?.errors ?? 0,
      erases: chip?.flash.erases ?? 0,
      wakeRequests: host.wakeRequests,
    };
  },
};

function answer(line) {
  try {
    const { do: name, ...parameters } = JSON.parse(line);
    const reply = (name in commands ? commands[name](parameters) : chipCommands[name](board, parameters)) ?? {};
    return { ...reply, now: board.agenda.now, events: board.takeEvents() };
  } catch (error) {
    return { error: String(error.stack ?? error) };
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(answer(line)) + '\n');
}
