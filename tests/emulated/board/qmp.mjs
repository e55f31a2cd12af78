// QEMU's control socket (QEMU Machine Protocol): one command at a time.

import net from 'node:net';

export class Qmp {
  constructor(path) {
    this.socket = net.createConnection(path);
    this.text = '';
    this.replies = []; // resolvers of commands that have been sent
    this.socket.on('data', (data) => this.#take(data));
    this.socket.on('error', (error) => this.#failed(error));
    this.socket.on('close', () => this.#failed(new Error('QEMU has ended')));
  }

  async execute(command, parameters) {
    if (this.error) throw this.error;
    const reply = new Promise((resolve, reject) => this.replies.push({ resolve, reject }));
    this.socket.write(JSON.stringify({ execute: command, arguments: parameters }) + '\n');
    return reply;
  }

  // A command of the human monitor; its text.
  monitor(line) {
    return this.execute('human-monitor-command', { 'command-line': line });
  }

  #take(data) {
    this.text += data;
    const lines = this.text.split('\n');
    this.text = lines.pop();
    for (const line of lines.filter(Boolean)) {
      const message = JSON.parse(line);
      if ('return' in message) this.replies.shift().resolve(message.return);
      else if ('error' in message) this.replies.shift().reject(new Error(message.error.desc));
    }
  }

  #failed(error) {
    this.error ??= error;
    for (const { reject } of this.replies.splice(0)) reject(this.error);
  }
}
