// Control transfers on endpoint 0, one after the other (USB 2.0, section 8.5.3).

const US = 1e3;
const MS = 1e6;
const SETUP_GAP = 30 * US;
const STAGE_GAP = 15 * US;
const TIMEOUT = 2000 * MS; // a host's patience
const EP0_SIZE = 64;

export const IN = 0x80; // bit of bmRequestType

export class ControlPipe {
  constructor(device, agenda, timeout = TIMEOUT) {
    this.device = device;
    this.agenda = agenda;
    this.timeout = timeout; // ns
    this.waiting = [];
    this.current = null;
    this.pumping = false;
  }

  // `request`: {type, request, value, index, length, data}. `done` gets the bytes read, or null after a stall
  // or a timeout. Returns what cancel() takes.
  transfer(request, done) {
    const transfer = { ...request, data: request.data ?? [], read: [], done };
    this.waiting.push(transfer);
    if (!this.current) this.#next();
    return transfer;
  }

  // The host gives a transfer up: its `done` is not called.
  cancel(transfer) {
    this.waiting = this.waiting.filter((each) => each !== transfer);
    if (this.current !== transfer) return;
    this.#close();
    this.#next();
  }

  // Forgets everything: the device has left the bus or was reset. Nobody is told.
  abandon() {
    this.waiting = [];
    this.#close();
  }

  // The firmware handed over a buffer of endpoint 0.
  onArmed() {
    if (this.pumping || !this.current) return;
    this.pumping = true;
    this.agenda.after(STAGE_GAP, () => {
      this.pumping = false;
      this.#pump();
    });
  }

  onStall() {
    const stalled = this.current;
    if (stalled) this.agenda.after(STAGE_GAP, () => this.current === stalled && this.#finish(null));
  }

  #close() {
    if (this.current) this.agenda.cancel(this.current.timeout);
    this.current = null;
  }

  #finish(result) {
    const { done } = this.current;
    this.#close();
    done(result);
    if (!this.current) this.#next();
  }

  #next() {
    const transfer = this.waiting.shift();
    if (!transfer) return;
    this.current = transfer;
    transfer.length ??= transfer.data.length;
    transfer.stage = transfer.length === 0 ? 'status-in' : transfer.type & IN ? 'data-in' : 'data-out';
    transfer.timeout = this.agenda.after(this.timeout, () => this.#finish(null));
    this.agenda.after(SETUP_GAP, () => {
      if (this.current === transfer) this.device.setup(setupPacket(transfer));
    });
  }

  // Moves on as far as the buffers that are ready allow: one packet at a time.
  #pump() {
    const transfer = this.current;
    if (!transfer) return;
    const isOut = transfer.stage.endsWith('out');
    if (!this.device.armed(0, isOut)) return;
    const over = this[`_${transfer.stage.replace('-', '_')}`](transfer);
    if (over) this.#finish(Buffer.from(transfer.read));
    else this.onArmed();
  }

  _data_in(transfer) {
    const packet = this.device.takeIn(0);
    transfer.read.push(...packet);
    if (transfer.read.length >= transfer.length || packet.length < EP0_SIZE) transfer.stage = 'status-out';
    return false;
  }

  _data_out(transfer) {
    this.device.giveOut(0, Uint8Array.from(transfer.data.slice(0, EP0_SIZE)));
    transfer.data = transfer.data.slice(EP0_SIZE);
    if (transfer.data.length === 0) transfer.stage = 'status-in';
    return false;
  }

  _status_in() {
    this.device.takeIn(0);
    return true;
  }

  _status_out() {
    this.device.giveOut(0, new Uint8Array(0));
    return true;
  }
}

function setupPacket({ type, request, value, index, length }) {
  const packet = Buffer.alloc(8);
  packet.writeUInt8(type, 0);
  packet.writeUInt8(request, 1);
  packet.writeUInt16LE(value, 2);
  packet.writeUInt16LE(index, 4);
  packet.writeUInt16LE(length, 6);
  return packet;
}
