"""The window of FatFs and the cluster chains: which blocks are read and written, and when.

Follows lib/oofatfs/ff.c as configured in CircuitPython (FF_FS_TINY): one window of one block serves the FAT,
the directories and every partial block of file data. It is written back before another block replaces it
and when the file system syncs. Names are in fatfs.py. Errors are OSError.
"""

from __future__ import annotations

import errno

from ticktap.drive import fat_geometry, fat_volume
from ticktap.drive.fat_geometry import SECTOR, made_by_circuitpython
from ticktap.simulator.oserror import os_error
from ticktap.simulator.parts.sector_cache import VOLUME_ADDRESS, SectorCache


class FatTable:
    """The mounted volume. `changes` is increased when a reader may find something else."""

    def __init__(self, cache: SectorCache) -> None:
        self.cache = cache
        self.changes = 0
        self.mount()

    def mount(self) -> None:
        """Starts with nothing in RAM; reads the layout from the boot sector."""
        self.changes += 1
        self._block: int | None = None
        self._window = bytearray(SECTOR)
        self._dirty = False
        self._last_taken = 1
        found = fat_geometry.read(self.cache.read(0))
        self.mounted = found is not None and found.blocks <= self.cache.blocks
        self.geometry = found if found and self.mounted else made_by_circuitpython(self.cache.blocks)

    def format_if_torn(self) -> None:
        """Replaces a volume that cannot be mounted with a new one, as CircuitPython does at every start."""
        if not self.mounted:
            files = {"code.py": b'print("Hello World!")\n'}
            self.cache.flash.load(VOLUME_ADDRESS, fat_volume.build(files, geometry=self.geometry))
            self.mount()

    def image(self) -> bytes:
        """Returns the whole volume with what is still in RAM; changes nothing."""
        image = self.cache.image()
        if self._dirty and self._block is not None:
            image[self._block * SECTOR : (self._block + 1) * SECTOR] = self._window
        return bytes(image)

    def look(self) -> None:
        """Loads some block into the window, as a search for a name does."""
        if self._dirty or not self.cache.clean:
            self.sync_window()
            self.cache.write_back()
        self._block = None

    # --- the window

    def move(self, block: int) -> bytearray:
        """Loads a block into the window and returns the window."""
        if block != self._block:
            self.sync_window()
            self._block = None
            self._window[:] = self.cache.read(block)
            self._block = block
        return self._window

    def changed(self) -> None:
        """Marks the window as changed."""
        self._dirty = True
        self.changes += 1

    def sync_window(self) -> None:
        """Writes the window back if it was changed."""
        if self._dirty and self._block is not None:
            self._dirty = False
            self.cache.write(self._block, bytes(self._window))
            where = self.geometry
            if where.fats == 2 and 0 <= self._block - where.reserved < where.fat_blocks:
                self.cache.write(self._block + where.fat_blocks, bytes(self._window))

    def claim(self, block: int) -> None:
        """Assigns the window to a block without reading it: the new end of a growing file."""
        self.sync_window()
        self._block = block

    def sync(self) -> None:
        """Writes everything to the flash [sync_fs]."""
        self.sync_window()
        self.cache.sync()

    def read_block(self, block: int) -> bytes:
        """Reads a block directly; the window's copy, if any, is newer and is used."""
        data = self.cache.read(block)
        return bytes(self._window) if self._dirty and block == self._block else data

    def write_block(self, block: int, data: bytes) -> None:
        """Writes a block directly, not through the window."""
        self.changes += 1
        self.cache.write(block, data)
        if block == self._block:
            self._window[:] = data
            self._dirty = False

    def leave(self, block: int | None) -> None:
        """Writes back a file's block if it is in the window, before the file continues in another one."""
        if block == self._block:
            self.sync_window()

    # --- cluster chains

    def get_fat(self, cluster: int) -> int:
        """Returns the next cluster of a chain; 0 for a free one, at least `end_of_chain` at the end."""
        if not 2 <= cluster < self.geometry.last:
            raise os_error(errno.EIO)
        at = cluster * self.geometry.bits // 8
        low, high = (self._fat_block(at + offset)[(at + offset) % SECTOR] for offset in (0, 1))
        pair = low | high << 8
        if self.geometry.bits == 16:
            return pair
        return pair >> 4 if cluster & 1 else pair & 0xFFF

    def put_fat(self, cluster: int, value: int) -> None:
        """Set the entry of a cluster."""
        at = cluster * self.geometry.bits // 8
        for offset, (mask, bits) in enumerate(self._halves(cluster, value)):
            window = self._fat_block(at + offset)
            window[(at + offset) % SECTOR] = window[(at + offset) % SECTOR] & ~mask | bits
            self.changed()

    def _fat_block(self, at: int) -> bytearray:
        """Loads the block that contains a byte of the FAT, and returns the window."""
        return self.move(self.geometry.reserved + at // SECTOR)

    def _halves(self, cluster: int, value: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Returns which bits of an entry's two bytes belong to this cluster, and their new value."""
        if self.geometry.bits == 16:
            return (0xFF, value & 0xFF), (0xFF, value >> 8)
        if cluster & 1:
            return (0xF0, value << 4 & 0xF0), (0xFF, value >> 4)
        return (0xFF, value & 0xFF), (0x0F, value >> 8)

    def stretch(self, cluster: int) -> int:
        """Returns the cluster after `cluster`; adds one at the end; 0 begins a new chain [create_chain].

        Raises OSError ENOSPC when the volume is full.
        """
        if cluster:
            following = self.get_fat(cluster)
            if 2 <= following < self.geometry.last:
                return following
            if following < 2:
                raise os_error(errno.EIO)
        free = self._free_after(cluster) if cluster else 0
        new = free or self._free_after(self._last_taken, whole=True)
        if not new:
            raise os_error(errno.ENOSPC)
        self.put_fat(new, self.geometry.end_of_chain)
        if cluster:
            self.put_fat(cluster, new)
        self._last_taken = new
        return new

    def _free_after(self, cluster: int, whole: bool = False) -> int:
        """Returns the next cluster if it is free, else 0; with `whole`, the first free one from there on."""
        for number in range(self.geometry.clusters if whole else 1):
            candidate = 2 + (cluster - 1 + number) % self.geometry.clusters
            if self.get_fat(candidate) == 0:
                return candidate
        return 0

    def chain(self, cluster: int) -> list[int]:
        """Returns all clusters of a chain from `cluster` on."""
        clusters: list[int] = []
        while 2 <= cluster < self.geometry.last and len(clusters) < self.geometry.clusters:
            clusters.append(cluster)
            cluster = self.get_fat(cluster)
        return clusters

    def remove_chain(self, cluster: int) -> None:
        """Frees a chain from `cluster` on."""
        while 2 <= cluster < self.geometry.last:
            following = self.get_fat(cluster)
            if following == 0:
                return
            self.put_fat(cluster, 0)
            cluster = following

    def drop_chain(self, cluster: int, block: int) -> None:
        """Frees the chain of a file that is overwritten, and reloads the block of its entry [f_open]."""
        if cluster:
            self.remove_chain(cluster)
            self.move(block)
            self._last_taken = cluster - 1
