// Things that happen at a given moment of board time: host transactions, button edges, flash ready.
//
// Board time is nanoseconds since the bench was built. It survives chip resets and power cuts; a chip's own
// clock restarts at zero each time. While a chip runs, the earliest entry is one alarm on the chip's clock, so
// that it happens between two instructions; while no chip runs, the bench walks the entries itself.

export class Agenda {
  constructor() {
    this.entries = []; // sorted by time, first come first served within one moment
    this.alarm = null;
    this.chipClock = null;
    this.base = 0; // board time at which the chip's clock was zero
    this.idleNow = 0; // board time while no chip runs
  }

  get now() {
    return this.chipClock ? this.base + this.chipClock.nanos : this.idleNow;
  }

  attach(chipClock) {
    this.base = this.idleNow;
    this.chipClock = chipClock;
    this.alarm = chipClock.createAlarm(() => this.#runDue());
    this.#arm();
  }

  detach() {
    this.idleNow = this.now;
    this.chipClock = null;
    this.alarm = null;
  }

  after(delay, action) {
    const entry = { at: this.now + Math.max(0, delay), action };
    let place = this.entries.length;
    while (place > 0 && this.entries[place - 1].at > entry.at) place--;
    this.entries.splice(place, 0, entry);
    if (place === 0) this.#arm();
    return entry;
  }

  cancel(entry) {
    const place = this.entries.indexOf(entry);
    if (place >= 0) this.entries.splice(place, 1);
    if (place === 0) this.#arm();
  }

  // Lets time pass with no chip under power.
  idleUntil(end) {
    while (this.entries.length && this.entries[0].at <= end && !this.chipClock) {
      this.idleNow = this.entries[0].at;
      this.entries.shift().action();
    }
    if (!this.chipClock) this.idleNow = Math.max(this.idleNow, end);
  }

  #arm() {
    if (!this.alarm) return;
    if (this.entries.length) this.alarm.schedule(Math.max(0, this.entries[0].at - this.now));
    else this.alarm.cancel();
  }

  #runDue() {
    const now = this.now + 0.01; // the sum of base and chip time may round just below the entry's time
    while (this.entries.length && this.entries[0].at <= now) this.entries.shift().action();
    this.#arm();
  }
}
