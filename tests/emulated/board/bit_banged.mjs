// The parts on bit-banged lines: follows SDA and SCL edge by edge (I2C-bus specification UM10204, section 3.1).
//
// CircuitPython bit-bangs to probe an address, because the RP2040's I2C block cannot send an address alone.

const I2C_READ = 1;

export class BitBangedTarget {
  // `devices`: address -> part
  constructor(devices) {
    this.devices = devices;
    this.reset();
  }

  reset() {
    this.sda = this.scl = true;
    this.pullsLow = false;
    this.#leave();
  }

  update(sda, scl) {
    const before = { sda: this.sda, scl: this.scl };
    this.sda = sda;
    this.scl = scl;
    if (before.scl && scl && before.sda && !sda) this.#start();
    else if (before.scl && scl && !before.sda && sda) this.#stop();
    else if (!before.scl && scl) this.#rise(sda);
    else if (before.scl && !scl) this.#fall();
    if (this.pullsLow) this.sda = false;
  }

  #leave() {
    this.phase = 'idle';
    this.clocks = 0;
    this.shift = 0;
  }

  #start() {
    this.#leave();
    this.phase = 'address';
    this.pullsLow = false;
  }

  #stop() {
    if (this.phase === 'write' || this.phase === 'read') this.device.stop();
    this.#leave();
    this.pullsLow = false;
  }

  // The master's bit is valid while the clock is high; the ninth is the acknowledge.
  #rise(sda) {
    this.clocks++;
    if (this.clocks <= 8) this.shift = ((this.shift << 1) | (sda ? 1 : 0)) & 0xff;
    else this.acknowledged = !sda;
  }

  // The target changes the data line while the clock is low.
  #fall() {
    this.pullsLow = false;
    if (this.phase === 'idle' || this.clocks === 0) return;
    if (this.clocks === 8) this.#acknowledge();
    else if (this.clocks === 9) this.#nextByte();
    else if (this.phase === 'read') this.pullsLow = !((this.out << this.clocks) & 0x80);
  }

  #acknowledge() {
    if (this.phase === 'read') return; // the master's turn
    if (this.phase === 'address') {
      this.device = this.devices.get(this.shift >> 1);
      if (!this.device?.present) {
        this.#leave();
        return;
      }
      this.device.start((this.shift & 1) === I2C_READ);
    } else this.device.write(this.shift);
    this.pullsLow = true;
  }

  #nextByte() {
    if (this.phase === 'address') this.phase = (this.shift & 1) === I2C_READ ? 'read' : 'write';
    else if (this.phase === 'read' && !this.acknowledged) {
      this.#leave();
      return;
    }
    this.clocks = 0;
    this.shift = 0;
    if (this.phase === 'read') {
      this.out = this.device.read();
      this.pullsLow = !(this.out & 0x80);
    }
  }
}
