// The serial NOR flash of a board (W25Q series, 2 to 16 MiB): SPI commands, typical times, what a power cut leaves.
//
// Bytes live in the chip emulator's XIP memory. An erase or a program takes effect when its time is over; until
// then the flash is busy and takes nothing but status reads. Suspend, security registers, block protection and
// wear are not modelled.

// W25Q16JV data sheet, table of AC characteristics, typical values in ns.
const PAGE_PROGRAM_NS = 0.4e6;
const ERASES = {
  0x20: { size: 0x1000, ns: 45e6 },
  0x52: { size: 0x8000, ns: 120e6 },
  0xd8: { size: 0x10000, ns: 150e6 },
};

const WRITE_DISABLE = 0x04;
const WRITE_ENABLE = 0x06;
const PAGE_PROGRAM = 0x02;
const READ_DATA = 0x03;
const READ_STATUS_1 = 0x05;
const READ_STATUS_2 = 0x35;
const READ_UNIQUE_ID = 0x4b;
const READ_JEDEC_ID = 0x9f;

const WINBOND_SPI_NOR = [0xef, 0x40]; // then the capacity, as a power of two
const USUAL_ID = [0xd1, 0x6c, 0x7a, 0x31, 0x08, 0x24, 0x5e, 0x90];
const QUAD_ENABLE = 0x02;

export class NorFlash {
  // `bytes` are all of it: their number is the capacity, a power of two. `uniqueId`: 8 bytes, which the token's serial
  // number is made of.
  constructor(bytes, agenda, random, uniqueId = USUAL_ID) {
    this.bytes = bytes;
    this.uniqueId = uniqueId;
    this.jedecId = [...WINBOND_SPI_NOR, Math.log2(bytes.length)];
    this.agenda = agenda;
    this.random = random;
    this.command = [];
    this.writeEnabled = false;
    this.pending = null; // the operation under way
    this.erases = 0; // begun since the chip got power
    this.begun = null; // every operation since it was made an array: {at, ns, address, size or data}
  }

  select() {
    this.command = [];
  }

  // One byte out, one byte back, while chip select is low.
  exchange(byte) {
    this.command.push(byte);
    const index = this.command.length - 2; // of the byte after the opcode
    if (index < 0) return 0xff;
    switch (this.command[0]) {
      case READ_STATUS_1:
        return (this.pending ? 1 : 0) | (this.writeEnabled ? 2 : 0);
      case READ_STATUS_2:
        return QUAD_ENABLE;
      case READ_JEDEC_ID:
        return this.jedecId[index] ?? 0;
      case READ_UNIQUE_ID:
        return this.uniqueId[index - 4] ?? 0;
      case READ_DATA:
        return index < 3 ? 0xff : this.bytes[(this.#address() + index - 3) % this.bytes.length];
    }
    return 0xff;
  }

  // Raising chip select starts whatever the command asked for.
  deselect() {
    const [opcode, ...rest] = this.command;
    if (opcode === undefined || this.pending) return;
    if (opcode === WRITE_ENABLE) this.writeEnabled = true;
    else if (opcode === WRITE_DISABLE) this.writeEnabled = false;
    else if (this.writeEnabled && opcode === PAGE_PROGRAM && rest.length > 3) {
      this.#begin({ address: this.#address(), data: rest.slice(3), ns: PAGE_PROGRAM_NS });
    } else if (this.writeEnabled && opcode in ERASES) {
      const { size, ns } = ERASES[opcode];
      this.#begin({ address: this.#address() & ~(size - 1), size, ns });
    }
    this.command = [];
  }

  // How long a firmware that polls the status now would still have to poll, in ns.
  get busyFor() {
    const polling = this.command.length === 2 && this.command[0] === READ_STATUS_1;
    return this.pending && polling ? this.pending.end - this.agenda.now : 0;
  }

  // Power is gone: the operation under way stays half done.
  cut() {
    const operation = this.pending;
    if (!operation) return;
    this.agenda.cancel(operation.entry);
    this.#leaveTorn(operation, 1 - (operation.end - this.agenda.now) / operation.ns);
  }

  // Ends the operation at once; a chip reset does not stop the flash.
  settle() {
    if (!this.pending) return;
    this.agenda.cancel(this.pending.entry);
    this.#complete();
  }

  #address() {
    return ((this.command[1] << 16) | (this.command[2] << 8) | this.command[3]) % this.bytes.length;
  }

  #begin(operation) {
    if (operation.size) this.erases++;
    this.begun?.push({ at: this.agenda.now, ...operation });
    operation.end = this.agenda.now + operation.ns;
    operation.entry = this.agenda.after(operation.ns, () => this.#complete());
    this.pending = operation;
  }

  #complete() {
    const { address, data, size } = this.pending;
    this.pending = null;
    this.writeEnabled = false;
    if (data) data.forEach((byte, i) => (this.bytes[pageWrap(address, i)] &= byte));
    else this.bytes.fill(0xff, address, address + size);
  }

  // Programming clears bits and erasing sets them; each bit has made it with the share of time that has passed.
  #leaveTorn({ address, data, size }, share) {
    const some = () => {
      let bits = 0;
      for (let bit = 1; bit < 0x100; bit <<= 1) if (this.random.unit() < share) bits |= bit;
      return bits;
    };
    if (data) data.forEach((byte, i) => (this.bytes[pageWrap(address, i)] &= byte | ~some()));
    else for (let at = address; at < address + size; at++) this.bytes[at] |= some();
  }
}

// Programming past the end of a 256-byte page goes on at its start.
function pageWrap(address, offset) {
  return (address & ~0xff) | ((address + offset) & 0xff);
}
