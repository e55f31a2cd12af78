"""The 4 KiB of `microcontroller.nvm`: one erase sector of NOR flash, with what a power cut does to it.

Programming only clears bits; only an erase of the whole sector sets them. CircuitPython programs when every
target byte reads 0xFF and otherwise erases and rewrites the sector, even for identical bytes
(ports/raspberrypi/common-hal/nvm/ByteArray.c). An operation cut short leaves the sector torn: the part of a
program that was done, or an erase whose bits are on their way to one, at random from a fixed seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from ticktap.simulator.signals import FirmwareStop
from ticktap.simulator.timeline import US, Timeline

SIZE = 4096
PAGE = 256
CALL_NS = 140 * US
PROGRAM_NS = 500 * US
ERASE_NS = 45_000 * US


@dataclass(frozen=True)
class Operation:
    """One flash operation: "program" of `data` at `start`, or "erase" of the sector."""

    kind: str
    start: int
    data: bytes
    duration: int


class Nvm:
    """`data` is what a reader sees. `programs` and `erases` count finished and torn operations."""

    def __init__(self, timeline: Timeline, data: bytes | None = None) -> None:
        self._timeline = timeline
        self._random = random.Random(SIZE)
        self.data = bytearray(data if data is not None else b"\xff" * SIZE)
        self.writes = self.programs = self.erases = 0
        self._cut: tuple[int, float] | None = None
        self.on_cut: Callable[[], None] = lambda: None

    @property
    def operations(self) -> int:
        """How many flash operations there have been; `cut_at` counts in the same way."""
        return self.programs + self.erases

    def cut_at(self, operation: int, fraction: float = 0.5) -> None:
        """Cut the power during the `operation`-th flash operation from now (0 is the next one).

        `fraction` of it is done: 0.0 leaves the flash as it was, 1.0 finishes the operation first.
        """
        self._cut = (self.operations + operation, fraction)

    def write(self, start: int, values: bytes, spend: Callable[[int], None]) -> None:
        """What one assignment to `microcontroller.nvm` does; `spend(ns)` passes the time it takes."""
        self.writes += 1
        spend(CALL_NS)
        if any(byte != 0xFF for byte in self.data[start : start + len(values)]):
            image = bytearray(self.data)
            image[start : start + len(values)] = values
            self._do(Operation("erase", 0, b"", ERASE_NS), spend)
            start, values = 0, bytes(image)
        while values:
            room = PAGE - start % PAGE
            self._do(Operation("program", start, values[:room], PROGRAM_NS), spend)
            start, values = start + room, values[room:]

    def _do(self, operation: Operation, spend: Callable[[int], None]) -> None:
        began = self._timeline.now
        number = self.operations
        if operation.kind == "erase":
            self.erases += 1
        else:
            self.programs += 1
        try:
            if self._cut is not None and self._cut[0] == number:
                fraction, self._cut = self._cut[1], None
                spend(int(operation.duration * fraction))
                self.on_cut()
            else:
                spend(operation.duration)
        except FirmwareStop:
            self._apply(operation, (self._timeline.now - began) / operation.duration)
            raise
        self._apply(operation, 1.0)

    def _apply(self, operation: Operation, fraction: float) -> None:
        if operation.kind == "erase":
            self._erase(min(fraction, 1.0))
        else:
            self._program(operation, min(fraction, 1.0))

    def _erase(self, fraction: float) -> None:
        if fraction >= 1.0:
            self.data[:] = b"\xff" * len(self.data)
            return
        for i in range(len(self.data)):
            bits = sum(1 << bit for bit in range(8) if self._random.random() < fraction)
            self.data[i] |= bits

    def _program(self, operation: Operation, fraction: float) -> None:
        done = int(len(operation.data) * fraction)
        for i, byte in enumerate(operation.data):
            if i < done:
                self.data[operation.start + i] &= byte
            elif i == done and fraction > 0:
                self.data[operation.start + i] &= byte | self._random.randrange(256)
