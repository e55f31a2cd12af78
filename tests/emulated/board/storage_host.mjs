// A host's mass-storage driver: one SCSI command at a time over the bulk endpoints (USB Mass Storage Class,
// Bulk-Only Transport 1.0). A stalled endpoint is not modelled.

const US = 1e3;
const BULK_GAP = 60 * US;
const PACKET = 64;
const STORAGE_CLASS = 8;
const BULK_ONLY = 0x50;

const COMMAND_SIGNATURE = 0x43425355;
const STATUS_SIGNATURE = 0x53425355;
const COMMAND_SIZE = 31;
const STATUS_SIZE = 13;
const DIRECTION_IN = 0x80;

export class StorageHost {
  constructor(host) {
    this.host = host;
    this.disk = null; // {in, out}: endpoints
    this.tag = 0;
    this.forget();
  }

  forget() {
    this.outgoing = []; // packets that wait for their endpoint: a command and its data
    this.expected = 0; // bytes of data still to come
    this.data = [];
    this.planned = new Set(); // endpoints with a transaction to come: never two, or one would come too soon
  }

  *claim(interfaces) {
    const found = interfaces.find((item) => item.class === STORAGE_CLASS && item.protocol === BULK_ONLY);
    if (found) this.disk = { in: found.in.endpoint, out: found.out.endpoint };
  }

  start() {}

  release() {
    this.disk = null;
    this.forget();
  }

  // Sends a command that asks for `length` bytes, or brings `data`; what came of it is the event "scsi": data and
  // status.
  command(cdb, length, data) {
    if (!this.disk) throw new Error('no drive on the bus');
    const wrapper = Buffer.alloc(COMMAND_SIZE);
    wrapper.writeUInt32LE(COMMAND_SIGNATURE, 0);
    wrapper.writeUInt32LE(++this.tag, 4);
    wrapper.writeUInt32LE(data ? data.length : length, 8);
    wrapper.writeUInt8(data ? 0 : DIRECTION_IN, 12);
    wrapper.writeUInt8(cdb.length, 14);
    cdb.copy(wrapper, 15);
    this.outgoing = [wrapper];
    for (let at = 0; data && at < data.length; at += PACKET) this.outgoing.push(data.subarray(at, at + PACKET));
    this.expected = data ? 0 : length;
    this.data = [];
    this.poll();
  }

  poll() {
    if (!this.disk) return;
    this.onArmed(this.disk.in, false);
    this.onArmed(this.disk.out, true);
  }

  onArmed(endpoint, isOut) {
    if (endpoint !== this.disk?.[isOut ? 'out' : 'in'] || this.planned.has(isOut)) return;
    this.planned.add(isOut);
    this.host.later(BULK_GAP, () => {
      this.planned.delete(isOut);
      if (!this.host.active || !this.disk || !this.host.device.armed(endpoint, isOut)) return;
      if (isOut) this.#send(endpoint);
      else this.#receive(endpoint);
    });
  }

  #send(endpoint) {
    if (!this.outgoing.length) return;
    this.host.device.giveOut(endpoint, this.outgoing.shift());
    if (this.host.device.armed(endpoint, true)) this.onArmed(endpoint, true);
  }

  #receive(endpoint) {
    const packet = Buffer.from(this.host.device.takeIn(endpoint));
    if (this.#isStatus(packet)) {
      const status = packet.readUInt8(STATUS_SIZE - 1);
      this.host.report('scsi', Buffer.from(this.data).toString('base64'), status);
    } else {
      this.data.push(...packet);
      this.expected = packet.length < PACKET ? 0 : this.expected - packet.length;
    }
    if (this.host.device.armed(endpoint, false)) this.onArmed(endpoint, false);
  }

  // A device that has less to say than was asked for may go straight to its status.
  #isStatus(packet) {
    if (packet.length !== STATUS_SIZE || packet.readUInt32LE(0) !== STATUS_SIGNATURE) return false;
    return this.expected <= 0 || packet.readUInt32LE(4) === this.tag;
  }
}
