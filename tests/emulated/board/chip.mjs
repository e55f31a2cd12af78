// One powered RP2040: the rp2040js core with the register blocks it lacks, run by the clock cycle.
//
// Core 0 only. Starts at boot2, where the boot ROM would hand over. Time is what the instructions take at
// clk_sys (125 MHz); the XIP cache, bus contention and crystal start-up are not modelled. rp2040js is passed in
// by main.mjs, which knows where it is installed.

import { NorFlash } from './flash.mjs';
import { shortenRamAccess } from './ram.mjs';
import { plainPeripheral } from './registers.mjs';
import { ioQspiPeripheral, ssiPeripheral } from './ssi.mjs';

const BOOT2 = 0x10000000;
const HAD_POWER_ON = 1 << 8;
const XIP_STATUS_READY = 0b11;
const ROSC_STABLE = 0x81001000;
const WATCHDOG_TIMER = 1;

// The SDK marks a reset as the watchdog's own by this word in scratch 4; CircuitPython then does not wait a
// second for a press of the reset button.
const WATCHDOG_MAGIC = 0x6ab73121;

export const AFTER_WATCHDOG = { reason: WATCHDOG_TIMER, scratch: Uint32Array.of(0, 0, 0, 0, WATCHDOG_MAGIC, 0, 0, 0) };

export class Chip {
  // `watchdog` is what the last reset left in the watchdog block, or null after power-on.
  constructor(library, { bootRom, image, watchdog, agenda, random, uniqueId }) {
    const { RP2040, SimulationClock } = library;
    this.clock = new SimulationClock();
    this.mcu = new RP2040(this.clock);
    this.mcu.logger = { debug() {}, info() {}, warn() {}, error: () => this.errors++ };
    this.errors = 0;
    this.skippedNs = 0;
    this.resetRequested = false;
    this.mcu.loadBootrom(bootRom);
    this.mcu.flash.set(image);
    agenda.attach(this.clock);
    this.flash = new NorFlash(this.mcu.flash.subarray(0, image.length), agenda, random, uniqueId);
    this.#addMissingBlocks(library, random, watchdog);
    this.#floatPins();
    shortenRamAccess(this.mcu);
    this.mcu.core.PC = BOOT2;
  }

  // Runs up to the first instruction boundary at or after `end` (chip clock, ns), or to a reset request.
  runUntil(end) {
    const { clock } = this;
    const { core } = this.mcu;
    const cycleNs = 1e9 / this.mcu.clkSys;
    while (clock.nanosCounter < end && !this.resetRequested) {
      if (core.waiting) {
        this.#sleep(end);
        continue;
      }
      const next = clock.nanosCounter + core.executeInstruction() * cycleNs;
      // A masked interrupt that is pending already ends WFI at once (ARMv6-M B1.5.19); rp2040js would wait on.
      if (core.waiting && core.pendingInterrupts & core.enabledInterrupts) core.waiting = false;
      const alarm = clock.nextAlarm;
      if (alarm !== null && alarm.nanos <= next) clock.tick(next - clock.nanosCounter);
      else clock.nanosCounter = next;
      if (this.skippedNs) this.#skip();
    }
  }

  // Drives a pin from outside, or lets go of it (null): then its pull resistors decide.
  drive(pin, level) {
    this.levels[pin] = level;
    const gpio = this.mcu.gpio[pin];
    gpio.setInputValue(level ?? gpio.pullupEnabled);
  }

  // What the watchdog block keeps over a chip reset.
  get watchdogState() {
    const { reason, scratchData } = this.mcu.peripherals[0x40058];
    return { reason, scratch: scratchData.slice() };
  }

  #sleep(end) {
    const { clock } = this;
    const wake = clock.nextAlarm ? Math.min(clock.nextAlarm.nanos, end) : end;
    clock.tick(Math.max(0, wake - clock.nanosCounter));
  }

  #skip() {
    const ns = this.skippedNs;
    this.skippedNs = 0;
    this.clock.tick(ns);
  }

  #addMissingBlocks({ BasePeripheral }, random, watchdog) {
    const { mcu } = this;
    const { ssi, forceSelect } = ssiPeripheral(mcu, BasePeripheral, this.flash, (ns) => (this.skippedNs = ns));
    const plain = (name, answers) => plainPeripheral(mcu, BasePeripheral, name, answers);
    Object.assign(mcu.peripherals, {
      0x14000: plain('XIP_CTRL', { 0x04: () => 0, 0x08: () => XIP_STATUS_READY }),
      0x18000: ssi,
      0x40018: ioQspiPeripheral(mcu, BasePeripheral, forceSelect),
      0x40060: plain('ROSC', { 0x18: () => ROSC_STABLE, 0x1c: () => random.bit() }),
      0x40064: plain('VREG', { 0x08: () => HAD_POWER_ON }),
    });
    this.#wireWatchdog(mcu.peripherals[0x40058], watchdog);
  }

  #wireWatchdog(block, state) {
    if (state) {
      block.reason = state.reason;
      block.scratchData.set(state.scratch);
    }
    block.onWatchdogTrigger = () => {
      block.alarm.enable = false;
      this.resetRequested = true;
    };
  }

  // rp2040js reads an undriven pin as low; on a board its pull-up would raise it.
  #floatPins() {
    this.levels = this.mcu.gpio.map(() => null);
    this.mcu.gpio.forEach((gpio, pin) => {
      Object.defineProperty(gpio, 'rawInputValue', {
        get: () => this.levels[pin] ?? gpio.pullupEnabled,
        set: () => {}, // levels are set by drive()
      });
    });
    // The flash lines idle high: BOOTSEL, which CircuitPython samples on chip select, is not pressed.
    for (const line of this.mcu.qspi) Object.defineProperty(line, 'inputValue', { get: () => true });
  }
}
