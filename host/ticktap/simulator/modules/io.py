"""`io`: files in memory, and the drive's `open`."""

import io
from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module


def build(chip: Chip) -> ModuleType:
    return make_module("io", StringIO=io.StringIO, BytesIO=io.BytesIO, open=chip.drive.open)
