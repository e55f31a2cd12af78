"""`board`: the pins of the chosen board by name, and its display if it has one."""

from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module
from ticktap.simulator.modules.busdisplay import own
from ticktap.simulator.modules.microcontroller import pin_object


def build(chip: Chip) -> ModuleType:
    pins = {name: pin_object(chip, number) for name, number in chip.board.pins.items()}
    module = make_module("board", board_id=chip.board.board_id, **pins)
    if chip.board.display:
        chip.displays.clear()
        module.__dict__["DISPLAY"] = own(chip)
    return module
