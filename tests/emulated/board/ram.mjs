// Word access to RAM without the way around: rp2040js looks for a peripheral at every address it writes to.
//
// Nothing but speed: the same bytes are read and written, everything outside RAM goes the old way.

const RAM = 0x20000000;

export function shortenRamAccess(mcu) {
  const { sram } = mcu;
  const words = new Uint32Array(sram.buffer, sram.byteOffset, sram.length >> 2);
  const size = sram.length;
  const read = mcu.readUint32.bind(mcu);
  const write = mcu.writeUint32.bind(mcu);
  mcu.readUint32 = (address) => {
    const offset = (address >>> 0) - RAM;
    return offset >= 0 && offset < size && (offset & 3) === 0 ? words[offset >> 2] : read(address);
  };
  mcu.writeUint32 = (address, value) => {
    const offset = (address >>> 0) - RAM;
    if (offset >= 0 && offset < size && (offset & 3) === 0) words[offset >> 2] = value;
    else write(address, value);
  };
}
