// A computer of our own at the other end of the cable: enumerates the device and polls its endpoints.
//
// Enumeration follows the order of Linux. Drivers exist for CDC serial (serial_host.mjs), the HID keyboard
// (keyboard_host.mjs) and mass storage (storage_host.mjs); other interfaces get no traffic.

import { parseConfiguration } from './descriptors.mjs';
import { KeyboardHost } from './keyboard_host.mjs';
import { SerialHost } from './serial_host.mjs';
import { StorageHost } from './storage_host.mjs';
import { UsbBus } from './usb_bus.mjs';
import { IN } from './usb_control.mjs';

const MS = 1e6;
const DEBOUNCE = 20 * MS;
const RESET_RECOVERY = 15 * MS;
const ADDRESS_RECOVERY = 2 * MS;

const GET_DESCRIPTOR = 6;
const SET_FEATURE = 3;
const REMOTE_WAKEUP = 1; // feature selector (USB 2.0, table 9-6)
const SET_ADDRESS = 5;
const SET_CONFIGURATION = 9;
const DESCRIPTOR = { device: 0x100, configuration: 0x200, string: 0x300, qualifier: 0x600 };
const QUALIFIER_TRIES = 3;
const LANGUAGES = 0;
const US_ENGLISH = 0x409;

const descriptor = (value, length, index = 0) => ({ type: IN, request: GET_DESCRIPTOR, value, index, length });
const setting = (request, value) => ({ type: 0, request, value, index: 0, length: 0 });

export class UsbHost extends UsbBus {
  constructor(agenda, report) {
    super(agenda, report);
    this.serial = new SerialHost(this);
    this.keyboard = new KeyboardHost(this);
    this.storage = new StorageHost(this);
    this.drivers = [this.serial, this.keyboard, this.storage];
    this.resumeMs = null; // how fast a wake-up signal is answered; null: the device may not send one
    this.wakeRequests = 0;
  }

  suspend(on) {
    const allows = on && !this.suspended && this.state !== 'detached' && this.resumeMs !== null;
    if (allows) this.transfer(setting(SET_FEATURE, REMOTE_WAKEUP), () => super.suspend(true));
    else super.suspend(on);
  }

  remoteWakeup() {
    this.wakeRequests++;
    if (this.suspended && this.resumeMs !== null) this.later(this.resumeMs * MS, () => this.awake());
  }

  get active() {
    return this.state === 'configured' && !this.suspended;
  }

  // Asks the device something; `done` is not called when the device leaves first.
  transfer(request, done = () => {}) {
    this.control.transfer(request, done);
  }

  // A driver that was not interested in an armed endpoint may be now.
  pollAll() {
    if (!this.active) return;
    for (const driver of this.drivers) driver.poll();
  }

  attached() {
    this.later(DEBOUNCE, () => this.resetDevice(RESET_RECOVERY, () => this.#run(this.#enumerate())));
  }

  detached() {
    for (const driver of this.drivers) driver.release();
  }

  resumed() {
    this.pollAll();
  }

  onArmed(endpoint, isOut) {
    if (this.active) for (const driver of this.drivers) driver.onArmed(endpoint, isOut);
  }

  // Walks a generator that yields control requests, {wait} or {reset}, and takes up their results.
  #run(steps, result) {
    const { value: step, done } = steps.next(result);
    if (done) return;
    if (step.wait) this.later(step.wait, () => this.#run(steps));
    else if (step.reset) this.resetDevice(RESET_RECOVERY, () => this.#run(steps));
    else this.transfer(step, (bytes) => this.#run(steps, bytes));
  }

  *#enumerate() {
    yield descriptor(DESCRIPTOR.device, 64);
    yield { reset: true };
    yield setting(SET_ADDRESS, 1);
    yield { wait: ADDRESS_RECOVERY };
    const device = yield descriptor(DESCRIPTOR.device, 18);
    for (let tries = 0; tries < QUALIFIER_TRIES; tries++) {
      if (yield descriptor(DESCRIPTOR.qualifier, 10)) break; // a full-speed device refuses
    }
    const head = yield descriptor(DESCRIPTOR.configuration, 9);
    if (!device || !head || head.length < 9) {
      this.report('usb', 'failed');
      return;
    }
    const configuration = yield descriptor(DESCRIPTOR.configuration, head.readUInt16LE(2));
    yield descriptor(DESCRIPTOR.string | LANGUAGES, 255);
    const [name, manufacturer] = [yield* this.#string(device[15]), yield* this.#string(device[14])];
    this.identity = {
      vendor: device.readUInt16LE(8),
      product: device.readUInt16LE(10),
      manufacturer,
      name,
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
