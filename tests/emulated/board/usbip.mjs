// A USB/IP server for one device (Linux, Documentation/usb/usbip_protocol.rst): TCP on the loopback interface.
//
// A client asks to import the device and is answered once the device is on the bus; when the device leaves, the
// connection is closed, which is how the client sees it go.

import net from 'node:net';

const VERSION = 0x0111;
const REQUEST_IMPORT = 0x8003;
const REPLY_IMPORT = 0x0003;
const IMPORT_SIZE = 40;
const IMPORT_REPLY_SIZE = 320;
const HEADER_SIZE = 48;
const SUBMIT = 1;
const UNLINK = 2;
const REPLY_SUBMIT = 3;
const REPLY_UNLINK = 4;
const DIRECTION_IN = 1;
const ECONNRESET = -104;
const FULL_SPEED = 2;

// Serves `host`, a RawHost; gives the TCP port.
export function serve(host) {
  return new Promise((resolve) => {
    const server = net.createServer((socket) => new Connection(socket, host));
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

class Connection {
  constructor(socket, host) {
    this.socket = socket;
    this.host = host;
    this.pending = Buffer.alloc(0);
    this.imported = false;
    this.running = new Set(); // tags of transfers that have no answer yet
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (data) => this.#take(data));
    socket.on('close', () => this.#closed());
  }

  // The device is on the bus.
  onAttached() {
    this.host.reset(() => {
      this.imported = true;
      this.socket.write(importReply());
      this.#take(Buffer.alloc(0));
    });
  }

  // The device has left.
  onDetached() {
    this.running.clear();
    this.socket.destroy();
  }

  #closed() {
    if (this.host.serving !== this) return;
    this.host.serving = null;
    for (const tag of this.running) this.host.cancel(tag);
  }

  #take(data) {
    this.pending = Buffer.concat([this.pending, data]);
    if (this.host.serving !== this) this.#import();
    while (this.imported && this.pending.length >= HEADER_SIZE) {
      const size = messageSize(this.pending);
      if (this.pending.length < size) return;
      const message = this.pending.subarray(0, size);
      this.pending = this.pending.subarray(size);
      if (message.readUInt32BE(0) === SUBMIT) this.#submit(message);
      else this.#unlink(message);
    }
  }

  #import() {
    if (this.pending.length < IMPORT_SIZE) return;
    const code = this.pending.readUInt16BE(2);
    this.pending = this.pending.subarray(IMPORT_SIZE);
    if (code !== REQUEST_IMPORT || this.host.serving) this.socket.destroy();
    else {
      this.host.serving = this;
      if (this.host.state !== 'detached') this.onAttached();
    }
  }

  #submit(message) {
    const tag = message.readUInt32BE(4);
    const isOut = message.readUInt32BE(12) !== DIRECTION_IN;
    this.running.add(tag);
    this.host.submit({
      tag,
      isOut,
      endpoint: message.readUInt32BE(16),
      length: message.readInt32BE(24),
      setup: message.subarray(40, HEADER_SIZE),
      data: message.subarray(HEADER_SIZE),
      done: (status, result) => {
        if (this.running.delete(tag)) this.#reply(tag, status, result);
      },
    });
  }

  #reply(tag, status, result) {
    const data = Buffer.isBuffer(result) ? result : Buffer.alloc(0);
    const header = Buffer.alloc(HEADER_SIZE);
    header.writeUInt32BE(REPLY_SUBMIT, 0);
    header.writeUInt32BE(tag, 4);
    header.writeInt32BE(status, 20);
    header.writeInt32BE(Buffer.isBuffer(result) ? data.length : result, 24);
    this.socket.write(Buffer.concat([header, data]));
  }

  #unlink(message) {
    const victim = message.readUInt32BE(20);
    const header = Buffer.alloc(HEADER_SIZE);
    header.writeUInt32BE(REPLY_UNLINK, 0);
    header.writeUInt32BE(message.readUInt32BE(4), 4);
    header.writeInt32BE(this.running.delete(victim) ? ECONNRESET : 0, 20);
    this.host.cancel(victim);
    this.socket.write(header);
  }
}

// Bytes of the message that `pending` begins with, its data included.
function messageSize(pending) {
  const isOut = pending.readUInt32BE(0) === SUBMIT && pending.readUInt32BE(12) !== DIRECTION_IN;
  return HEADER_SIZE + (isOut ? pending.readInt32BE(24) : 0);
}

// The device as the client's user sees it; its kernel asks the device itself.
function importReply() {
  const reply = Buffer.alloc(IMPORT_REPLY_SIZE);
  reply.writeUInt16BE(VERSION, 0);
  reply.writeUInt16BE(REPLY_IMPORT, 2);
  reply.write('/sys/emulated', 8);
  reply.write('1-1', 264);
  reply.writeUInt32BE(1, 296); // bus
  reply.writeUInt32BE(2, 300); // device
  reply.writeUInt32BE(FULL_SPEED, 304);
  return reply;
}
