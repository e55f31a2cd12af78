// The end of the cable that carries another computer's transfers to the device, as a host controller would.
//
// A transfer has a `done(status, result)`: 0 and the bytes read or the number of bytes written, or a negative Linux
// error number. What passes is told as events, but for the drive's data: "control" (setup packet, data, status);
// "in" and "out" (endpoint, data) of serial ports; "report", a keyboard report beside the locks the computer last
// sent; "leds" (bits, whether through the endpoint), what it sent.

import { CLASS, INTERRUPT, findKeyboard, parseConfiguration } from './descriptors.mjs';
import { EPIPE, TransferQueue } from './transfer_queue.mjs';
import { UsbBus } from './usb_bus.mjs';
import { IN } from './usb_control.mjs';

const US = 1e3;
const MS = 1e6;
const RESET_RECOVERY = 10 * MS;
const ADDRESS_RECOVERY = 2 * MS;
const BEFORE_SUSPEND = 1 * MS;
const BULK_GAP = 60 * US; // about 16 packets of 64 bytes a frame
const NO_TIMEOUT = 1e18; // ns: the computer gives up by itself

const STANDARD_IN = IN;
const INTERFACE_IN = IN | 1;
const CLASS_INTERFACE_OUT = 0x21;
const GET_DESCRIPTOR = 6;
const SET_ADDRESS = 5;
const SET_FEATURE = 3;
const SET_REPORT = 9;
const REMOTE_WAKEUP = 1;
const DESCRIPTOR = { device: 1, configuration: 2, report: 0x22 };
const FIRST_LOOK = 64; // bytes of the device descriptor that Linux asks for between two resets
const NUM_LOCK = 1;
const CAPS_LOCK = 2;
const DEFAULT_SIZE = 64;

const hex = (bytes) => Buffer.from(bytes).toString('hex');

export class RawHost extends UsbBus {
  constructor(agenda, report) {
    super(agenda, report);
    this.controlTimeout = NO_TIMEOUT;
    this.serving = null; // the connection that gets the device's transfers: {onAttached(), onDetached()}
    this.forget();
  }

  forget() {
    this.queues = new Map(); // by endpoint and direction
    this.endpoints = new Map();
    this.controls = new Map(); // by tag: what is under way on endpoint 0
    this.keyboard = null; // {endpoint, reportId}
    this.hidInterfaces = new Map();
    this.locks = 0;
  }

  // Bus reset and SET_ADDRESS, which a USB/IP client leaves to the server; then `done`.
  reset(done) {
    this.suspended = this.resuming = false;
    this.queues.clear();
    this.controls.clear();
    this.resetDevice(RESET_RECOVERY, () => {
      const request = { type: 0, request: SET_ADDRESS, value: 1, index: 0, length: 0 };
      this.control.transfer(request, () => this.later(ADDRESS_RECOVERY, done));
    });
  }

  // `transfer`: {tag, endpoint, isOut, length, data, setup, done}
  submit(transfer) {
    if (this.state === 'detached') return;
    if (this.suspended && !this.resuming) this.#wake();
    if (transfer.endpoint === 0) this.#control(transfer);
    else this.#queue(transfer.endpoint, transfer.isOut).add(transfer);
  }

  // Takes a transfer back; false when it is over.
  cancel(tag) {
    const control = this.controls.get(tag);
    if (control) {
      this.controls.delete(tag);
      this.control.cancel(control);
      return true;
    }
    return [...this.queues.values()].some((queue) => queue.remove(tag));
  }

  attached() {
    this.serving?.onAttached();
  }

  detached() {
    this.forget();
    this.serving?.onDetached();
  }

  resumed() {
    for (const queue of this.queues.values()) queue.serve();
  }

  // USB/IP has no word for it: whoever takes the event has the computer resume the device.
  remoteWakeup() {
    this.report('power', 'remote-wakeup');
  }

  onArmed(endpoint, isOut) {
    this.queues.get(key(endpoint, isOut))?.serve();
  }

  onEndpointStall(endpoint, isOut) {
    this.report('stall', endpoint, isOut);
    this.onArmed(endpoint, isOut);
  }

