// What a test may ask of a board, whatever its cable goes to: {name: (board, parameters) => reply}.

import { createHash } from 'node:crypto';

import { BUS_STATES } from './i2c.mjs';

export const chipCommands = {
  power(board, { on }) {
    if (on) board.powerOn();
    else board.powerOff();
  },
  reset(board) {
    board.reset();
  },
  plug(board, { on }) {
    board.host.plug(on);
  },
  suspend(board, { on }) {
    board.host.suspend(on);
  },
  button(board, { button, down }) {
    board.button(button, down);
  },
  pressLater(board, { button, delay, ms }) {
    board.pressLater(button, delay, ms);
  },
  clock(board, { unix, advance, stopped, celsius, ppm, present, bus }) {
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
  flash(board, { start, end }) {
    return { bytes: Buffer.from(board.flashBytes().subarray(start, end)).toString('base64') };
  },
  operations(board, { begin }) {
    const { flash } = board.chip;
    const begun = flash.begun ?? [];
    if (begin) flash.begun = [];
    return { operations: begun.map(({ at, ns, address, size, data }) => ({ at, ns, address, size, data })) };
  },
  ram(board) {
    return { bytes: Buffer.from(board.chip.mcu.sram).toString('base64') };
  },
  digest(board) {
    const { core, sram } = board.chip.mcu;
    return { digest: createHash('sha1').update(sram).update(core.registers).digest('hex') };
  },
  screen(board, { present }) {
    const { screen } = board;
    if (present !== undefined) screen.present = present;
    const { on, bytes, unknown, rows } = screen;
    return { on, bytes, unknown, rows, picture: Buffer.from(screen.picture()).toString('base64') };
  },
  output(board, { pin }) {
    return { level: board.output(pin) };
  },
};
