"""The DS3231, through adafruit_ds3231. Says what is wrong instead of raising, and tries again by itself."""

import time

import adafruit_ds3231
import busio
from adafruit_register import i2c_bit

from ..clock.calendar import civil, is_date, unix
from ..clock.ds3231_probe import LENGTH, is_ds3231
from . import pins

_OTHER = "other"  # what answers at the address is no DS3231


class _DS3231(adafruit_ds3231.DS3231):
    # Data sheet, figure 1, register 02h bit 6. The driver reads hours as 0 to 23 whatever this says.
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
        """(state, unix seconds or None)."""
        try:
            rtc = self._find()
            if rtc.lost_power or rtc.disable_oscillator:
                return "stopped", None
            if rtc.twelve_hour:
                return "stopped", None  # set by something else; setting it here puts it right
            start = self._ticks.now()
            now = rtc.datetime
            self.read_window = start, self._ticks.now() + 1
        except (OSError, ValueError, RuntimeError) as error:
            return self._forget_chip(error), None
        parts = (now.tm_year, now.tm_mon, now.tm_mday, now.tm_hour, now.tm_min, now.tm_sec)
        return "ok", unix(*parts) if is_date(*parts) else None

    def set(self, seconds):
        """Writes unix seconds and clears the oscillator-stop flag. Returns the state afterwards."""
        try:
            rtc = self._find()
            start = self._ticks.now()
            rtc.datetime = time.struct_time(civil(seconds) + (-1, -1))
            self.read_window = start, self._ticks.now() + 1
        except (OSError, ValueError, RuntimeError) as error:
            return self._forget_chip(error)
        return "ok"

    def trim(self, aging):
        """Writes the aging register, -128 to 127. Returns the state afterwards.

        The driver starts a conversion and waits for its end (0.2 s): the register takes effect only with one
        (data sheet, "Aging Offset").
        """
        try:
            self._find().calibration = aging
        except (OSError, ValueError, RuntimeError) as error:
            return self._forget_chip(error)
        return "ok"

    def temperature_and_aging(self):
        """(temperature in Celsius, aging register), or Nones."""
        try:
            rtc = self._find()
            return rtc.temperature, rtc.calibration
        except (OSError, ValueError, RuntimeError) as error:
            self._forget_chip(error)
            return None, None

    def _find(self):
        if self.bus is None:
            # Pull-ups of 10 kOhm leave 35 pF for the wires at 400 kHz, and 118 pF at 100 kHz (UM10204, 7.1).
            # Boards with a screen on these wires have stronger ones, and drawing takes four times as long.
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
        """Forgets the chip, so that the next read looks for it again. Returns the state."""
        self._chip = None
        if self.bus is None:
            return "bus"
        if _OTHER in error.args:
            return _OTHER
        if isinstance(error, ValueError):
            return "absent"  # nothing acknowledges the address
        self.bus.deinit()
        self.bus = None
        return "bus"
