"""`struct` without `struct.error`: too few bytes raise RuntimeError, too large numbers OverflowError."""

import struct
from collections.abc import Callable
from types import ModuleType
from typing import Any

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module


def _raising(function: Callable[..., Any], error: type[Exception]) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except struct.error as why:
            raise error(str(why)) from None

    return call


def build(chip: Chip) -> ModuleType:
    return make_module(
        "struct",
        calcsize=_raising(struct.calcsize, ValueError),
        pack=_raising(struct.pack, OverflowError),
        pack_into=_raising(struct.pack_into, OverflowError),
        unpack=_raising(struct.unpack, RuntimeError),
        unpack_from=_raising(struct.unpack_from, RuntimeError),
    )
