// The bench: a chip that can lose power and be reset, its flash, clock module and buttons, and a USB host.
//
// Board time never stops and never goes back; the chip comes and goes.

import { Agenda } from './agenda.mjs';
import { AFTER_WATCHDOG, Chip } from './chip.mjs';
import { ADDRESS, Ds3231 } from './ds3231.mjs';
import { I2cWiring } from './i2c.mjs';
import { seededRandom } from './random.mjs';
import { SCREEN_ADDRESS, Ssd1306 } from './ssd1306.mjs';
import { UsbHost } from './usb_host.mjs';

const MS = 1e6;
const SEED = 20040;

export class Board {
  // `options`: {bootRom: Uint32Array, image: flash bytes, unix, buttons: pins, sda, scl, screen,
  // fastBoot, usb, uniqueId}; `Host`: what the cable goes to, a UsbBus
  constructor(library, options, Host = UsbHost) {
    this.library = library;
    this.options = options;
    this.events = [];
    this.image = options.image;
    this.random = seededRandom(SEED);
    this.agenda = new Agenda();
    this.clockChip = new Ds3231(this.agenda, options.unix);
    this.screen = options.screen ? new Ssd1306() : null;
    this.parts = new Map([[ADDRESS, this.clockChip]]);
    if (this.screen) this.parts.set(SCREEN_ADDRESS, this.screen);
    this.busState = 'ok';
    this.pressed = new Set();
    this.host = new Host(this.agenda, (...event) => this.#event(...event));
    this.host.plugged = options.usb;
    this.chip = null;
    this.powerOn();
  }

  powerOn() {
    if (!this.chip) this.#start(this.options.fastBoot ? AFTER_WATCHDOG : null);
  }

  // Power fails now; what the flash was doing stays half done.
  powerOff() {
    if (!this.chip) return;
    this.chip.flash.cut();
    this.screen?.losePower();
    this.#stop();
  }

  // The reset button: the chip starts again, power stays.
  reset() {
    if (this.chip) this.#restart(this.options.fastBoot ? AFTER_WATCHDOG : null);
  }

  run(ns) {
    const end = this.agenda.now + ns;
    while (this.agenda.now < end) {
      if (!this.chip) this.agenda.idleUntil(end);
      else this.chip.runUntil(end - this.agenda.base);
      if (this.chip?.resetRequested) this.#watchdogReset();
    }
  }

  button(number, down) {
    const pin = this.options.buttons[number - 1];
    if (down) this.pressed.add(pin);
    else this.pressed.delete(pin);
    this.chip?.drive(pin, down ? false : null);
    this.#event('button', number, down);
  }

  pressLater(number, delayMs, durationMs) {
    this.agenda.after(delayMs * MS, () => this.button(number, true));
    this.agenda.after((delayMs + durationMs) * MS, () => this.button(number, false));
  }

  setBus(state) {
    this.busState = state;
    this.wiring?.setState(state);
  }

  // The level a pin is driven to by the chip; null when it does not drive it.
  output(pin) {
    const gpio = this.chip?.mcu.gpio[pin];
    return gpio?.outputEnable ? gpio.outputValue : null;
  }

  flashBytes() {
    return this.chip ? this.chip.flash.bytes : this.image;
  }

  takeEvents() {
    const { events } = this;
    this.events = [];
    return events;
  }

  #event(...event) {
    this.events.push([Math.round(this.agenda.now), ...event]);
  }

  #start(watchdog) {
    const { library, agenda, random, image, options } = this;
    const { bootRom, uniqueId } = options;
    this.chip = new Chip(library, { bootRom, image, watchdog, agenda, random, uniqueId });
    if (options.sda !== null) {
      this.wiring = new I2cWiring(this.chip, agenda, this.parts, options);
      this.wiring.setState(this.busState);
    }
    for (const pin of this.pressed) this.chip.drive(pin, false);
    this.host.setChip(this.chip.mcu);
  }

  #stop() {
    this.host.setChip(null);
    this.image = this.flashBytes().slice();
    this.agenda.detach();
    this.wiring = null;
    this.chip = null;
  }

  #watchdogReset() {
    const { watchdogState } = this.chip;
    this.#restart(watchdogState);
  }

  #restart(watchdog) {
    this.chip.flash.settle();
    this.#stop();
    this.#event('reset');
    this.#start(watchdog);
  }
}
