"""`array`: the same as Python's, as far as firmware uses it."""

import array
from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import subset


def build(chip: Chip) -> ModuleType:
    return subset("array", array, "array")
