// The computer's end of the cable: sees the pull-up, resets, enumerates, keeps frames going, polls endpoints.
//
// Enumeration follows the order of Linux. Drivers exist for CDC serial (serial_host.mjs), the HID keyboard
// (keyboard_host.mjs) and mass storage (storage_host.mjs); other interfaces get no traffic. The cable can be
// pulled and the bus suspended. The wire never fails.

import { parseConfiguration } from './descriptors.mjs';
import { ControlPipe, IN } from './usb_control.mjs';
import { UsbDevice } from './usb_device.mjs';

const MS = 1e6;
const DEBOUNCE = 20 * MS;
const RESET_SIGNAL = 10 * MS;
const RESET_RECOVERY = 15 * MS;
const ADDRESS_RECOVERY = 2 * MS;
const IDLE_BEFORE_SUSPEND = 3 * MS;
const RESUME_SIGNAL = 20 * MS;

const GET_DESCRIPTOR = 6;
const SET_FEATURE = 3;
const REMOTE_WAKEUP = 1; // feature selector (USB 2.0, table 9-6)
const SET_ADDRESS = 5;
const SET_CONFIGURATION = 9;
const DESCRIPTOR = { device: 0x100, configuration: 0x200, string: 0x300 };
const US_ENGLISH = 0x409;

const descriptor = (value, length, index = 0) => ({ type: IN, request: GET_DESCRIPTOR, value, index, length });
const setting = (request, value) => ({ type: 0, request, value, index: 0, length: 0 });

export class UsbHost {
  constructor(agenda, report) {
    this.agenda = agenda;
    this.report = report; // (kind, ...values): an event for the outside
    this.drivers = [];
    this.plugged = true;
    this.suspended = false;
    this.device = null;
    this.pulledUp = false;
    this.state = 'detached'; // attached, configured
    this.resumeMs = null; // how fast a wake-up signal is answered; null: the device may not send one
    this.wakeRequests = 0;
    this.generation = 0; // grows at every reset: what was planned before it does not happen
  }

  // A chip got power; null: it lost it.
  setChip(mcu) {
    this.#leave();
    this.pulledUp = false;
    this.device = mcu
      ? new UsbDevice(mcu, {
          onPullUp: (on) => this.#onPullUp(on),
          onArmed: (endpoint, isOut) => this.#onArmed(endpoint, isOut),
          onStall: () => this.control?.onStall(),
          onResetSeen: () => this.onResetSeen?.(),
          onRemoteWakeup: () => this.#onRemoteWakeup(),
        })
      : null;
    this.control = mcu ? new ControlPipe(this.device, this.agenda) : null;
  }

  // A self-powered device that loses its host sees an idle bus, which is a suspended one.
  plug(on) {
    this.plugged = on;
    if (on && this.pulledUp) this.#attach();
    if (on || this.state === 'detached') return;
    this.#leave();
    this.#suspendDevice();
  }

  suspend(on) {
    if (on === this.suspended) return;
    if (this.state === 'detached') return;
    if (!on) {
      this.device.resume();
      this.later(RESUME_SIGNAL, () => this.#resumed());
    } else if (this.resumeMs === null) this.#suspend();
    else this.transfer(setting(SET_FEATURE, REMOTE_WAKEUP), () => this.#suspend());
  }

  #suspend() {
    this.suspended = true;
    this.#suspendDevice();
  }

  #resumed() {
    this.suspended = false;
    this.#frame(this.generation);
    this.pollAll();
  }

  // The device signals resume; frames begin again when the host has answered.
  #onRemoteWakeup() {
    this.wakeRequests++;
    if (this.suspended && this.resumeMs !== null) this.later(this.resumeMs * MS, () => this.#resumed());
  }

  get active() {
    return this.state === 'configured' && !this.suspended;
  }

  // Asks the device something; `done` is not called when the device leaves first.
  transfer(request, done = () => {}) {
    this.control.transfer(request, done);
  }

