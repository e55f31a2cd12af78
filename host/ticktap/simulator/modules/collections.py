"""`collections`, as far as CircuitPython has it."""

import collections
from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import subset


def build(chip: Chip) -> ModuleType:
    return subset("collections", collections, "namedtuple OrderedDict deque")
