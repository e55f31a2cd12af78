"""The chip's one NOR flash, with what a power cut does to it.

Programming only clears bits; only an erase of a whole 4 KiB sector sets them. An operation cut short leaves
its place torn: the part of a program that was done, or an erase whose bits are on their way to one, at random
from a fixed seed. Times are typical ones of Winbond's W25Q series. Who uses which sectors is not known here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass

from ticktap.simulator.signals import FirmwareStop
from ticktap.simulator.timeline import US, Timeline

MIB = 1 << 20
SECTOR = 4096
PAGE = 256
ERASE_NS = 45_000 * US
PROGRAM_NS = 500 * US  # a page, with its transfer

_ERASED = b"\xff" * SECTOR
ConsumeTime = Callable[[int], None]


@dataclass(frozen=True)
class Operation:
    """One flash operation: "program" of `data` at `offset` in a sector, or "erase" of the sector."""

    kind: str
    sector: int
    offset: int
    data: bytes
    duration: int


@dataclass
class _Cut:
    """The power fails in an operation on one of `sectors` (None: any), when `left` more of those have been
    done."""

    sectors: Collection[int] | None
    left: int
    fraction: float


class Flash:
    """`size` bytes, in sectors by number, erased at first. Operations are counted per sector, torn ones too.

    The caller passes `consume_time(ns)`, which lets the time pass and may raise what ends the firmware.
    """

    def __init__(self, timeline: Timeline, size: int = 2 * MIB) -> None:
        self._timeline = timeline
        self.size = size
        self._numbers = range(size // SECTOR)
        self._random = random.Random(SECTOR)
        self._sectors: dict[int, bytearray] = {}
        self._erases: dict[int, int] = {}
        self._programs: dict[int, int] = {}
        self._cuts: list[_Cut] = []
        self.on_cut: Callable[[], None] = lambda: None
        self.on_operation: Callable[[Operation], None] = lambda operation: None  # told as each one begins

    # --- looking at it

    @property
    def data(self) -> bytes:
        """A copy of everything."""
        return self.read(0, self.size)

    @property
    def erases(self) -> int:
        """How many erases there have been, of any sector."""
        return sum(self._erases.values())

    @property
    def operations(self) -> int:
        """How many operations there have been, of either kind; `cut_at` counts in the same way."""
        return self.erases + sum(self._programs.values())

    def erases_of(self, sector: int) -> int:
        """How often the sector of this number (address // 4096) has been erased."""
        return self._erases.get(sector, 0)

    def programs_of(self, sector: int) -> int:
        """How many page programs there have been in the sector."""
        return self._programs.get(sector, 0)

    def sector(self, number: int) -> bytearray:
        """The sector's bytes themselves, not a copy. Raises IndexError outside the flash."""
        if number not in self._sectors:
            self._sectors[self._numbers[number]] = bytearray(_ERASED)
        return self._sectors[number]

    def read(self, address: int, size: int) -> bytes:
        """A copy of whole sectors."""
        numbers = range(address // SECTOR, (address + size) // SECTOR)
        return b"".join(self._sectors.get(number, _ERASED) for number in numbers)

    def load(self, address: int, image: bytes) -> None:
        """Fill whole sectors as a programmer does before the chip is soldered in: no time, no count."""
        for start in range(0, len(image), SECTOR):
            number, data = self._numbers[(address + start) // SECTOR], image[start : start + SECTOR]
            if data == _ERASED:
                self._sectors.pop(number, None)
            else:
                self._sectors[number] = bytearray(data)

    # --- its work

    def cut_at(self, operation: int, fraction: float = 0.5, sectors: Collection[int] | None = None) -> None:
        """Cut the power during the `operation`-th operation from now on one of `sectors` (0 is the next one).

        `fraction` of it is done: 0.0 leaves the flash as it was, 1.0 finishes the operation first. Another
        call for the same sectors replaces this one.
        """
        self._cuts = [cut for cut in self._cuts if cut.sectors != sectors]
        self._cuts.append(_Cut(sectors, operation, fraction))

    def erase(self, sector: int, consume_time: ConsumeTime) -> None:
        """Set all bits of a sector to one."""
        self._do(Operation("erase", sector, 0, b"", ERASE_NS), self._erases, consume_time)

    def program(self, address: int, data: bytes, consume_time: ConsumeTime) -> None:
        """Clear those bits that are zero in `data`, page by page."""
        while data:
            room = PAGE - address % PAGE
            sector, offset = divmod(address, SECTOR)
            self._do(
                Operation("program", sector, offset, data[:room], PROGRAM_NS), self._programs, consume_time
            )
            address, data = address + room, data[room:]

    def _do(self, operation: Operation, count: dict[int, int], consume_time: ConsumeTime) -> None:
        began = self._timeline.now
        cut = self._cut_due(operation.sector)
        count[operation.sector] = count.get(operation.sector, 0) + 1
        self.on_operation(operation)
        try:
            if cut is not None:
                consume_time(int(operation.duration * cut.fraction))
                self.on_cut()
            else:
                consume_time(operation.duration)
        except FirmwareStop:
            self._apply(operation, min((self._timeline.now - began) / operation.duration, 1.0))
            raise
        self._apply(operation, 1.0)

    def _cut_due(self, sector: int) -> _Cut | None:
        due = None
        for cut in [cut for cut in self._cuts if cut.sectors is None or sector in cut.sectors]:
            cut.left -= 1
            if cut.left < 0:
                self._cuts.remove(cut)
                due = cut
        return due

    def _apply(self, operation: Operation, fraction: float) -> None:
        carry_out(operation, self.sector(operation.sector), fraction, self._random)


def carry_out(operation: Operation, data: bytearray, fraction: float, chance: random.Random) -> None:
    """Do `fraction` of an operation to its sector's bytes; what a cut leaves is up to `chance`."""
    if operation.kind == "erase":
        _erase(data, fraction, chance)
    else:
        _program(data, operation, fraction, chance)


def _erase(data: bytearray, fraction: float, chance: random.Random) -> None:
    if fraction >= 1.0:
        data[:] = _ERASED
        return
    for i in range(SECTOR):
        data[i] |= sum(1 << bit for bit in range(8) if chance.random() < fraction)


def _program(data: bytearray, operation: Operation, fraction: float, chance: random.Random) -> None:
    done = int(len(operation.data) * fraction)
    if fraction >= 1.0:
        place = slice(operation.offset, operation.offset + done)
        both = int.from_bytes(data[place], "big") & int.from_bytes(operation.data, "big")
        data[place] = both.to_bytes(done, "big")
        return
    for i, byte in enumerate(operation.data, operation.offset):
        if i < operation.offset + done:
            data[i] &= byte
        elif i == operation.offset + done and fraction > 0:
            data[i] &= byte | chance.randrange(256)
