"""The chip's NOR flash, and the effects of a power cut.

Programming only clears bits; only an erase of a whole 4 KiB sector sets them. An interrupted
operation leaves its bytes incomplete: a part of a program, or an erase with some bits set, at random from a
fixed seed. Times are typical values of Winbond's W25Q series. The use of sectors is defined elsewhere.
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
PROGRAM_NS = 500 * US  # for a page, including the transfer

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
    """A power failure during an operation on one of `sectors` (None: any), after `left` others."""

    sectors: Collection[int] | None
    left: int
    fraction: float


class Flash:
    """`size` bytes in numbered sectors, erased at first. All operations are counted per sector.

    The caller passes `consume_time(ns)`, which advances the time and may raise to end the firmware.
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
        self.on_operation: Callable[[Operation], None] = lambda operation: (
            None
        )  # called when an operation begins

    # --- inspection

    @property
    def data(self) -> bytes:
        """Returns a copy of everything."""
        return self.read(0, self.size)

    @property
    def erases(self) -> int:
        """The number of erases of all sectors."""
        return sum(self._erases.values())

    @property
    def operations(self) -> int:
        """The number of operations of both kinds, as `cut_at` counts them."""
        return self.erases + sum(self._programs.values())

    def erases_of(self, sector: int) -> int:
        """Returns the number of erases of a sector (address // 4096)."""
        return self._erases.get(sector, 0)

    def programs_of(self, sector: int) -> int:
        """Returns the number of page programs in a sector."""
        return self._programs.get(sector, 0)

    def sector(self, number: int) -> bytearray:
        """Returns the sector's bytes, not a copy. Raises IndexError outside the flash."""
        if number not in self._sectors:
            self._sectors[self._numbers[number]] = bytearray(_ERASED)
        return self._sectors[number]

    def read(self, address: int, size: int) -> bytes:
        """Returns a copy of whole sectors."""
        numbers = range(address // SECTOR, (address + size) // SECTOR)
        return b"".join(self._sectors.get(number, _ERASED) for number in numbers)

    def load(self, address: int, image: bytes) -> None:
        """Fills whole sectors, like a programmer before assembly: takes no time, and is not counted."""
        for start in range(0, len(image), SECTOR):
            number, data = self._numbers[(address + start) // SECTOR], image[start : start + SECTOR]
            if data == _ERASED:
                self._sectors.pop(number, None)
            else:
                self._sectors[number] = bytearray(data)

    # --- operations

    def cut_at(self, operation: int, fraction: float = 0.5, sectors: Collection[int] | None = None) -> None:
        """Cuts the power in the `operation`-th operation from now on one of `sectors` (0 is the next one).

        `fraction` of it is done: 0.0 leaves the flash unchanged, 1.0 completes the operation first. Another
        call for the same sectors replaces this one.
        """
        self._cuts = [cut for cut in self._cuts if cut.sectors != sectors]
        self._cuts.append(_Cut(sectors, operation, fraction))

    def erase(self, sector: int, consume_time: ConsumeTime) -> None:
        """Sets all bits of a sector to one."""
        self._do(Operation("erase", sector, 0, b"", ERASE_NS), self._erases, consume_time)

    def program(self, address: int, data: bytes, consume_time: ConsumeTime) -> None:
        """Clears the bits that are zero in `data`, page by page."""
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
    """Performs `fraction` of an operation; `chance` decides the state after a cut."""
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
