"""An open file of FatFs: the blocks that reading and writing access (f_read, f_write, f_lseek, f_sync).

Whole blocks go straight to the disk layer, partial ones through the file system's window. The directory entry
is accessed only by `sync()` and `close()` of a changed file, so never while a file stays open.
"""

from __future__ import annotations

import errno

from ticktap.drive.fat_geometry import SECTOR
from ticktap.drive.fat_volume import DIRECTORY
from ticktap.simulator.oserror import os_error
from ticktap.simulator.parts.fatfs import FatFs, set_size


class FatFile:
    """An open file; `position` and `size` in bytes. Raises OSError as FatFs does, with EINVAL once closed."""

    def __init__(
        self, fs: FatFs, path: str, *, read: bool, write: bool, create: bool, truncate: bool
    ) -> None:
        self._fs = fs
        self._cluster_size = fs.geometry.cluster_size
        self._read, self._write = read, write
        self.position = 0
        self.closed = False
        self._modified = False
        self._current = 0  # the cluster of the byte before the position
        self._block: int | None = None
        directory, slot = fs.find(path) if create and path else fs.find_file(path)
        if slot is not None and slot.attribute & DIRECTORY:
            raise os_error(errno.EACCES)
        if slot is None:
            number, self._first, self.size = fs.register(directory, path.rpartition("/")[2]), 0, 0
            truncate = True
        else:
            number, self._first, self.size = slot.last, slot.cluster, slot.size
        self._place = fs.place(directory, number)
        if truncate:
            self._truncate()
        self._map = None if write else fs.chain(self._first)  # a reader looks the chain up once

    def _truncate(self) -> None:
        old, self._first, self.size, self._modified = self._first, 0, 0, True
        self._fs.edit(self._place, lambda entry: set_size(entry, 0, 0))
        self._fs.drop_chain(old, self._place[0])

    def _check(self, allowed: bool) -> None:
        if self.closed:
            raise os_error(errno.EINVAL)
        if not allowed:
            raise os_error(errno.EACCES)

    def _follow(self, index: int) -> int:
        """Returns cluster number `index` of the file, for reading; the current one precedes it."""
        if index == 0:
            return self._first
        if self._map is None:
            return self._fs.get_fat(self._current)
        return self._map[index] if index < len(self._map) else 0

    # --- bytes

    def read(self, size: int) -> bytes:
        """Reads up to `size` bytes; fewer at the end of the file."""
        self._check(self._read)
        out = b""
        end = min(self.size, self.position + size)
        while self.position < end:
            within = self.position % SECTOR
            if self.position % self._cluster_size == 0:
                self._current = self._follow(self.position // self._cluster_size)
            block = self._data_block()
            count = min(SECTOR - within, end - self.position)
            if count == SECTOR:
                data = self._fs.read_block(block)
            else:
                self._block = block
                data = bytes(self._fs.move(block))
            out += data[within : within + count]
            self.position += count
        return out

    def write(self, data: bytes) -> None:
        """Writes `data`. Raises OSError ENOSPC if only its beginning fits, which is then written."""
        self._check(self._write)
        self._modified = self._modified or bool(data)
        done = 0
        while done < len(data):
            done += self._write_some(data[done : done + SECTOR])

    def _write_some(self, data: bytes) -> int:
        """Writes as much of `data` as fits into the block of the position."""
        fs = self._fs
        within = self.position % SECTOR
        if within == 0:
            if self.position % self._cluster_size == 0:
                self._enter_cluster()
            fs.leave(self._block)
            if len(data) == SECTOR:
                fs.write_block(self._data_block(), data)
                return self._advance(SECTOR)
            if self.position >= self.size:
                fs.claim(self._data_block())
            self._block = self._data_block()
        count = min(SECTOR - within, len(data))
        fs.move(self._data_block())[within : within + count] = data[:count]
        fs.changed()
        return self._advance(count)

    def _enter_cluster(self) -> None:
        if self.position:
            self._current = self._fs.stretch(self._current)
        else:
            self._current = self._first or self._fs.stretch(0)
        self._first = self._first or self._current

    def _advance(self, count: int) -> int:
        self.position += count
        self.size = max(self.size, self.position)
        return count

    def _data_block(self) -> int:
        where = self._fs.geometry
        if not 2 <= self._current < where.last:
            raise os_error(errno.EIO)
        return where.block_of(self._current) + self.position % self._cluster_size // SECTOR

    def seek(self, position: int) -> None:
        """Sets the position. Beyond the end, a writer extends the file, and a reader stops at the end."""
        self._check(True)
        if not self._write:
            position = min(position, self.size)
        clusters = (position - 1) // self._cluster_size
        here = (self.position - 1) // self._cluster_size
        if position == 0:
            self.position = 0
            return
        if self._map is not None:
            self._current = self._follow(clusters)
        else:
            self._walk(here, clusters)
        self.position = position
        if position > self.size:
            self.size, self._modified = position, True
        if position % SECTOR:
            self._block = self._data_block()

    def _walk(self, here: int, there: int) -> None:
        """Follows the chain of a writer from cluster number `here` to `there`; extends it if needed."""
        if self.position == 0 or there < here:
            here = 0
            self._current = self._first or self._fs.stretch(0)
            self._first = self._first or self._current
        for _ in range(there - here):
            self._current = self._fs.stretch(self._current)

    # --- sync and close

    def sync(self) -> bool:
        """Updates the directory entry and writes everything to the flash; False if nothing was changed."""
        self._check(True)
        if not self._modified:
            return False
        self._fs.edit(self._place, lambda entry: set_size(entry, self._first, self.size))
        self._fs.sync()
        self._modified = False
        return True

    def close(self) -> bool:
        """Syncs, and closes the file."""
        changed = self.sync()
        self.closed = True
        return changed
