// The DS3231 as its I2C master sees it: registers 0x00 to 0x12, battery-backed, with drift.
//
// Names and bits are the data sheet's. Alarms are stored but never fire, there is no square wave, and the
// century bit is the only sign of the years from 2100. It runs on board time, so it goes on while the chip is off.

export const ADDRESS = 0x68;

const SECONDS = 0x00;
const HOURS = 0x02;
const DAY = 0x03;
const YEAR = 0x06;
const CONTROL = 0x0e;
const STATUS = 0x0f;
const AGING = 0x10;
const TEMPERATURE = 0x11;
const REGISTER_COUNT = 0x13;

const OSF = 0x80;
const EN32KHZ = 0x08;
const FLAGS = OSF | 0x03; // can be written to 0 only
const TWELVE_HOURS = 0x40;
const PM = 0x20;
const CENTURY = 0x80;
const CONVERT = 0x20;
const AGING_PPM_PER_STEP = 0.1;
const YEAR_2000 = 946684800;

const toBcd = (n) => (Math.floor(n / 10) << 4) | (n % 10);
const fromBcd = (byte) => (byte >> 4) * 10 + (byte & 0x0f);
const signed = (byte) => (byte << 24) >> 24;

export class Ds3231 {
  // `unix` null: a chip that has just got its first power, at 2000-01-01 with the oscillator-stop flag set.
  constructor(agenda, unix) {
    this.agenda = agenda;
    this.registers = new Uint8Array(REGISTER_COUNT);
    this.registers[CONTROL] = 0x1c;
    this.registers[STATUS] = EN32KHZ | (unix === null ? OSF : 0);
    this.present = true;
    this.ppm = 0;
    this.dayOffset = 0; // the day register against the true day of the week: its numbering is the user's
    this.pointer = 0;
    this.written = 0; // one bit for each calendar register written in this transfer
    this.setTemperature(25);
    this.setUnix(unix ?? YEAR_2000);
  }

  get unix() {
    const aging = signed(this.registers[AGING]) * AGING_PPM_PER_STEP;
    const rate = 1 + (this.ppm - aging) / 1e6;
    return this.reference.unix + ((this.agenda.now - this.reference.ns) / 1e9) * rate;
  }

  setUnix(unix) {
    this.reference = { unix, ns: this.agenda.now };
  }

  setDrift(ppm) {
    this.setUnix(this.unix);
    this.ppm = ppm;
  }

  setStopped(stopped) {
    this.registers[STATUS] = (this.registers[STATUS] & ~OSF) | (stopped ? OSF : 0);
  }

  get stopped() {
    return (this.registers[STATUS] & OSF) !== 0;
  }

  setTemperature(celsius) {
    const quarters = Math.round(celsius * 4);
    this.registers[TEMPERATURE] = (quarters >> 2) & 0xff;
    this.registers[TEMPERATURE + 1] = (quarters & 3) << 6;
  }

  // -- the bus: start (or repeated start), bytes, stop

  start(reading) {
    this.#takeNewTime();
    this.#latchTime();
    this.pointerNext = !reading;
  }

  write(byte) {
    if (this.pointerNext) {
      this.pointer = byte % REGISTER_COUNT;
      this.pointerNext = false;
      return;
    }
    this.#store(this.pointer, byte);
    this.pointer = (this.pointer + 1) % REGISTER_COUNT;
  }

  read() {
    const byte = this.registers[this.pointer];
    this.pointer = (this.pointer + 1) % REGISTER_COUNT;
    return byte;
  }

  stop() {
    this.#takeNewTime();
  }

  #store(register, byte) {
    const old = this.registers[register];
    if (register >= TEMPERATURE) return;
    if (register === STATUS) byte = (old & byte & FLAGS) | (byte & EN32KHZ);
    if (register === CONTROL) byte &= ~CONVERT; // a conversion is over at once
    if (register === AGING) this.setUnix(this.unix);
    if (register <= YEAR) this.written |= 1 << register;
    this.registers[register] = byte;
  }

  #latchTime() {
    const now = new Date(Math.floor(this.unix) * 1000);
    const hour = now.getUTCHours();
    const twelve = this.registers[HOURS] & TWELVE_HOURS;
    const year = now.getUTCFullYear() - 2000;
    this.registers.set([
      toBcd(now.getUTCSeconds()),
      toBcd(now.getUTCMinutes()),
      twelve ? TWELVE_HOURS | (hour >= 12 ? PM : 0) | toBcd(hour % 12 || 12) : toBcd(hour),
      ((now.getUTCDay() + this.dayOffset) % 7) + 1,
      toBcd(now.getUTCDate()),
      toBcd(now.getUTCMonth() + 1) | (year >= 100 ? CENTURY : 0),
      toBcd(year % 100),
    ]);
  }

  #takeNewTime() {
    if (!this.written) return;
    const [seconds, minutes, hours, , date, month, year] = this.registers;
    const hour =
      hours & TWELVE_HOURS ? (fromBcd(hours & 0x1f) % 12) + (hours & PM ? 12 : 0) : fromBcd(hours & 0x3f);
    const fullYear = 2000 + fromBcd(year) + (month & CENTURY ? 100 : 0);
    const fields = [fullYear, fromBcd(month & 0x1f) - 1, fromBcd(date & 0x3f), hour];
    const whole = Date.UTC(...fields, fromBcd(minutes & 0x7f), fromBcd(seconds & 0x7f)) / 1000;
    if (this.written & (1 << DAY)) {
      const weekday = new Date(whole * 1000).getUTCDay();
      this.dayOffset = (((this.registers[DAY] - 1 - weekday) % 7) + 7) % 7;
    }
    // Writing the seconds restarts the countdown chain; otherwise the running fraction is kept.
    const fraction = this.written & (1 << SECONDS) ? 0 : this.unix % 1;
    this.written = 0;
    this.setUnix(whole + fraction);
  }
}
