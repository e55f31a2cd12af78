"""DS3231 real-time clock: the register file 00h to 12h over I2C bytes, running on simulated time.

Section and register names are those of the data sheet (Maxim 19-5170). Modelled: BCD calendar, 12/24 hours,
century bit, day counter, oscillator-stop flag, EOSC, CONV/BSY, aging offset, temperature, drift, battery. Not
modelled: alarms that fire, the 32 kHz and INT/SQW pins. docs/ds3231-model.md lists every point.
"""

from __future__ import annotations

from ticktap.simulator.crystal import Crystal
from ticktap.simulator.parts import rtc_calendar
from ticktap.simulator.timeline import MS, SECOND, Timeline

ADDRESS = 0x68
SIZE = 0x13
YEAR_2000 = 946_684_800
CONTROL, STATUS, AGING, TEMPERATURE = 0x0E, 0x0F, 0x10, 0x11
EOSC, CONV = 0x80, 0x20
OSF, BSY = 0x80, 0x04
TWELVE_HOURS, PM, CENTURY = 0x40, 0x20, 0x80
CONVERSION_NS = 125 * MS
_POWER_ON = bytes(3) + b"\x01\x01\x01\x00" + bytes(7) + b"\x1c\x88\x00\x19\x00"


def _bcd(value: int) -> int:
    return value // 10 << 4 | value % 10


def _unbcd(value: int) -> int:
    high, low = value >> 4, value & 15
    return high * 10 + low if low < 10 and high < 10 else 255


