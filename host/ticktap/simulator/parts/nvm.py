"""The 4 KiB of `microcontroller.nvm`: the last flash sector before the drive.

CircuitPython programs the bytes if all of them are 0xFF, and otherwise erases and rewrites the sector, even
for identical bytes (ports/raspberrypi/common-hal/nvm/ByteArray.c). Nothing is cached.
"""

from __future__ import annotations

from ticktap.simulator.parts.flash import SECTOR, ConsumeTime, Flash
from ticktap.simulator.timeline import US, Timeline

ADDRESS = 0xFF000
SIZE = SECTOR
CALL_NS = 140 * US


class Nvm:
    """A view of its sector in the flash (a new flash if none is given): bytes, counts and power cuts."""

    def __init__(self, timeline: Timeline, flash: Flash | None = None) -> None:
        self._flash = flash or Flash(timeline)
        self._sector = ADDRESS // SECTOR
        self.writes = 0

    @property
    def data(self) -> bytearray:
        """The bytes themselves: changing them changes the flash."""
        return self._flash.sector(self._sector)

    @property
    def erases(self) -> int:
        """The number of erases, also interrupted ones."""
        return self._flash.erases_of(self._sector)

    @property
    def programs(self) -> int:
        """The number of page programs, also interrupted ones."""
        return self._flash.programs_of(self._sector)

    @property
    def operations(self) -> int:
        """The number of flash operations, as `cut_at` counts them."""
        return self.programs + self.erases

    def cut_at(self, operation: int, fraction: float = 0.5) -> None:
        """As `Flash.cut_at`, counting operations on the nvm only."""
        self._flash.cut_at(operation, fraction, (self._sector,))

    def write(self, start: int, values: bytes, consume_time: ConsumeTime) -> None:
        """Performs one assignment to `microcontroller.nvm`; `consume_time(ns)` advances the time."""
        self.writes += 1
        consume_time(CALL_NS)
        if any(byte != 0xFF for byte in self.data[start : start + len(values)]):
            image = bytearray(self.data)
            image[start : start + len(values)] = values
            self._flash.erase(self._sector, consume_time)
            start, values = 0, bytes(image)
        self._flash.program(ADDRESS + start, values, consume_time)
