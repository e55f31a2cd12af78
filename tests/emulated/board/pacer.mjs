// Keeps boards and a QEMU guest on one clock: the guest's.
//
// The guest's time is that of its ACPI timer, which counts QEMU's virtual clock and stops with the guest. Boards run up
// to it; when they fall behind by more than `lead`, the guest stops until they have caught up. A small lead is
// lock-step; with none the boards fall behind and their time is lost.

const NS = 1e9;
const MS = 1e6;
const TIMER_PORT = 0x608; // PIIX4's and ICH9's, as SeaBIOS sets them up
const TIMER_HZ = 3_579_545;
const TIMER_BITS = 24; // comes round every 4.7 s
const SLICE = 0.25 * MS;
const REST_MS = 1;

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const rest = () => new Promise((resolve) => setTimeout(resolve, REST_MS));

export class Pacer {
  constructor(qmp, lead) {
    this.qmp = qmp;
    this.lead = lead; // ns
    this.followers = []; // {board, origin}: guest time at which the board's was zero
    this.ticks = 0;
    this.raw = 0; // what the timer said last
  }

  // Guest time, ns since the pacer's start.
  get now() {
    return (this.ticks * NS) / TIMER_HZ;
  }

  add(board) {
    this.followers.push({ board, origin: this.now - board.agenda.now });
  }

  remove(board) {
    this.followers = this.followers.filter((each) => each.board !== board);
  }

  async run() {
    this.raw = await this.#readTimer();
    for (;;) await this.#round();
  }

  async #round() {
    await this.#look();
    const behind = Math.max(0, ...this.followers.map((each) => this.#behind(each)));
    if (behind < SLICE) await rest();
    else if (behind > this.lead) await this.#catchUp();
    else await this.#advance();
  }

  async #catchUp() {
    await this.qmp.execute('stop');
    await this.#look();
    await this.#advance();
    await this.qmp.execute('cont');
  }

  // Runs every board up to the guest's time, side by side; sockets are served in between.
  async #advance() {
    for (;;) {
      const late = this.followers.filter((each) => this.#behind(each) >= SLICE);
      if (!late.length) return;
      for (const { board } of late) board.run(SLICE);
      await nextTurn();
    }
  }

  #behind({ board, origin }) {
    return this.now - origin - board.agenda.now;
  }

  async #look() {
    const raw = await this.#readTimer();
    this.ticks += (raw - this.raw + (1 << TIMER_BITS)) % (1 << TIMER_BITS);
    this.raw = raw;
  }

  async #readTimer() {
    const text = await this.qmp.monitor(`i/w ${TIMER_PORT}`);
    return parseInt(text.split('=')[1], 16) & ((1 << TIMER_BITS) - 1);
  }
}
