"""CircuitPython's write cache of one flash sector, between FAT blocks and the flash.

Follows ports/raspberrypi/supervisor/internal_flash.c and supervisor/shared/{flash,filesystem}.c: a block is
written into the cached 4 KiB sector. The cache is written back (erase, then program, of the whole sector)
when a block of another sector is written, before any block is read, when the file system syncs, and when the
flush interval ends. It lives in RAM: a reset without `flush()` and a power cut lose it.

The interval is a countdown of 1000 ticks that runs while ticks are needed: by the cache while there is
something to flush, and by every `keypad.Keys`. So with a keypad, the flush can happen at any time after a
write. Ticks are lost during flash operations.
"""

from __future__ import annotations

from ticktap.simulator.parts.flash import SECTOR, ConsumeTime, Flash
from ticktap.simulator.timeline import FOREVER, SECOND, Timeline

VOLUME_ADDRESS = 0x100000
FIRST_SECTOR = VOLUME_ADDRESS // SECTOR
BLOCK = 512
BLOCKS_PER_SECTOR = SECTOR // BLOCK
INTERVAL_NS = 1000 * SECOND // 1024


class SectorCache:
    """Blocks of the volume by number. `due`: when the countdown flushes; FOREVER if it does not."""

    def __init__(self, flash: Flash, timeline: Timeline) -> None:
        self.flash = flash
        self.size = flash.size - VOLUME_ADDRESS  # bytes of the volume
        self._timeline = timeline
        self.consume_time: ConsumeTime = lambda ns: timeline.run_until(timeline.now + ns)
        self._data = bytearray()
        self.reset()

    def reset(self) -> None:
        """Resets to the state after power-on: unwritten data is lost, and no ticks are needed."""
        self._sector: int | None = None
        self._dirty = False
        self.due = FOREVER
        self._tick_users = 0
        self._started, self._left = 0, INTERVAL_NS

    # --- blocks

    @property
    def blocks(self) -> int:
        """The number of blocks."""
        return self.size // BLOCK

    @property
    def clean(self) -> bool:
        """Whether there is nothing to write back."""
        return self._sector is None

    def read(self, block: int) -> bytes:
        """Reads a block from the flash. The cache is never read, so it is written back first."""
        self.write_back()
        sector, within = divmod(block, BLOCKS_PER_SECTOR)
        return bytes(self.flash.sector(FIRST_SECTOR + sector)[within * BLOCK : (within + 1) * BLOCK])

    def image(self) -> bytearray:
        """Returns a copy of the whole volume, including the cached sector; changes nothing."""
        image = bytearray(self.flash.read(VOLUME_ADDRESS, self.size))
        if self._sector is not None:
            image[self._sector * SECTOR : (self._sector + 1) * SECTOR] = self._data
        return image

    def write(self, block: int, data: bytes) -> None:
        """Writes a block into the cache."""
        if not self._dirty:
            self._dirty = True
            self.need_ticks()
            self._wait_until(self._countdown_ends())
        sector, within = divmod(block, BLOCKS_PER_SECTOR)
        if sector != self._sector:
            self.write_back()
            self._data = bytearray(self.flash.sector(FIRST_SECTOR + sector))
            self._sector = sector
        self._data[within * BLOCK : (within + 1) * BLOCK] = data

    # --- writing back

    def write_back(self) -> None:
        """Erases and programs the cached sector, if any [port_internal_flash_flush]."""
        if self._sector is None:
            return
        sector = FIRST_SECTOR + self._sector
        waiting, self.due = self.due != FOREVER, FOREVER
        self.flash.erase(sector, self.consume_time)
        self.flash.program(sector * SECTOR, bytes(self._data), self.consume_time)
        self._sector = None
        if waiting:
            self._wait_until(self._countdown_ends())

    def sync(self) -> None:
        """Writes back; the cache then needs no ticks until the next write [supervisor_flash_flush]."""
        self.due = FOREVER
        self.write_back()
        if self._dirty:
            self._dirty = False
            self.release_ticks()

    def flush(self) -> None:
        """Syncs, and restarts the countdown [filesystem_flush, filesystem_background]."""
        self._started, self._left = self._timeline.now, INTERVAL_NS
        self.sync()

    def _wait_until(self, due: int) -> None:
        self.due = due
        self._timeline.at(due, lambda: None)  # so that simulated time stops there

    # --- ticks

    def need_ticks(self) -> None:
        """Adds a user of ticks; the countdown runs [supervisor_enable_tick]."""
        if self._tick_users == 0:
            self._started = self._timeline.now
        self._tick_users += 1

    def release_ticks(self) -> None:
        """Removes a user of ticks; the countdown stops with the last one [supervisor_disable_tick]."""
        self._tick_users -= 1
        if self._tick_users == 0:
            self._left = self._countdown_ends() - self._timeline.now

    def miss_ticks(self, ns: int) -> None:
        """Disables interrupts for `ns`: no tick is counted in that time."""
        self._started += ns
        if self.due != FOREVER:
            self._wait_until(self.due + ns)

    def _countdown_ends(self) -> int:
        """Returns the next end after now; the countdown has restarted at every earlier end."""
        passed = self._timeline.now - self._started - self._left
        return self._timeline.now + INTERVAL_NS - passed % INTERVAL_NS
