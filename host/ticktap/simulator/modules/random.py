"""`random`: a generator of each chip, with the same numbers in each simulation."""

from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import subset


def build(chip: Chip) -> ModuleType:
    return subset("random", chip.random, "seed getrandbits randrange randint choice random uniform")
