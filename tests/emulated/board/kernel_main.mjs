// Runs boards beside a QEMU guest, whose USB/IP client they are plugged into. Like main.mjs, with these differences:
//
//     node kernel_main.mjs <directory of the installed rp2040js> <QMP socket> <lead in ms>
//
// Requests carry the `board`'s number, but for "lead". Time passes by itself, as the guest's does (pacer.mjs); "run"
// is answered when so much of it has passed. At the end of the input QEMU ends too.

import readline from 'node:readline';

import { Board } from './board.mjs';
import { chipCommands } from './chip_commands.mjs';
import { buildOptions, loadLibrary } from './library.mjs';
import { Pacer } from './pacer.mjs';
import { Qmp } from './qmp.mjs';
import { RawHost } from './raw_host.mjs';
import { serve } from './usbip.mjs';

const MS = 1e6;

const [directory, socket, leadMs] = process.argv.slice(2);
const library = await loadLibrary(directory);
const qmp = new Qmp(socket);
await qmp.execute('qmp_capabilities');
const pacer = new Pacer(qmp, leadMs * MS);
const boards = new Map();

const commands = {
  // The TCP port at which the board is to be had.
  async build(number, options) {
    const board = new Board(library, buildOptions(options), RawHost);
    boards.set(number, board);
    pacer.add(board);
    return { port: await serve(board.host) };
  },
  // The board is no longer needed.
  discard(number) {
    boards.get(number).host.plug(false);
    pacer.remove(boards.get(number));
    boards.delete(number);
  },
  run(number, { ms }) {
    return new Promise((resolve) => boards.get(number).agenda.after(ms * MS, resolve));
  },
  lead(number, { ms }) {
    pacer.lead = ms * MS;
  },
  state(number) {
    const { host, chip } = boards.get(number);
    return {
      powered: chip !== null,
      usb: host.state,
      plugged: host.plugged,
      suspended: host.suspended,
      errors: chip?.errors ?? 0,
      erases: chip?.flash.erases ?? 0,
    };
  },
};

async function answer(line) {
  try {
    const { do: name, board: number, ...parameters } = JSON.parse(line);
    const call = commands[name] ?? ((_, given) => chipCommands[name](boards.get(number), given));
    const reply = await call(number, parameters);
    const board = boards.get(number);
    return { ...reply, now: board?.agenda.now ?? 0, events: board?.takeEvents() ?? [] };
  } catch (error) {
    return { error: String(error.stack ?? error) };
  }
}

async function answerAll() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(line)) + '\n');
  }
  await end(0);
}

async function end(code) {
  await qmp.execute('quit').catch(() => {});
  process.exit(code);
}

process.stdout.on('error', () => {}); // whoever started this has ended: the input's end comes next
pacer.run().catch(async (error) => {
  process.stderr.write(`${error.stack}\n`);
  await end(1);
});
await answerAll();
