// CDC-ACM ports as Linux's cdc-acm driver runs them: line coding when it binds, DTR when a program opens the port,
// another line coding when that program asks for another speed; reads only while open.
//
// A port is known by its name: 'console' or 'data' (CircuitPython names the second function CDC2).

import { CLASS } from './descriptors.mjs';

const US = 1e3;
const BULK_GAP = 60 * US; // about 16 packets of 64 bytes a frame
const SET_LINE_CODING = 0x20;
const SET_CONTROL_LINE_STATE = 0x22;
const CLASS_INTERFACE_OUT = 0x21;
const DTR_RTS = 3;
const ALWAYS_OPEN = ['console']; // somebody always reads the console
const FIRST_LINE = [0x80, 0x25, 0x00, 0x00, 0x00, 0x00, 0x08]; // 9600 baud, 8 data bits
const PROGRAMS_LINE = [0x00, 0xc2, 0x01, 0x00, 0x00, 0x00, 0x08]; // 115200 baud

export class SerialHost {
  constructor(host) {
    this.host = host;
    this.ports = new Map(); // present on the bus now
    this.wanted = new Set(ALWAYS_OPEN); // ports a program has open
    this.outgoing = new Map();
    this.delayed = []; // what is done once the port is resumed
  }

  *claim(interfaces) {
    for (const control of interfaces.filter((item) => item.class === CLASS.cdc)) {
      const data = interfaces.find((item) => item.number === control.dataInterface);
      const name = control.name.includes('CDC2') ? 'data' : 'console';
      yield lineCoding(control.number, FIRST_LINE);
      this.ports.set(name, { name, control: control.number, in: data.in.endpoint, out: data.out.endpoint });
    }
  }

  start() {
    for (const port of this.ports.values()) if (this.wanted.has(port.name)) this.#raiseDtr(port);
  }

  // The device has left: whoever had a port open has lost it.
  release() {
    this.ports.clear();
    this.outgoing.clear();
    this.delayed = [];
    this.wanted = new Set(ALWAYS_OPEN);
  }

  has(name) {
    return this.ports.has(name);
  }

  open(name) {
    this.wanted.add(name);
    this.#whenAwake(name, (port) => this.#raiseDtr(port));
  }

  close(name) {
    this.wanted.delete(name);
    this.outgoing.delete(name);
    this.#whenAwake(name, (port) => this.#lineState(port, 0));
  }

  write(name, bytes) {
    const port = this.ports.get(name);
    if (!port) throw new Error(`no serial port '${name}' on the bus`);
    this.outgoing.set(name, Buffer.concat([this.outgoing.get(name) ?? Buffer.alloc(0), bytes]));
    this.#whenAwake(name, () => this.onArmed(port.out, true));
  }

  // A computer whose program opens, closes or writes to a suspended port resumes it for that.
  #whenAwake(name, action) {
    const { host } = this;
    if (!this.has(name)) return;
    if (host.active) action(this.ports.get(name));
    else if (host.suspended) {
      this.delayed.push(() => this.has(name) && action(this.ports.get(name)));
      host.suspend(false);
    }
  }

  poll() {
    for (const action of this.delayed.splice(0)) action();
    for (const port of this.ports.values()) {
      this.onArmed(port.in, false);
      this.onArmed(port.out, true);
    }
  }

  onArmed(endpoint, isOut) {
    const port = [...this.ports.values()].find((item) => item[isOut ? 'out' : 'in'] === endpoint);
    if (!port) return;
    this.host.later(BULK_GAP, () => {
      if (!this.host.active || !this.host.device.armed(endpoint, isOut)) return;
      if (isOut) this.#deliver(port);
      else if (this.wanted.has(port.name)) this.#collect(port);
    });
  }

  #deliver(port) {
    const queue = this.outgoing.get(port.name);
    if (!queue?.length) return;
    const size = Math.min(this.host.device.room(port.out), queue.length);
    this.outgoing.set(port.name, queue.subarray(size));
    this.host.device.giveOut(port.out, queue.subarray(0, size));
  }

  #collect(port) {
    const data = this.host.device.takeIn(port.in);
    if (data.length) this.host.report('serial', port.name, Buffer.from(data).toString('latin1'));
    if (this.host.device.armed(port.in, false)) this.onArmed(port.in, false);
  }

  #raiseDtr(port) {
    this.#lineState(port, DTR_RTS);
    this.host.transfer(lineCoding(port.control, PROGRAMS_LINE));
    this.poll();
  }

  #lineState(port, value) {
    const request = SET_CONTROL_LINE_STATE;
    this.host.transfer({ type: CLASS_INTERFACE_OUT, request, value, index: port.control, length: 0 });
  }
}

const lineCoding = (index, data) => ({ type: CLASS_INTERFACE_OUT, request: SET_LINE_CODING, value: 0, index, data });
