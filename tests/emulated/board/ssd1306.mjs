// The SSD1306, a display controller, as its I2C master sees it: commands, and the memory that is the picture.
//
// Names and codes are the data sheet's (rev 1.1, tables 9-1 and 10-1; I2C: 8.1.5). Power and timing settings are
// taken and mean nothing here; scrolling is absent. It loses its memory with the power, and keeps it over a
// reset of the chip.

export const SCREEN_ADDRESS = 0x3c;

const COLUMNS = 128;
const PAGES = 8;
const ONLY_NEXT = 0x80; // of the control byte: another control byte comes after the next byte
const IS_DATA = 0x40;
const ARGUMENTS = new Map([
  [0x20, 1], // memory addressing mode
  [0x21, 2], // column start and end
  [0x22, 2], // page start and end
  [0x26, 6],
  [0x27, 6],
  [0x29, 5],
  [0x2a, 5],
  [0x81, 1], // contrast
  [0x8d, 1], // charge pump
  [0xa3, 2],
  [0xa8, 1], // multiplex ratio: rows - 1
  [0xd3, 1], // display offset
  [0xd5, 1],
  [0xd9, 1],
  [0xda, 1],
  [0xdb, 1],
]);
const HORIZONTAL = 0;

export class Ssd1306 {
  constructor() {
    this.present = true;
    this.bytes = 0; // of picture that have come
    this.losePower();
  }

  losePower() {
    this.memory = new Uint8Array(COLUMNS * PAGES);
    this.on = false;
    this.mode = 2;
    this.window = { column: [0, COLUMNS - 1], page: [0, PAGES - 1] };
    this.column = this.page = 0;
    this.rows = 64;
    this.mirrored = this.upsideDown = this.inverted = this.pump = false;
    this.unknown = [];
    this.pending = null;
    this.control = null;
  }

  // Rows of the picture as the eye has it, a byte for each pixel: 1 shines.
  picture() {
    const lit = new Uint8Array(COLUMNS * this.rows);
    if (!this.on || !this.pump) return lit;
    for (let y = 0; y < this.rows; y++) {
      const row = this.upsideDown ? y : this.rows - 1 - y;
      for (let x = 0; x < COLUMNS; x++) {
        const column = this.mirrored ? x : COLUMNS - 1 - x;
        const bit = (this.memory[(row >> 3) * COLUMNS + column] >> (row & 7)) & 1;
        lit[y * COLUMNS + x] = bit ^ (this.inverted ? 1 : 0);
      }
    }
    return lit;
  }

  // -- the bus: start (or repeated start), bytes, stop

  start(reading) {
    this.reading = reading;
    this.control = null;
  }

  read() {
    return this.on ? 0x03 : 0x43; // status: bit 6, display off
  }

  write(byte) {
    if (this.control === null) {
      this.control = byte;
      return;
    }
    if (this.control & IS_DATA) this.#data(byte);
    else this.#command(byte);
    if (this.control & ONLY_NEXT) this.control = null;
  }

  stop() {
    this.control = null;
  }

  #data(byte) {
    this.bytes++;
    this.memory[this.page * COLUMNS + this.column] = byte;
    const { column, page } = this.window;
    if (this.mode !== HORIZONTAL) {
      this.column = (this.column + 1) % COLUMNS;
    } else if (this.column === column[1]) {
      this.column = column[0];
      this.page = this.page === page[1] ? page[0] : this.page + 1;
    } else this.column++;
  }

  #command(byte) {
    if (this.pending) {
      this.pending.got.push(byte);
      if (this.pending.got.length === ARGUMENTS.get(this.pending.code)) {
        this.#carryOut(this.pending.code, this.pending.got);
        this.pending = null;
      }
    } else if (ARGUMENTS.has(byte)) this.pending = { code: byte, got: [] };
    else this.#carryOut(byte, []);
  }

  #carryOut(code, [first, second]) {
    if (code === 0x20) this.mode = first & 3;
    else if (code === 0x21) {
      this.window.column = [first & 0x7f, second & 0x7f];
      this.column = first & 0x7f;
    } else if (code === 0x22) {
      this.window.page = [first & 7, second & 7];
      this.page = first & 7;
    } else if (code === 0x8d) this.pump = (first & 4) !== 0;
    else if (code === 0xa8) this.rows = (first & 0x3f) + 1;
    else if (code === 0xa0 || code === 0xa1) this.mirrored = code === 0xa1;
    else if (code === 0xc0 || code === 0xc8) this.upsideDown = code === 0xc8;
    else if (code === 0xa6 || code === 0xa7) this.inverted = code === 0xa7;
    else if (code === 0xae || code === 0xaf) this.on = code === 0xaf;
    else if (code >= 0xb0 && code <= 0xb7) this.page = code & 7;
    else if (code <= 0x0f) this.column = (this.column & 0x70) | code;
    else if (code <= 0x17) this.column = (this.column & 0x0f) | ((code & 7) << 4);
    else if (!ARGUMENTS.has(code) && !(code >= 0x40 && code <= 0x7f) && code !== 0xa4 && code !== 0xe3 && code !== 0x2e)
      this.unknown.push(code);
  }
}
