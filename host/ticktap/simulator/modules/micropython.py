"""`micropython`: `const`, which marks a constant and returns it."""

from types import ModuleType
from typing import TypeVar

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module

T = TypeVar("T")


def const(value: T) -> T:
    """The value itself."""
    return value


def build(chip: Chip) -> ModuleType:
    return make_module("micropython", const=const)