class Ds3231:
    """The chip. `present`, `ppm` (fast is positive) and `battery` may be changed at any time.

    With a `crystal`, its rate depends on temperature and age too; the age counts from the timeline's start.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._raw = bytearray(_POWER_ON)
        self._pointer = 0
        self._write_first = False
        self._written: set[int] = set()
        self._base: int | None = 0  # ns since year 00, or None while the registers hold no date
        self._base_at = timeline.now
        self._weekday = 0  # day counter minus day number, modulo 7
        self._ppm = 0.0
        self._crystal: Crystal | None = None
        self._loaded = 0  # the aging offset in effect
        self._powered = False
        self.present = True
        self.battery = True
        self.writes = 0

    # --- for the simulation

    @property
    def unix(self) -> float | None:
        """The chip's time as Unix seconds; None while its registers contain no date."""
        now = self._elapsed()
        return None if now is None else YEAR_2000 + now / SECOND

    def set(self, unix: float) -> None:
        """Sets the time and clears the oscillator-stop flag, like a correct program."""
        self._base, self._base_at = round((unix - YEAR_2000) * SECOND), self._timeline.now
        self._weekday = 5  # 2000-01-01 was a Saturday, which is day 6 when Monday is 1
        self._raw[STATUS] &= ~OSF

    @property
    def ppm(self) -> float:
        """The crystal's rate in parts per million, without the aging offset."""
        return self._ppm

    @ppm.setter
    def ppm(self, value: float) -> None:
        self._rebase()
        self._ppm = value

    @property
    def crystal(self) -> Crystal | None:
        """The oscillator's model; it replaces the constant `ppm`."""
        return self._crystal

    @crystal.setter
    def crystal(self, value: Crystal | None) -> None:
        self._rebase()
        self._crystal = value

    @property
    def rate(self) -> float:
        """The present rate in ppm, with the aging offset."""
        if self._crystal is None:
            return self._ppm - self._loaded * 0.1
        days = self._timeline.now / SECOND / rtc_calendar.DAY
        return self._ppm + self._crystal.ppm(self.temperature, days, self._loaded)

    @property
    def aging(self) -> int:
        """The aging offset register; a step slows the clock by 0.1 ppm once it is loaded."""
        return int.from_bytes(self._raw[AGING : AGING + 1], "big", signed=True)

    @property
    def osf(self) -> bool:
        """The oscillator-stop flag."""
        return bool(self._raw[STATUS] & OSF)

    @osf.setter
    def osf(self, value: bool) -> None:
        self._raw[STATUS] = self._raw[STATUS] & ~OSF | (OSF if value else 0)

    @property
    def temperature(self) -> float:
        """Degrees Celsius, in steps of 0.25."""
        return int.from_bytes(self._raw[TEMPERATURE : TEMPERATURE + 2], "big", signed=True) / 256

    @temperature.setter
    def temperature(self, celsius: float) -> None:
        """Sets the temperature. It takes effect at once, like a conversion, and loads the aging offset."""
        self._rebase()
        self._loaded = self.aging
        self._raw[TEMPERATURE : TEMPERATURE + 2] = (round(celsius * 4) * 64).to_bytes(2, "big", signed=True)

    @property
    def registers(self) -> bytes:
        """The 19 registers as a read at this moment returns them."""
        self._latch()
        return bytes(self._raw)

    def supply(self, on: bool) -> None:
        """Switches VCC. Without it the clock runs on the battery, unless that is flat or EOSC is set."""
        if on == self._powered:
            return
        self._latch()
        self._rebase()
        if not on and not self.battery:
            self._forget()
        if on and self._stopped():
            self._raw[STATUS] |= OSF
        if on:
            self._loaded = self.aging  # the first conversion follows power by two seconds
        self._powered = on
        self._base_at = self._timeline.now

    def _forget(self) -> None:
        self._raw[:] = _POWER_ON
        self._base, self._weekday, self._loaded = 0, 0, 0

    def _stopped(self) -> bool:
        return not self._powered and (not self.battery or bool(self._raw[CONTROL] & EOSC))

    # --- on the bus

    def start(self, write: bool) -> bool:
        """START with this chip's address; True means acknowledged. This latches the calendar."""
        if not self.present:
            return False
        self._commit()
        self._latch()
        self._write_first = write
        return True

    def put(self, byte: int) -> None:
        """Receives a byte: first the register pointer, then registers."""
        if self._write_first:
            self._pointer, self._write_first = byte % SIZE, False
            return
        self._store(self._pointer, byte)
        self._pointer = (self._pointer + 1) % SIZE

    def get(self) -> int:
        """Sends a byte. The pointer advances and wraps after 12h, which latches the calendar again."""
        byte = self._raw[self._pointer]
        self._pointer = (self._pointer + 1) % SIZE
        if self._pointer == 0:
            self._latch()
        return byte

    def stop(self) -> None:
        """STOP: a new date takes effect."""
        self._commit()

    def _store(self, register: int, byte: int) -> None:
        if register <= 6:
            self._raw[register] = byte & (0x7F, 0x7F, 0x7F, 0x07, 0x3F, 0x9F, 0xFF)[register]
            self._written.add(register)
        elif register == CONTROL:
            self._raw[CONTROL] = byte
            if byte & CONV:
                self._convert()
        elif register == STATUS:
            flags = self._raw[STATUS] & byte & 0x83  # OSF, A2F, A1F can only be cleared
            self._raw[STATUS] = flags | byte & 0x08 | self._raw[STATUS] & BSY
        elif register <= AGING:
            self._raw[register] = byte

    def _convert(self) -> None:
        self._raw[STATUS] |= BSY
        self._timeline.after(CONVERSION_NS, self._converted)

    def _converted(self) -> None:
        self._rebase()
        self._loaded = self.aging
        self._raw[CONTROL] &= ~CONV
        self._raw[STATUS] &= ~BSY

    # --- time

    def _elapsed(self) -> int | None:
        """Nanoseconds since year 00, as this crystal counts them."""
        if self._base is None or self._stopped():
            return self._base
        gone = self._timeline.now - self._base_at
        ppb = round(self.rate * 1000)
        return self._base + gone + gone * ppb // SECOND

    def _rebase(self) -> None:
        self._base, self._base_at = self._elapsed(), self._timeline.now

    def _latch(self) -> None:
        now = self._elapsed()
        if now is None:
            return
        seconds = now // SECOND
        at, raw = rtc_calendar.from_seconds(seconds), self._raw
        raw[0], raw[1], raw[2] = _bcd(at.second), _bcd(at.minute), self._hours(at.hour)
        raw[3] = (seconds // rtc_calendar.DAY + self._weekday) % 7 + 1
        raw[4], raw[6] = _bcd(at.date), _bcd(at.year % 100)
        raw[5] = _bcd(at.month) | (CENTURY if at.year >= 100 else 0)

    def _hours(self, hour: int) -> int:
        if not self._raw[2] & TWELVE_HOURS:
            return _bcd(hour)
        return TWELVE_HOURS | (PM if hour >= 12 else 0) | _bcd(hour % 12 or 12)

    def _commit(self) -> None:
        """Sets the time to the calendar registers written in this transfer; 00h restarts the second."""
        written, self._written = self._written, set()
        if not written:
            return
        self.writes += 1
        raw = self._raw
        hour = _unbcd(raw[2] & 0x3F)
        if raw[2] & TWELVE_HOURS:
            hour = _unbcd(raw[2] & 0x1F) % 12 + (12 if raw[2] & PM else 0)
        year = _unbcd(raw[6]) + (100 if raw[5] & CENTURY else 0)
        at = rtc_calendar.Moment(
            year, _unbcd(raw[5] & 0x1F), _unbcd(raw[4]), hour, _unbcd(raw[1]), _unbcd(raw[0])
        )
        if not rtc_calendar.valid(at):
            self._base = None
            return
        fraction = 0 if 0 in written else (self._elapsed() or 0) % SECOND
        seconds = rtc_calendar.to_seconds(at)
        self._base, self._base_at = seconds * SECOND + fraction, self._timeline.now
        self._weekday = (raw[3] - 1 - seconds // rtc_calendar.DAY) % 7

    # --- saved state

    def dump(self) -> dict[str, object]:
        """Everything that the battery preserves, as JSON values."""
        self._latch()
        self._rebase()
        return {
            "registers": bytes(self._raw).hex(),
            "base": self._base,
            "weekday": self._weekday,
            "ppm": self._ppm,
            "battery": self.battery,
            "present": self.present,
        }

    def load(self, kept: dict[str, object], away: int) -> None:
        """Restores a dump that was made `away` ns ago in real time; the clock has continued to run.

        A negative `away` (the dump is from a simulated future) sets the clock back accordingly.
        """
        self._raw[:] = bytes.fromhex(str(kept["registers"]))
        base = kept["base"]
        self._base = base if isinstance(base, int) else None
        self._weekday = int(str(kept["weekday"]))
        self._ppm = float(str(kept["ppm"]))
        self.battery, self.present = bool(kept["battery"]), bool(kept["present"])
        self._loaded = self.aging
        self._base_at = self._timeline.now - away
