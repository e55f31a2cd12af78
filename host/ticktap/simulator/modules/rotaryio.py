"""`rotaryio`: an encoder's position, counted from when it was asked for."""

from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module
from ticktap.simulator.modules.microcontroller import Pin, claim


class IncrementalEncoder(Bound):
    """With its pins the other way round it counts the other way; on other pins nothing turns."""

    def __init__(self, pin_a: Pin, pin_b: Pin, divisor: int = 4) -> None:
        pins = claim(pin_a).number, claim(pin_b).number
        encoder = self._chip.encoder
        self._way = 0
        if encoder is not None and set(pins) == set(encoder.pins):
            self._way = 1 if pins == encoder.pins else -1
        self._start = self._turned()

    @property
    def position(self) -> int:
        self._chip.consume_time()
        return self._turned() - self._start

    def _turned(self) -> int:
        return self._way * self._chip.encoder.position if self._chip.encoder else 0


def build(chip: Chip) -> ModuleType:
    return make_module("rotaryio", IncrementalEncoder=bind(IncrementalEncoder, chip))
