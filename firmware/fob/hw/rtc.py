"""The DS3231, with adafruit_ds3231. Errors are returned as states; the next call tries again."""

import time

import adafruit_ds3231
import busio
from adafruit_register import i2c_bit

from ..clock.calendar import civil, is_date, unix
from ..clock.ds3231_probe import LENGTH, is_ds3231
from . import pins

_OTHER = "other"  # the chip at this address is not a DS3231


class _DS3231(adafruit_ds3231.DS3231):
    # Data sheet, figure 1, register 02h bit 6. The driver ignores it and reads hours as 0 to 23.
    twelve_hour = i2c_bit.RWBit(0x02, 6)


class Rtc:
    """The clock chip. Methods return its state: "ok", "absent", "bus", "other", "stopped" (docs/protocol.md).

    Attributes:
        read_window: two moments (ms); the seconds were last read or written between them.
        bus: the I2C bus, None while it cannot be used. A screen may share it.
    """

    def __init__(self, ticks):
        self._ticks = ticks
        self.read_window = 0, 0
        self._wires = pins.pin("TICKTAP_SCL"), pins.pin("TICKTAP_SDA")
        self.bus = None
        self._chip = None

    def read(self):
        """Reads the time. Returns (state, Unix seconds or None).

        The time is read before the flags, so that it is near the middle of the host's round trip.
        """
        try:
            rtc = self._find()
            start = self._ticks.now()
            now = rtc.datetime
            self.read_window = start, self._ticks.now() + 1
            if rtc.lost_power or rtc.disable_oscillator:
                return "stopped", None
            if rtc.twelve_hour:
                return "stopped", None  # set by another program; setting the time corrects it
        except (OSError, ValueError, RuntimeError) as error:
            return self._forget_chip(error), None
        parts = (now.tm_year, now.tm_mon, now.tm_mday, now.tm_hour, now.tm_min, now.tm_sec)
        return "ok", unix(*parts) if is_date(*parts) else None

    def set(self, seconds):
        """Writes Unix seconds and clears the oscillator stop flag. Returns the new state."""
        try:
            rtc = self._find()
            start = self._ticks.now()
            rtc.datetime = time.struct_time(civil(seconds) + (-1, -1))
            self.read_window = start, self._ticks.now() + 1
        except (OSError, ValueError, RuntimeError) as error:
            return self._forget_chip(error)
        return "ok"

    def trim(self, aging):
        """Writes the aging offset, -128 to 127. Returns the new state.

        The offset takes effect with a temperature conversion (data sheet, "Aging Offset"). The driver starts
        one and waits for its end, which takes 0.2 s.
        """
        try:
            self._find().calibration = aging
        except (OSError, ValueError, RuntimeError) as error:
            return self._forget_chip(error)
        return "ok"

    def temperature_and_aging(self):
        """(temperature in Celsius, aging offset), or Nones."""
        try:
            rtc = self._find()
            return rtc.temperature, rtc.calibration
        except (OSError, ValueError, RuntimeError) as error:
            self._forget_chip(error)
            return None, None

    def _find(self):
        if self.bus is None:
            # With pull-ups of 10 kOhm the wires may have 35 pF at 400 kHz, 118 pF at 100 kHz (UM10204, 7.1).
            # Boards with a screen have stronger pull-ups; at 100 kHz drawing would take four times as long.
            screen = pins.name_of("TICKTAP_SCREEN") in pins.SIZES
            self.bus = busio.I2C(*self._wires, frequency=400_000 if screen else 100_000)
        if self._chip is None:
            rtc = _DS3231(self.bus)
            data = bytearray(LENGTH)
            with rtc.i2c_device as bus:
                bus.write_then_readinto(b"\x00", data)
            if not is_ds3231(data):
                raise RuntimeError(_OTHER)
            self._chip = rtc
        return self._chip

    def _forget_chip(self, error):
        """Discards the chip object, so that the next call creates it again. Returns the state."""
        self._chip = None
        if self.bus is None:
            return "bus"
        if _OTHER in error.args:
            return _OTHER
        if isinstance(error, ValueError):
            return "absent"  # no chip acknowledges the address
        self.bus.deinit()
        self.bus = None
        return "bus"
