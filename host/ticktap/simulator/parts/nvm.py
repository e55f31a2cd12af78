"""The 4 KiB of `microcontroller.nvm`: the last flash sector before the drive.

CircuitPython programs when every target byte reads 0xFF and otherwise erases and rewrites the sector, even
for identical bytes (ports/raspberrypi/common-hal/nvm/ByteArray.c). Nothing is cached.
"""

from __future__ import annotations

from ticktap.simulator.parts.flash import SECTOR, ConsumeTime, Flash
from ticktap.simulator.timeline import US, Timeline

ADDRESS = 0xFF000
SIZE = SECTOR
CALL_NS = 140 * US


class Nvm:
    """A view of the flash (one of its own if none is given): its sector's bytes, counts and cuts."""

    def __init__(self, timeline: Timeline, flash: Flash | None = None) -> None:
        self._flash = flash or Flash(timeline)
        self._sector = ADDRESS // SECTOR
        self.writes = 0

    @property
    def data(self) -> bytearray:
        """What a reader sees; to change it is to change the flash."""
        return self._flash.sector(self._sector)

    @property
    def erases(self) -> int:
        """Finished and torn erases."""
        return self._flash.erases_of(self._sector)

    @property
    def programs(self) -> int:
        """Finished and torn page programs."""
        return self._flash.programs_of(self._sector)

    @property
    def operations(self) -> int:
        """How many flash operations there have been; `cut_at` counts in the same way."""
        return self.programs + self.erases

    def cut_at(self, operation: int, fraction: float = 0.5) -> None:
        """`Flash.cut_at`, where operations on nvm alone are counted."""
        self._flash.cut_at(operation, fraction, (self._sector,))

    def write(self, start: int, values: bytes, consume_time: ConsumeTime) -> None:
        """What one assignment to `microcontroller.nvm` does; `consume_time(ns)` passes the time it takes."""
        self.writes += 1
        consume_time(CALL_NS)
        if any(byte != 0xFF for byte in self.data[start : start + len(values)]):
            image = bytearray(self.data)
            image[start : start + len(values)] = values
            self._flash.erase(self._sector, consume_time)
            start, values = 0, bytes(image)
        self._flash.program(ADDRESS + start, values, consume_time)
