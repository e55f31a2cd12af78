"""What a token's flash was told to do, and what a power cut at any of it would have left.

A cut needs no run of its own: until it, the firmware is what it is without one, and what it leaves is the
flash with the operations before it and a part of that one. So one run is recorded and cut everywhere.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ticktap.simulator import VirtualToken
from ticktap.simulator.parts.flash import SECTOR, Operation, carry_out

FRACTIONS = (0.0, 0.2, 0.5, 0.8)  # of an operation; 0.0 is the cut between two


@dataclass(frozen=True)
class Step:
    """One flash operation, and what had left the token when it began: keys typed and bytes sent."""

    operation: Operation
    out: bytes


class Cut:
    """The power going when `number` operations are done and `fraction` of the next one.

    `key` is the same for cuts that leave the same flash after the same output.
    """

    def __init__(
        self, start: bytes, sectors: dict[int, bytes], number: int, fraction: float, out: bytes
    ) -> None:
        self.number = number
        self.fraction = fraction
        self.out = out
        self.key = hash((out, frozenset(sectors.items())))
        self._start = start
        self._sectors = sectors

    @property
    def image(self) -> bytes:
        """The flash that is left."""
        flash = bytearray(self._start)
        for number, sector in self._sectors.items():
            flash[number * SECTOR : (number + 1) * SECTOR] = sector
        return bytes(flash)


class Tape:
    """Records a token's flash from the moment it is made; its flash then is `start`.

    `out` is what had left the token before that.
    """

    def __init__(self, token: VirtualToken, out: bytes = b"") -> None:
        self.token = token
        self._out = out
        self.start = token.flash.data
        self.steps: list[Step] = []
        self._told_before = token.flash.on_operation  # a tape may run within another
        token.flash.on_operation = self._note

    def stop(self) -> None:
        self.token.flash.on_operation = self._told_before

    def _note(self, operation: Operation) -> None:
        self._told_before(operation)
        sent = bytes(self.token.chip.usb.data.received)
        self.steps.append(Step(operation, self._out + self.token.typed.encode() + sent))

    def cuts(self, fractions: Iterable[float] = FRACTIONS) -> Iterator[Cut]:
        """A cut before every operation and inside it, and one after the last."""
        changed: dict[int, bytes] = {}  # sectors that differ from the start
        for number, step in enumerate(self.steps):
            for fraction in fractions:
                left = self._with(changed, step.operation, fraction, number)
                yield Cut(self.start, left, number, fraction, step.out)
            changed = self._with(changed, step.operation, 1.0, number)
        if self.steps:
            yield Cut(self.start, changed, len(self.steps), 0.0, self.steps[-1].out)

    def _with(
        self, sectors: dict[int, bytes], operation: Operation, fraction: float, seed: int
    ) -> dict[int, bytes]:
        """The sectors when so much of an operation has been done."""
        number = operation.sector
        was = self.start[number * SECTOR : (number + 1) * SECTOR]
        sector = bytearray(sectors.get(number, was))
        if operation.kind == "program" or sector.count(0xFF) < SECTOR:
            carry_out(operation, sector, fraction, random.Random(f"{seed} {fraction}"))
        changed = {**sectors, number: bytes(sector)}
        if sector == was:
            del changed[number]
        return changed
