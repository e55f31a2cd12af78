"""`math`, as far as CircuitPython has it; results have Python's precision, not the chip's 22 bits."""

import math
from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import subset

_NAMES = """e pi sqrt pow exp log log2 log10 cos sin tan acos asin atan atan2 ceil copysign fabs floor fmod
    frexp ldexp modf isfinite isinf isnan trunc radians degrees"""


def build(chip: Chip) -> ModuleType:
    return subset("math", math, _NAMES)