  // Runs `action` after `delay` unless the device was reset or has left in between.
  later(delay, action) {
    const { generation } = this;
    this.agenda.after(delay, () => generation === this.generation && action());
  }

  // A driver that was not interested in an armed endpoint may be now.
  pollAll() {
    if (!this.active) return;
    for (const driver of this.drivers) driver.poll();
  }

  #suspendDevice() {
    const { device, generation } = this;
    this.agenda.after(IDLE_BEFORE_SUSPEND, () => {
      const idle = this.suspended || !this.plugged;
      if (idle && this.device === device && this.generation === generation) device.suspend();
    });
  }

  #onPullUp(on) {
    if (on === this.pulledUp) return;
    this.pulledUp = on;
    if (on && this.plugged) this.#attach();
    else if (!on) this.#leave();
  }

  #attach() {
    this.state = 'attached';
    this.suspended = false;
    this.device.onBus = true;
    this.report('usb', this.state);
    this.generation++;
    this.#frame(this.generation);
    this.later(DEBOUNCE, () => this.#reset(() => this.#run(this.#enumerate())));
  }

  #leave() {
    if (this.state === 'detached') return;
    this.generation++;
    this.state = 'detached';
    this.device.onBus = false;
    this.control.abandon();
    for (const driver of this.drivers) driver.release();
    this.report('usb', this.state);
  }

  #reset(then) {
    this.generation++;
    this.control.abandon();
    this.#frame(this.generation);
    this.onResetSeen = () => {
      this.onResetSeen = null;
      this.later(RESET_RECOVERY, then);
    };
    this.later(RESET_SIGNAL, () => this.device.busReset());
  }

  #frame(generation) {
    if (generation !== this.generation || this.suspended || this.state === 'detached') return;
    this.device.startOfFrame();
    this.agenda.after(MS, () => this.#frame(generation));
  }

  #onArmed(endpoint, isOut) {
    if (endpoint === 0) this.control.onArmed();
    else if (this.active) for (const driver of this.drivers) driver.onArmed(endpoint, isOut);
  }

  // Walks a generator that yields control requests, {wait} or {reset}, and takes up their results.
  #run(steps, result) {
    const { value: step, done } = steps.next(result);
    if (done) return;
    if (step.wait) this.later(step.wait, () => this.#run(steps));
    else if (step.reset) this.#reset(() => this.#run(steps));
    else this.transfer(step, (bytes) => this.#run(steps, bytes));
  }

  *#enumerate() {
    yield descriptor(DESCRIPTOR.device, 64);
    yield { reset: true };
    yield setting(SET_ADDRESS, 1);
    yield { wait: ADDRESS_RECOVERY };
    const device = yield descriptor(DESCRIPTOR.device, 18);
    const head = yield descriptor(DESCRIPTOR.configuration, 9);
    if (!device || !head || head.length < 9) {
      this.report('usb', 'failed');
      return;
    }
    const configuration = yield descriptor(DESCRIPTOR.configuration, head.readUInt16LE(2));
    this.identity = {
      vendor: device.readUInt16LE(8),
      product: device.readUInt16LE(10),
      manufacturer: yield* this.#string(device[14]),
      name: yield* this.#string(device[15]),
      serial: yield* this.#string(device[16]),
    };
    yield setting(SET_CONFIGURATION, configuration[5]);
    const interfaces = parseConfiguration(configuration);
    for (const item of interfaces) item.name = yield* this.#string(item.nameIndex);
    for (const driver of this.drivers) yield* driver.claim(interfaces);
    this.state = 'configured';
    this.identity.attributes = configuration[7];
    this.identity.interfaces = interfaces.map(({ name, class: kind }) => ({ name, class: kind }));
    this.report('usb', this.state);
    for (const driver of this.drivers) driver.start();
    this.pollAll();
  }

  *#string(index) {
    const bytes = index ? yield descriptor(DESCRIPTOR.string | index, 255, US_ENGLISH) : null;
    return bytes ? bytes.subarray(2).toString('utf16le') : '';
  }
}
