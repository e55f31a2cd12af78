"""The light: a plain LED or a NeoPixel, whichever TICKTAP_LED names; none is fine too.

More names after a comma are pins that must be high for it to shine (a QT Py's NEOPIXEL_POWER).
"""

import digitalio

from . import pins


class NoLed:
    def show(self, colour):
        pass


class Led:
    """On for any colour."""

    def __init__(self, pin):
        self._pin = digitalio.DigitalInOut(pin)
        self._pin.switch_to_output(False)

    def show(self, colour):
        self._pin.value = colour != 0


class NeoPixel:
    """One WS2812; colour is 0xRRGGBB."""

    def __init__(self, pin):
        self._pin = digitalio.DigitalInOut(pin)
        self._pin.switch_to_output(False)
        self._shown = None

    def show(self, colour):
        if colour == self._shown:
            return
        import neopixel_write

        neopixel_write.neopixel_write(self._pin, bytes((colour >> 8 & 0xFF, colour >> 16, colour & 0xFF)))
        self._shown = colour


def make_led():
    name = pins.name_of("TICKTAP_LED")
    if not name:
        return NoLed()
    group = pins.pins("TICKTAP_LED")
    for pin in group[1:]:
        digitalio.DigitalInOut(pin).switch_to_output(True)  # and it stays so: nothing takes it back
    return (NeoPixel if "NEOPIXEL" in name else Led)(group[0])
