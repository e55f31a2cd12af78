"""Sectors for the store: the erase sectors that a file on the drive fills whole.

CircuitPython writes to flash through a cache of one 4 KiB sector: a write to another sector, and any read,
erases and programs the one in the cache (ports/raspberrypi/supervisor/internal_flash.c). Two things follow:

- 4096 bytes that stay in the cache, so that writing them takes no time, are one whole erase sector. Nothing
  else is in it, so a power cut while it is rewritten harms nothing else. Each write proves this first.
- What has been read back is on the flash.

FatFs reads the FAT on the way from one cluster to the next, through a window of one block (f_write and
move_window in lib/oofatfs/ff.c). A block that comes into the window is a read, and empties the cache. So the
block that the look-ups need is brought into the window before the proof: see `_seek_uncached`.

Where the look-ups need two blocks of the FAT, the sector cannot be proved: at most two sectors of the file,
whatever the board's flash (host/ticktap/drive/store_layout.py reckons which). So one that fails means
nothing; two in a row mean that the file has been moved.

The file is open twice: CircuitPython gives a file that is only read a table of its clusters, so that going to
a place takes no search through the FAT.

The file is laid there once, by whoever copies the firmware, and never closed here: closing would rewrite its
directory entry, in a sector that it shares.
"""

import gc
import time

from ..store.log import fill_erased
from ..store.sector import HEADER_SIZE, SECTOR_SIZE
from ..store.sectors import BadSector

_FILE = "/vault/store.bin"
_BLOCK = 512  # where a sector may begin; a cluster is one or more
_SECTORS = 60
_CACHED_NS = 15_000_000  # an erase takes 45 ms, copying into the cache 1 ms
_CHUNK = 256
_SIZE = (_SECTORS + 2) * SECTOR_SIZE  # bytes of the file
_BLANK = b"\xff" * _BLOCK


class SectorFile:
    """The sectors of the store file, as store/sectors.py uses them.

    The position of the first sector is found when one is written for the first time.

    Args:
        file, reader: the file, opened twice: for writing and for reading.
        feed_watchdog(): is called for each sector. Rewriting a thousand accounts takes longer than the
            watchdog's time-out.
        writable: False when the drive belongs to the host.
    """

    def __init__(self, file, reader, feed_watchdog, writable=True):
        self._file = file
        self._reader = reader
        self._feed_watchdog = feed_watchdog
        self._verified = False  # a sector has been found to be one
        self._failed_index = None  # the last one that was not
        self.count = _SECTORS if file.seek(0, 2) == _SIZE else 0
        self._first = self._find_header() if self.count else None
        # Why the sectors cannot be written, if that is known; see docs/protocol.md.
        self.reason = "wrong-size" if not self.count else None if writable else "read-only"

    def read(self, index, start, size):
        """Bytes of a sector; blank when none was ever written."""
        if self._first is None:
            return b"\xff" * size
        self._reader.seek(self._first + index * SECTOR_SIZE + start)
        return self._reader.read(size)

    def load(self, index, scratch):
        """Reads a whole sector into a bytearray."""
        self._feed_watchdog()
        if self._first is None:
            fill_erased(scratch, 0, SECTOR_SIZE)
        else:
            self._reader.seek(self._first + index * SECTOR_SIZE)
            self._reader.readinto(scratch)

    def write(self, index, image):
        """Writes a whole sector and reads it back. BadSector: it is shared, or does not keep the bytes."""
        try:
            self._write(index, image)
        except OSError:
            self.reason = "read-only"  # the drive is the host's
            raise BadSector()

    def _write(self, index, image):
        gc.collect()  # moving everything is when the heap is fullest
        if self._first is None and not self.reason:
            self._first = self._find_first()
        if self.reason:
            raise BadSector()
        if not self._is_erase_sector(self._first + index * SECTOR_SIZE):
            if not self._verified and self._failed_index not in (None, index):
                self.reason = "fragmented"  # the file has been moved: none of it is ours
            self._failed_index = index
            raise BadSector()
        self._verified = True
        self._file.seek(self._first + index * SECTOR_SIZE)
        self._file.write(image)  # into the cache still
        for start in range(0, SECTOR_SIZE, _CHUNK):
            if self.read(index, start, _CHUNK) != image[start : start + _CHUNK]:
                raise BadSector()

    def _is_erase_sector(self, at):
        """Whether 4096 bytes from here are one erase sector: blanks written there stay in the cache."""
        self._seek_uncached(at)
        return self._blanks_until_slow(SECTOR_SIZE // _BLOCK) is None

    def _seek_uncached(self, at):
        """Goes there with an empty cache, and with the FAT's entry of the cluster before in FatFs's window.

        A seek to the cluster where the file is already looks nothing up (f_lseek), and what was read last is
        in the window. A seek from the start follows all clusters, and looks up that entry last.
        """
        self._feed_watchdog()
        self._file.seek(at)
        self._file.read(1)  # empties the cache
        self._file.seek(0)
        self._file.seek(at)

    def _blanks_until_slow(self, count):
        """Writes so many blank blocks; the number of the first that had to wait for the flash, else None."""
        start = time.monotonic_ns()
        for number in range(count):
            self._file.write(_BLANK)
            if time.monotonic_ns() - start >= _CACHED_NS:
                return number
        return None

    def _find_header(self):
        """Where the first sector begins, from a segment that is there; None when there is none.

        The only segment may be in the last sector, which ends past `_SECTORS` sectors of the file; and its
        header may be damaged, so the one at its end counts too. Looking for that takes nine seconds, which a
        blank vault need not wait.
        """
        fill_erased = True
        for header in (0, SECTOR_SIZE - HEADER_SIZE):
            for at in range(0, (_SECTORS + 1) * SECTOR_SIZE, _BLOCK):
                self._feed_watchdog()
                self._reader.seek(at + header)
                data = self._reader.read(5)
                if data == b"ttseg":
                    return at % SECTOR_SIZE + SECTOR_SIZE
                fill_erased = fill_erased and data == _BLANK[:5]
            if fill_erased:
                break
        return None

    def _find_first(self):
        """Where the first whole erase sector begins, found by writing; None when the file lies in pieces.

        Blanks are written until the cache has to be written out: a sector begins there, or the FAT was read.
        The same has to be true near the end, or the file has a piece somewhere else. The file's ends are left
        alone: what lies before and behind it may share their sectors.
        """
        for base in (SECTOR_SIZE, 3 * SECTOR_SIZE, 5 * SECTOR_SIZE):
            self._seek_uncached(base)
            slow = self._blanks_until_slow(SECTOR_SIZE // _BLOCK + 1)
            if slow is not None and self._is_erase_sector(base + slow * _BLOCK):
                first = SECTOR_SIZE + slow % (SECTOR_SIZE // _BLOCK) * _BLOCK
                if [
                    i for i in (_SECTORS - 1, _SECTORS - 2) if self._is_erase_sector(first + i * SECTOR_SIZE)
                ]:
                    return first
        self.reason = "fragmented"
        return None


def open_store_file(feed_watchdog):
    """The Vault; one to read only in maintenance, when the drive is the host's. None: no such file."""
    for mode in ("r+b", "rb"):
        try:
            return SectorFile(open(_FILE, mode), open(_FILE, "rb"), feed_watchdog, mode != "rb")
        except OSError:
            pass  # not writable, or not there
    return None
