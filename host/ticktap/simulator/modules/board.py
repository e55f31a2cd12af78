"""`board`: the pins of the chosen board by name."""

from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module
from ticktap.simulator.modules.microcontroller import pin_object


def build(chip: Chip) -> ModuleType:
    pins = {name: pin_object(chip, number) for name, number in chip.board.pins.items()}
    return make_module("board", board_id=chip.board.board_id, **pins)