  // A transfer to a suspended device is how the computer's wish to wake it arrives here.
  #wake() {
    this.report('power', 'resume');
    this.suspend(false);
  }

  #queue(endpoint, isOut) {
    const name = key(endpoint, isOut);
    if (!this.queues.has(name)) {
      const { type, interval, size } = this.endpoints.get(name) ?? { size: DEFAULT_SIZE };
      const period = type === INTERRUPT ? interval * MS : 0;
      const delay = () => (period ? period - (this.agenda.now % period) : BULK_GAP);
      this.queues.set(name, new TransferQueue(this, { endpoint, isOut, size, delay }));
    }
    return this.queues.get(name);
  }

  #control(transfer) {
    const { setup, data, tag } = transfer;
    const request = {
      type: setup[0],
      request: setup[1],
      value: setup.readUInt16LE(2),
      index: setup.readUInt16LE(4),
      length: setup.readUInt16LE(6),
    };
    if (!(request.type & IN)) request.data = [...data.subarray(0, request.length)];
    const send = () => {
      const finish = (bytes) => this.#controlDone(transfer, request, bytes);
      this.controls.set(tag, this.control.transfer(request, finish));
    };
    const { type, length } = request;
    const isFirstLook = type === STANDARD_IN && isDescriptor(request, DESCRIPTOR.device) && length === FIRST_LOOK;
    if (isFirstLook) this.reset(send);
    else send();
  }

  #controlDone({ tag, setup, data, length, done }, request, bytes) {
    this.controls.delete(tag);
    const isIn = (request.type & IN) !== 0;
    this.report('control', hex(setup), hex(isIn ? (bytes ?? []) : data), bytes === null ? EPIPE : 0);
    if (bytes === null) return done(EPIPE, isIn ? Buffer.alloc(0) : 0);
    if (isIn) this.#learn(request, bytes);
    else this.#follow(request);
    return done(0, isIn ? bytes.subarray(0, length) : request.length);
  }

  // Takes in what the device says of itself.
  #learn(request, bytes) {
    if (request.type === STANDARD_IN && isDescriptor(request, DESCRIPTOR.configuration)) {
      const storage = (item) => item.class === CLASS.storage;
      for (const item of parseConfiguration(bytes)) {
        if (item.in) this.endpoints.set(key(item.in.endpoint, false), { ...item.in, quiet: storage(item) });
        if (item.out) this.endpoints.set(key(item.out.endpoint, true), { ...item.out, quiet: storage(item) });
        if (item.class === CLASS.hid) this.hidInterfaces.set(item.number, item);
      }
    } else if (request.type === INTERFACE_IN && isDescriptor(request, DESCRIPTOR.report)) {
      const found = findKeyboard(bytes);
      const item = this.hidInterfaces.get(request.index);
      if (found && item) this.keyboard = { ...found, number: item.number, in: item.in, out: item.out };
    }
  }

  // Takes in what the computer tells the device.
  #follow({ type, request, value, index, data }) {
    if (type === 0 && request === SET_FEATURE && value === REMOTE_WAKEUP) {
      this.report('power', 'suspend');
      this.later(BEFORE_SUSPEND, () => this.suspend(true));
    } else if (type === CLASS_INTERFACE_OUT && request === SET_REPORT && index === this.keyboard?.number) {
      this.#setLocks(data, false);
    }
  }

  #setLocks(data, throughEndpoint) {
    this.locks = data.at(-1);
    this.report('leds', this.locks, throughEndpoint);
  }

  // For the queues: a packet has passed.
  passed(endpoint, isOut, bytes) {
    if (this.endpoints.get(key(endpoint, isOut))?.quiet) return;
    const { keyboard } = this;
    if (keyboard?.[isOut ? 'out' : 'in']?.endpoint !== endpoint) {
      this.report(isOut ? 'out' : 'in', endpoint, hex(bytes));
    } else if (isOut) this.#setLocks(bytes, true);
    else this.#keyboardReport(bytes);
  }

  #keyboardReport(bytes) {
    const { reportId } = this.keyboard;
    if (reportId && bytes[0] !== reportId) return;
    const report = reportId ? bytes.subarray(1) : bytes;
    this.report('report', hex(report), (this.locks & NUM_LOCK) !== 0, (this.locks & CAPS_LOCK) !== 0);
  }
}

const key = (endpoint, isOut) => `${endpoint}${isOut ? 'out' : 'in'}`;

const isDescriptor = ({ request, value }, kind) => request === GET_DESCRIPTOR && value >> 8 === kind;
