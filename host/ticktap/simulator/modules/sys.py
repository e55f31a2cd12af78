"""`sys`: who this interpreter is, and `exit`."""

from collections import namedtuple
from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module

_Implementation = namedtuple("_Implementation", ("name", "version"))


class _Stream:
    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    def write(self, text: str) -> int:
        self._chip.consume_time()
        self._chip.print(text)
        return len(text)


def _exit(code: object = 0) -> None:
    raise SystemExit(code)


def build(chip: Chip) -> ModuleType:
    return make_module(
        "sys",
        implementation=_Implementation("circuitpython", (10, 0, 3)),
        version="3.4.0; Adafruit CircuitPython 10.0.3 on 2025-10-17",
        version_info=(3, 4, 0),
        platform="RP2040",
        byteorder="little",
        maxsize=0x7FFFFFFF,
        path=["", "/", ".frozen", "/lib"],
        argv=[""],
        stdout=_Stream(chip),
        stderr=_Stream(chip),
        exit=_exit,
    )
