// A host's keyboard driver: polls the report endpoint at its interval, follows the lock keys, reports the LEDs.
//
// What the keys mean is for the reader of the reports; here only Num Lock and Caps Lock matter, because a host
// that honours them answers with an LED output report.

import { CLASS, findKeyboard } from './descriptors.mjs';
import { IN } from './usb_control.mjs';

const MS = 1e6;
const CLASS_INTERFACE_OUT = 0x21;
const SET_IDLE = 0x0a;
const SET_REPORT = 0x09;
const OUTPUT_REPORT = 0x0200;
const GET_DESCRIPTOR = 6;
const REPORT_DESCRIPTOR = 0x2200;
const INTERFACE_RECIPIENT = 1;

const NUM_LOCK_KEY = 0x53;
const CAPS_LOCK_KEY = 0x39;
const NUM_LOCK_LED = 1;
const CAPS_LOCK_LED = 2;

export class KeyboardHost {
  constructor(host) {
    this.host = host;
    this.polling = true; // false: a host that has stopped reading reports
    // What kind of computer this is: tests/emulated/host.py sets these.
    this.numLockKey = 'toggles';
    this.keypad = 'num-lock';
    this.reportsNumLock = true;
    this.ledsAtPlugIn = 'lit';
    this.reportsLeds = true;
    this.ledsThroughEndpoint = true; // if there is one, as Linux does; else by SET_REPORT
    this.ledDelayMs = 5;
    this.numLock = true;
    this.capsLock = false;
    this.keyboard = null;
  }

  *claim(interfaces) {
    for (const item of interfaces.filter(({ class: kind }) => kind === CLASS.hid)) {
      const type = IN | INTERFACE_RECIPIENT;
      const index = item.number;
      yield { type: CLASS_INTERFACE_OUT, request: SET_IDLE, value: 0, index, length: 0 };
      const report = yield { type, request: GET_DESCRIPTOR, value: REPORT_DESCRIPTOR, index, length: item.reportLength };
      const found = report && findKeyboard(report);
      if (found) this.keyboard = { ...found, number: index, in: item.in, out: item.out, held: [], leds: [], ledBits: 0 };
    }
  }

  start() {
    this.sendLeds(this.ledsAtPlugIn === 'always');
  }

  release() {
    this.keyboard = null;
  }

  setLocks({ numLock = this.numLock, capsLock = this.capsLock }) {
    this.numLock = numLock;
    this.capsLock = capsLock;
    if (this.host.active) this.sendLeds();
  }

  get ledBits() {
    return (this.numLock && this.reportsNumLock ? NUM_LOCK_LED : 0) | (this.capsLock ? CAPS_LOCK_LED : 0);
  }

  // A report, if a LED changed or `always`.
  sendLeds(always = false) {
    const { keyboard } = this;
    if (!keyboard || !this.reportsLeds) return;
    if (!always && this.ledBits === keyboard.ledBits) return;
    keyboard.ledBits = this.ledBits;
    const data = keyboard.reportId ? [keyboard.reportId, this.ledBits] : [this.ledBits];
    if (this.ledsThroughEndpoint && keyboard.out) {
      keyboard.leds.push(data);
      this.onArmed(keyboard.out.endpoint, true);
      return;
    }
    const value = OUTPUT_REPORT | keyboard.reportId;
    this.host.transfer({ type: CLASS_INTERFACE_OUT, request: SET_REPORT, value, index: keyboard.number, data });
  }

  poll() {
    if (!this.keyboard) return;
    this.onArmed(this.keyboard.in.endpoint, false);
    if (this.keyboard.out) this.onArmed(this.keyboard.out.endpoint, true);
  }

  onArmed(endpoint, isOut) {
    const pipe = this.keyboard?.[isOut ? 'out' : 'in'];
    if (pipe?.endpoint !== endpoint) return;
    const period = pipe.interval * MS;
    const untilPoll = period - (this.host.agenda.now % period);
    this.host.later(untilPoll, () => {
      if (!this.host.active || !this.host.device.armed(endpoint, isOut)) return;
      if (isOut) this.#giveLeds(endpoint);
      else if (this.polling) this.#receive(this.host.device.takeIn(endpoint));
    });
  }

  #giveLeds(endpoint) {
    const data = this.keyboard.leds.shift();
    if (data) this.host.device.giveOut(endpoint, Uint8Array.from(data));
  }

  #receive(bytes) {
    const { keyboard } = this;
    if (keyboard.reportId && bytes[0] !== keyboard.reportId) return;
    const report = keyboard.reportId ? bytes.subarray(1) : bytes;
    const typesDigits = this.numLock || this.keypad === 'digits';
    this.host.report('report', Buffer.from(report).toString('hex'), typesDigits, this.capsLock);
    const held = [...report.subarray(2, 8)].filter((key) => key);
    const pressed = held.filter((key) => !keyboard.held.includes(key));
    keyboard.held = held;
    this.#followLockKeys(pressed);
  }

  #followLockKeys(pressed) {
    const numLock = pressed.includes(NUM_LOCK_KEY) && this.numLockKey === 'toggles';
    const capsLock = pressed.includes(CAPS_LOCK_KEY);
    if (numLock) this.numLock = !this.numLock;
    if (capsLock) this.capsLock = !this.capsLock;
    if (numLock || capsLock) this.host.later(this.ledDelayMs * MS, () => this.sendLeds());
  }
}
