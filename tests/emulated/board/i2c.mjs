// The two I2C lines between the RP2040 and the DS3231 and perhaps a screen, pulled up on the clock module.
//
// The chip speaks in two ways: through its I2C block, whose bytes rp2040js hands over whole, and by bit-banging
// the pins, which is how CircuitPython probes an address. Faults of the wiring can be set: no pull-ups, or a
// line held low.

import { BitBangedTarget } from './bit_banged.mjs';

const I2C_READ = 1; // rp2040js I2CMode.Read
const R_TX_EMPTY = 1 << 4;
const RESETS = 0x4000c; // rp2040js's key for the reset controller; RESET is its first register
const RESET_I2C0 = 3;
const RESET_I2C1 = 4;
const SIO = 5; // GPIO function under software control

export const BUS_STATES = ['ok', 'unpulled', 'sda-low', 'scl-low'];

export class I2cWiring {
  // `devices`: address -> part
  constructor(chip, agenda, devices, { sda, scl }) {
    this.chip = chip;
    this.agenda = agenda;
    this.devices = devices;
    this.pins = { sda, scl };
    this.block = chip.mcu.i2c[(sda >> 1) & 1];
    this.bits = new BitBangedTarget(devices);
    this.state = 'ok';
    this.stuck = null; // what the I2C block waits for while the bus cannot move
    this.resets = 0;
    this.#wireBlock();
    this.#honourReset();
    for (const pin of [sda, scl]) chip.mcu.gpio[pin].addListener(() => this.#followPins());
    this.setState('ok');
  }

  setState(state) {
    this.state = state;
    this.#settle();
    if (state === 'ok' && this.stuck) {
      const resume = this.stuck;
      this.stuck = null;
      resume();
    }
  }

  // -- the I2C block: each answer comes when its bits would be through

  #wireBlock() {
    const { block, devices } = this;
    this.addressed = null;
    block.onStart = () => this.#afterBits(1, () => block.completeStart());
    block.onConnect = (address, mode) =>
      this.#afterBits(9, () => {
        const device = devices.get(address);
        this.addressed = device?.present ? device : null;
        this.addressed?.start(mode === I2C_READ);
        block.completeConnect(this.addressed !== null);
        if (!this.addressed) this.#flushed();
      });
    block.onWriteByte = (byte) =>
      this.#afterBits(9, () => {
        this.addressed?.write(byte);
        block.completeWrite(this.addressed !== null);
        if (!this.addressed) this.#flushed();
      });
    block.onReadByte = () => this.#afterBits(9, () => block.completeRead(this.addressed?.read() ?? 0xff));
    block.onStop = () =>
      this.#afterBits(1, () => {
        this.addressed?.stop();
        this.addressed = null;
        block.completeStop();
      });
  }

  // An abort flushes the transmit FIFO, and the hardware says so; the SDK waits for it.
  #flushed() {
    this.block.setInterrupts(R_TX_EMPTY);
  }

  #afterBits(count, action) {
    const period = ((this.block.sclHighPeriod + this.block.sclLowPeriod) * 1e9) / this.chip.mcu.clkSys;
    const { resets } = this;
    this.agenda.after(count * period, () => {
      if (resets !== this.resets) return;
      if (this.state === 'ok') action();
      else this.stuck = action;
    });
  }

  // rp2040js keeps a block's state when the firmware puts it into reset, as closing an I2C port does.
  #honourReset() {
    const controller = this.chip.mcu.peripherals[RESETS];
    const bit = 1 << (this.block === this.chip.mcu.i2c[1] ? RESET_I2C1 : RESET_I2C0);
    const write = controller.writeUint32.bind(controller);
    controller.writeUint32 = (offset, value) => {
      if (offset === 0 && value & bit) this.#resetBlock();
      write(offset, value);
    };
  }

  #resetBlock() {
    this.resets++;
    this.stuck = null;
    const idle = { state: 0, busy: false, stop: false, pendingRestart: false, firstByte: false };
    Object.assign(this.block, idle, { enable: 0, abortSource: 0, intRaw: 0, intEnable: 0 });
    this.block.rxFIFO.reset();
    this.block.txFIFO.reset();
    this.block.checkInterrupts();
  }

  // -- software control of the pins

  #followPins() {
    if (this.#bitBanging()) {
      const [sda, scl] = this.#levels();
      this.bits.update(sda, scl);
    } else this.bits.reset();
    this.#settle();
  }

  #bitBanging() {
    const { sda, scl } = this.pins;
    return [sda, scl].every((pin) => this.chip.mcu.gpio[pin].functionSelect === SIO);
  }

  // Wired-AND of the chip's driver, the module's pull-up and whoever holds the line low.
  #levels() {
    const { gpio } = this.chip.mcu;
    const free = (pin) => !(gpio[pin].outputEnable && !gpio[pin].outputValue);
    const sdaFree = free(this.pins.sda) && !this.bits.pullsLow && this.state !== 'sda-low';
    return [sdaFree, free(this.pins.scl) && this.state !== 'scl-low'];
  }

  #settle() {
    const [sda, scl] = this.#levels();
    const pulled = this.state === 'unpulled' ? null : true;
    this.chip.drive(this.pins.sda, sda ? pulled : false);
    this.chip.drive(this.pins.scl, scl ? pulled : false);
  }
}
