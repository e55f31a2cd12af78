// The way from the processor to the flash: SSI data register and the chip-select override in IO_QSPI.
//
// Covers what the boot ROM's flash routines, boot2 and the SDK use (RP2040 data sheet 4.10 and 2.19.6.2): byte
// transfers with the chip select forced by software, or driven by the SSI around a burst. Memory reads through
// XIP do not pass here, and cost no time.

import { Registers } from './registers.mjs';

const TXFLR = 0x20;
const RXFLR = 0x24;
const SR = 0x28;
const SSIENR = 0x08;
const SSI_VERSION_ID = 0x5c;
const DR0 = 0x60;
const DR_END = 0xec;
const TX_FIFO_NOT_FULL = 1 << 1;
const TX_FIFO_EMPTY = 1 << 2;
const RX_FIFO_NOT_EMPTY = 1 << 3;

const SELECT = { automatic: 0, low: 2, high: 3 };
const LONGEST_SKIP_NS = 50e3;

export function ssiPeripheral(rp2040, BasePeripheral, flash, skipTime) {
  const registers = new Registers();
  // burst: chip select is low because the SSI itself pulled it
  const wire = { received: [], select: SELECT.automatic, burst: false };

  const endBurst = () => {
    if (wire.burst) flash.deselect();
    wire.burst = false;
  };
  const shift = (byte) => {
    if (wire.select === SELECT.high) return wire.received.push(0xff);
    if (wire.select === SELECT.automatic && !wire.burst) {
      wire.burst = true;
      wire.received = [];
      flash.select();
    }
    wire.received.push(flash.exchange(byte));
    // Polling a busy flash changes nothing until it is done: let the time pass at once.
    if (flash.busyFor) skipTime(Math.min(flash.busyFor, LONGEST_SKIP_NS));
  };
  const status = () => {
    if (wire.select === SELECT.automatic) endBurst();
    return TX_FIFO_NOT_FULL | TX_FIFO_EMPTY | (wire.received.length ? RX_FIFO_NOT_EMPTY : 0);
  };

  const ssi = new (class extends BasePeripheral {
    wire = wire;
    registers = registers;
    readUint32(offset) {
      if (offset === SR) return status();
      if (offset === TXFLR) return 0;
      if (offset === RXFLR) return wire.received.length;
      if (offset === SSI_VERSION_ID) return 0x3430312a;
      if (offset >= DR0 && offset <= DR_END) return wire.received.shift() ?? 0;
      return registers.get(offset);
    }
    writeUint32(offset, value) {
      if (offset >= DR0 && offset <= DR_END) {
        shift(value & 0xff);
        return;
      }
      if (offset === SSIENR && wire.select === SELECT.automatic) {
        endBurst();
        wire.received = [];
      }
      registers.set(offset, value);
    }
  })(rp2040, 'SSI');

  const forceSelect = (override) => {
    if (override === wire.select) return;
    if (override === SELECT.low) {
      endBurst();
      wire.received = [];
      flash.select();
    } else if (wire.select === SELECT.low) flash.deselect();
    wire.select = override;
  };
  return { ssi, forceSelect };
}

const GPIO_QSPI_SS_STATUS = 0x08;
const GPIO_QSPI_SS_CTRL = 0x0c;
const IN_FROM_PAD = (1 << 17) | (1 << 19);

export function ioQspiPeripheral(rp2040, BasePeripheral, forceSelect) {
  const registers = new Registers();
  return new (class extends BasePeripheral {
    registers = registers;
    readUint32(offset) {
      return offset === GPIO_QSPI_SS_STATUS ? IN_FROM_PAD : registers.get(offset); // BOOTSEL is not pressed
    }
    writeUint32(offset, value) {
      registers.set(offset, value);
      if (offset === GPIO_QSPI_SS_CTRL) forceSelect((value >>> 8) & 3); // OUTOVER
    }
  })(rp2040, 'IO_QSPI');
}
