"""`re`: Python's; counted repeats work here and not on the chip."""

import re
from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import subset


def build(chip: Chip) -> ModuleType:
    return subset("re", re, "compile match search sub")
