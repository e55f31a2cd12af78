"""Sectors for the store: the erase sectors that a file on the drive fills whole.

CircuitPython writes to flash through a cache of one 4 KiB sector: a write to another sector, and any read,
erases and programs the one in the cache (ports/raspberrypi/supervisor/internal_flash.c). Two things follow:

- 4096 bytes that stay in the cache, so that writing them takes no time, are one whole erase sector. Nothing
  else is in it, so a power cut while it is rewritten harms nothing else. Each write proves this anew.
- What has been read back is on the flash.

One sector in 43 cannot be proved: the FAT's entries for its clusters lie in two blocks of the FAT, and the
second is read in the middle of writing it. So one that fails means nothing; two in a row mean that the file
has been moved.

The file is laid there once, by whoever copies the firmware, and never closed here: closing would rewrite its
directory entry, in a sector that it shares.
"""

import gc
import time

from ..segments import HEADER, SECTOR, BadSector

_FILE = "/vault/store.bin"
_BLOCK = 512  # a cluster; where a sector may begin
_SECTORS = 60
_CACHED_NS = 15_000_000  # an erase takes 45 ms, copying into the cache 1 ms
_CHUNK = 256
_BLANK = b"\xff" * _BLOCK


class Vault:
    """`count` sectors; see Segments. Where the first begins is found when the first is written.

    `alive()` is called at every step: moving a thousand accounts takes longer than the watchdog waits.
    """

    def __init__(self, file, alive):
        self._file = file
        self._alive = alive
        self.count = _SECTORS
        self._proved = False  # a sector has been found to be one
        self._failed = None  # the last one that was not
        self._refused = False
        self._first = self._marked()

    def read(self, index, start, size):
        """Bytes of a sector; blank when none was ever written."""
        self._alive()
        if self._first is None:
            return b"\xff" * size
        self._file.seek(self._first + index * SECTOR + start)
        return self._file.read(size)

    def write(self, index, image):
        """Writes a whole sector and reads it back. BadSector: it is shared, or does not keep the bytes."""
        try:
            self._write(index, image)
        except OSError:
            raise BadSector()  # the drive is the host's

    def _write(self, index, image):
        gc.collect()  # moving everything is when the heap is fullest
        if self._first is None and not self._refused:
            self._first = self._aligned()
        if self._refused or not self._is_own(self._first + index * SECTOR):
            if not self._proved and self._failed not in (None, index):
                self._refused = True  # the file has been moved: none of it is ours
            self._failed = index
            raise BadSector()
        self._proved = True
        self._file.seek(self._first + index * SECTOR)
        self._file.write(image)  # into the cache still
        for start in range(0, SECTOR, _CHUNK):
            if self.read(index, start, _CHUNK) != image[start : start + _CHUNK]:
                raise BadSector()

    def _is_own(self, at):
        """Whether 4096 bytes from here are one erase sector: blanks written there stay in the cache."""
        self._alive()
        self._file.seek(at)
        self._file.read(1)  # empties the cache
        self._file.seek(at)
        start = time.monotonic_ns()
        for _ in range(SECTOR // _BLOCK):
            self._file.write(_BLANK)
        return time.monotonic_ns() - start < _CACHED_NS

    def _marked(self):
        """Where the first sector begins, from a segment that is there; None when there is none.

        The only segment may be in the last sector, which ends past `_SECTORS` sectors of the file; and its
        header may be damaged, so the one at its end counts too. Looking for that takes nine seconds, which a
        blank vault need not wait.
        """
        blank = True
        for header in (0, SECTOR - HEADER):
            for at in range(0, (_SECTORS + 1) * SECTOR, _BLOCK):
                self._alive()
                self._file.seek(at + header)
                data = self._file.read(5)
                if data == b"ttseg":
                    return at % SECTOR + SECTOR
                blank = blank and data == _BLANK[:5]
            if blank:
                break
        return None

    def _aligned(self):
        """Where the first whole erase sector begins, found by writing. The file's ends are left alone: what
        lies before and behind it may share their sectors."""
        for base in (SECTOR, 3 * SECTOR):
            for offset in range(0, SECTOR, _BLOCK):
                if self._is_own(base + offset):
                    return SECTOR + offset
        self._refused = True  # the file lies in pieces
        return None


def vault(alive):
    """The Vault; one to read only in maintenance, when the drive is the host's. None: no such file."""
    for mode in ("r+b", "rb"):
        try:
            return Vault(open(_FILE, mode), alive)
        except OSError:
            pass  # not writable, or not there
    return None
