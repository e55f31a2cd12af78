// The transfers that wait for one endpoint, served packet by packet in their order when the device is ready.

// Linux error numbers of a transfer that ended badly.
export const EPIPE = -32;
const EOVERFLOW = -75;

export class TransferQueue {
  // `host`: a RawHost; `delay()`: ns until the next transaction.
  constructor(host, { endpoint, isOut, size, delay }) {
    this.host = host;
    this.endpoint = endpoint;
    this.isOut = isOut;
    this.size = size; // bytes in a full packet
    this.delay = delay;
    this.waiting = [];
    this.planned = false;
  }

  add(transfer) {
    this.waiting.push({ ...transfer, at: 0, read: [] });
    this.serve();
  }

  // Takes a transfer back; false when it is not here.
  remove(tag) {
    const place = this.waiting.findIndex((each) => each.tag === tag);
    if (place >= 0) this.waiting.splice(place, 1);
    return place >= 0;
  }

  // Plans the next transaction if there is something to do and the device takes part.
  serve() {
    if (this.planned || !this.#ready()) return;
    this.planned = true;
    const { generation } = this.host;
    this.host.agenda.after(this.delay(), () => {
      this.planned = false;
      if (generation !== this.host.generation || !this.#ready()) return;
      this.#transact(this.waiting[0]);
      this.serve();
    });
  }

  #ready() {
    const { host, endpoint, isOut } = this;
    if (!this.waiting.length || host.suspended || host.state === 'detached') return false;
    return host.device.armed(endpoint, isOut) || host.device.stalled(endpoint, isOut);
  }

  #transact(transfer) {
    if (this.host.device.stalled(this.endpoint, this.isOut)) this.#finish(transfer, EPIPE);
    else if (this.isOut) this.#send(transfer);
    else this.#receive(transfer);
  }

  #send(transfer) {
    const { device } = this.host;
    const size = Math.min(device.room(this.endpoint) || this.size, this.size);
    const packet = transfer.data.subarray(transfer.at, transfer.at + size);
    transfer.at += packet.length;
    device.giveOut(this.endpoint, packet);
    this.host.passed(this.endpoint, true, packet);
    if (transfer.at >= transfer.data.length) this.#finish(transfer, 0);
  }

  #receive(transfer) {
    const packet = this.host.device.takeIn(this.endpoint);
    transfer.read.push(...packet);
    this.host.passed(this.endpoint, false, packet);
    if (transfer.read.length > transfer.length) this.#finish(transfer, EOVERFLOW);
    else if (packet.length < this.size || transfer.read.length === transfer.length) this.#finish(transfer, 0);
  }

  #finish(transfer, status) {
    this.waiting.shift();
    transfer.done(status, this.isOut ? transfer.at : Buffer.from(transfer.read).subarray(0, transfer.length));
  }
}
