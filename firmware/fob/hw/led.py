"""The LED: a single-colour one or a NeoPixel, as TICKTAP_LED says, or none.

Further names after a comma are pins that must be high to power it (NEOPIXEL_POWER of a QT Py).
"""

import digitalio

from . import pins


class NoLed:
    def show(self, colour):
        pass


class Led:
    """A single-colour LED. It is on for any colour but 0."""

    def __init__(self, pin):
        self._pin = digitalio.DigitalInOut(pin)
        self._pin.switch_to_output(False)

    def show(self, colour):
        self._pin.value = colour != 0


class NeoPixel:
    """A WS2812. Colours are 0xRRGGBB."""

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
        digitalio.DigitalInOut(pin).switch_to_output(True)  # the pin keeps its level
    return (NeoPixel if "NEOPIXEL" in name else Led)(group[0])
