"""`neopixel_write`: colour bytes to the pixel on the board, if the pin is the one it hangs on."""

from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module
from ticktap.simulator.modules.digitalio import DigitalInOut
from ticktap.simulator.timeline import US

NS_PER_BYTE = 10 * US


def build(chip: Chip) -> ModuleType:
    def neopixel_write(digitalinout: DigitalInOut, buf: bytes) -> None:
        if digitalinout.gpio.number == chip.board.pixel:
            chip.led.clock_in(bytes(buf))
        chip.consume_time(NS_PER_BYTE * len(buf))

    return make_module("neopixel_write", neopixel_write=neopixel_write)
