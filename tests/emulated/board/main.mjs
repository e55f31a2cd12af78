// Runs a board by JSON lines: one request per line on stdin, one reply per line on stdout.
//
//     node main.mjs <directory of the installed rp2040js>
//
// A request is {"do": name, ...}; the first is "build". A reply is what the command gives, or {"error": text}.
// Bytes travel as base64. Nothing happens between requests: time moves in "run" only.

import { register } from 'node:module';
import { createHash } from 'node:crypto';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

import { Board } from './board.mjs';
import { BUS_STATES } from './i2c.mjs';
import { Memory } from './memory.mjs';

const MS = 1e6;
const KIND = ['numLockKey', 'keypad', 'reportsNumLock', 'ledsAtPlugIn'];
const HOST_FLAGS = ['polling', 'reportsLeds', 'ledsThroughEndpoint', 'ledDelayMs', ...KIND];

async function loadLibrary(directory) {
  const module = (name) => import(pathToFileURL(path.join(directory, 'dist/esm', name)).href);
  const { RP2040, BasePeripheral } = await module('index.js');
  const { SimulationClock } = await module('clock/simulation-clock.js');
  return { RP2040, BasePeripheral, SimulationClock };
}

register('./decoder.mjs', import.meta.url);
const library = await loadLibrary(process.argv[2]);
let board = null;
let memory = null;

const commands = {
  build({ image, bootRom, ...options }) {
    const rom = new Uint32Array(Uint8Array.from(Buffer.from(bootRom, 'base64')).buffer);
    board = new Board(library, { ...options, image: Buffer.from(image, 'base64'), bootRom: rom });
  },
  run({ ms }) {
    board.run(ms * MS);
  },
  power({ on }) {
    if (on) board.powerOn();
    else board.powerOff();
  },
  reset() {
    board.reset();
  },
  plug({ on }) {
    board.host.plug(on);
  },
  suspend({ on }) {
    board.host.suspend(on);
  },
  button({ button, down }) {
    board.button(button, down);
  },
  pressLater({ button, delay, ms }) {
    board.pressLater(button, delay, ms);
  },
  serial({ port, open, write }) {
    if (open === true) board.serial.open(port);
    if (open === false) board.serial.close(port);
    if (write !== undefined) board.serial.write(port, Buffer.from(write, 'base64'));
  },
  scsi({ cdb, length, data }) {
    board.storage.command(Buffer.from(cdb, 'base64'), length, data && Buffer.from(data, 'base64'));
  },
  locks(locks) {
    board.keyboard.setLocks(locks);
  },
  host(flags) {
    for (const name of HOST_FLAGS) if (name in flags) board.keyboard[name] = flags[name];
    if ('resumeMs' in flags) board.host.resumeMs = flags.resumeMs;
    if (flags.reportsLeds && board.host.active) board.keyboard.sendLeds();
    board.host.pollAll();
  },
  clock({ unix, advance, stopped, celsius, ppm, present, bus }) {
    const { clockChip } = board;
    if (unix !== undefined) clockChip.setUnix(unix);
    if (advance !== undefined) clockChip.setUnix(clockChip.unix + advance);
    if (stopped !== undefined) clockChip.setStopped(stopped);
    if (celsius !== undefined) clockChip.setTemperature(celsius);
    if (ppm !== undefined) clockChip.setDrift(ppm);
    if (present !== undefined) clockChip.present = present;
    if (bus !== undefined && !BUS_STATES.includes(bus)) throw new Error(`bus is one of ${BUS_STATES}`);
    if (bus !== undefined) board.setBus(bus);
    return { unix: clockChip.unix, stopped: clockChip.stopped };
  },
  flash({ start, end }) {
    return { bytes: Buffer.from(board.flashBytes().subarray(start, end)).toString('base64') };
  },
  operations({ begin }) {
    const { flash } = board.chip;
    const begun = flash.begun ?? [];
    if (begin) flash.begun = [];
    return { operations: begun.map(({ at, ns, address, size, data }) => ({ at, ns, address, size, data })) };
  },
  remember() {
    memory = new Memory(board);
  },
  recall({ image }) {
    memory.recall();
    board.chip.mcu.flash.set(Buffer.from(image, 'base64'));
  },
  ram() {
    return { bytes: Buffer.from(board.chip.mcu.sram).toString('base64') };
  },
  digest() {
    const { core, sram } = board.chip.mcu;
    return { digest: createHash('sha1').update(sram).update(core.registers).digest('hex') };
  },
  state() {
    const { host, serial, keyboard, storage, chip } = board;
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
  screen({ present }) {
    const { screen } = board;
    if (present !== undefined) screen.present = present;
    const { on, bytes, unknown, rows } = screen;
    return { on, bytes, unknown, rows, picture: Buffer.from(screen.picture()).toString('base64') };
  },
  output({ pin }) {
    return { level: board.output(pin) };
  },
};

function answer(line) {
  try {
    const { do: name, ...parameters } = JSON.parse(line);
    const reply = commands[name](parameters) ?? {};
    return { ...reply, now: board.agenda.now, events: board.takeEvents() };
  } catch (error) {
    return { error: String(error.stack ?? error) };
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(answer(line)) + '\n');
}
