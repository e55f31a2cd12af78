"""`random`: a generator of the chip's own, repeatable from one simulation to the next."""

from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import subset


def build(chip: Chip) -> ModuleType:
    return subset("random", chip.random, "seed getrandbits randrange randint choice random uniform")
