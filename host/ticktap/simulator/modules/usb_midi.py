"""`usb_midi`: whether the device has MIDI and audio control interfaces (shared-module/usb_midi)."""

from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module


def build(chip: Chip) -> ModuleType:
    def set_midi(enabled: bool) -> None:
        if chip.usb.connected:
            raise RuntimeError("Cannot change USB devices now")
        chip.usb.midi = enabled

    return make_module("usb_midi", enable=lambda: set_midi(True), disable=lambda: set_midi(False))
