"""The modules built into CircuitPython 10 on this chip, one file per module, of the same name.

Each file has `build(chip)`, which makes a fresh module bound to that chip for one run of firmware. What is
not listed here does not exist on the chip either (or it was not needed yet): importing it raises ImportError.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, TypeVar

from ticktap.simulator.chip import Chip

_NAMES = """
    adafruit_bus_device aesio array binascii board busdisplay busio collections digitalio displayio errno
    gc hashlib i2cdisplaybus io json keypad math microcontroller micropython neopixel_write os random re
    rotaryio storage struct supervisor sys terminalio time traceback usb_cdc usb_hid
    usb_midi watchdog
"""
NATIVE = frozenset(_NAMES.split())

T = TypeVar("T")


class Bound:
    """Base of native classes: `_chip` is the chip whose firmware uses them."""

    _chip: Chip


def bind(cls: type[T], chip: Chip) -> type[T]:
    """A subclass of `cls` of the same name for one chip."""
    return type(cls.__name__, (cls,), {"_chip": chip, "__module__": cls.__module__})


def make_module(name: str, **content: Any) -> ModuleType:
    """A module object that is not in `sys.modules`."""
    module = ModuleType(name)
    module.__dict__.update(content)
    return module


def subset(name: str, source: object, names: str) -> ModuleType:
    """A module with those parts of a Python module that behave alike on the chip."""
    return make_module(name, **{item: getattr(source, item) for item in names.split()})
