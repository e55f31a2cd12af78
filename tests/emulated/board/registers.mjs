// Register blocks that only have to remember what was written, with a few answers of their own.

export class Registers {
  values = new Map();

  get(offset) {
    return this.values.get(offset) ?? 0;
  }

  set(offset, value) {
    this.values.set(offset, value >>> 0);
  }
}

// A peripheral that stores words; `answers` maps an offset to a function that gives what is read there instead.
export function plainPeripheral(rp2040, BasePeripheral, name, answers = {}) {
  const registers = new Registers();
  return new (class extends BasePeripheral {
    registers = registers;
    readUint32(offset) {
      return answers[offset] ? answers[offset]() >>> 0 : registers.get(offset);
    }
    writeUint32(offset, value) {
      registers.set(offset, value);
    }
  })(rp2040, name);
}
