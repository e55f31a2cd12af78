"""The sectors of the store file: those erase sectors of the flash that contain nothing but bytes of the file.

CircuitPython writes to flash through a cache of one 4 KiB sector. A write to another sector, and any read,
erases and programs the cached sector (ports/raspberrypi/supervisor/internal_flash.c). It follows:

- If 4096 bytes stay in the cache, so that writing them takes no time, they are one whole erase sector. A
  power cut while it is rewritten damages nothing else. This is verified before each write.
- Bytes that have been read back are on the flash.

From one cluster to the next FatFs reads the FAT, through a window of one block (f_write and move_window in
lib/oofatfs/ff.c). Reading another block into the window flushes the cache. So the block that is needed is
read into the window before the verification (`_seek_uncached`).

If two blocks of the FAT are needed, the sector cannot be verified. This concerns at most two sectors of the
file, for every size of flash (host/ticktap/drive/store_layout.py computes which). So one failure has no
meaning; two in a row mean that the file was moved.

The file is open twice. For a file opened for reading only, CircuitPython makes a table of its clusters, so
that a seek needs no search in the FAT.

The file is created once by the installer. It is never closed here: closing would rewrite its directory entry,
which is in a sector with other entries.
"""

import gc
import time

from ..store.log import fill_erased
from ..store.sector import HEADER_SIZE, SECTOR_SIZE
from ..store.sectors import BadSector

_FILE = "/store/store.bin"
_BLOCK = 512  # a sector may begin at each block; a cluster is one or more blocks
_SECTORS = 60
_CACHED_NS = 15_000_000  # an erase takes 45 ms, copying to the cache 1 ms
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
        self._verified = False  # whether a sector has been verified
        self._failed_index = None  # the last sector that could not be verified
        self.count = _SECTORS if file.seek(0, 2) == _SIZE else 0
        self._first = self._find_header() if self.count else None
        # Why the sectors cannot be written, if that is known (docs/protocol.md).
        self.reason = "wrong-size" if not self.count else None if writable else "read-only"

    def read(self, index, start, size):
        """Reads bytes of a sector; erased bytes if no sector was ever written."""
        if self._first is None:
            return b"\xff" * size
        self._reader.seek(self._first + index * SECTOR_SIZE + start)
        return self._reader.read(size)

    def read_into(self, index, start, out):
        """Reads as many bytes of a sector as `out` has. They must have been written."""
        self._reader.seek(self._first + index * SECTOR_SIZE + start)
        self._reader.readinto(out)

    def load(self, index, scratch):
        """Reads a whole sector into a bytearray."""
        self._feed_watchdog()
        if self._first is None:
            fill_erased(scratch, 0, SECTOR_SIZE)
        else:
            self._reader.seek(self._first + index * SECTOR_SIZE)
            self._reader.readinto(scratch)

    def write(self, index, image):
        """Writes a whole sector and reads it back. Raises BadSector."""
        try:
            self._write(index, image)
        except OSError:
            self.reason = "read-only"  # the drive belongs to the host
            raise BadSector()

    def _write(self, index, image):
        gc.collect()  # while everything is rewritten the heap is almost full
        if self._first is None and not self.reason:
            self._first = self._find_first()
        if self.reason:
            raise BadSector()
        if not self._is_erase_sector(self._first + index * SECTOR_SIZE):
            if not self._verified and self._failed_index not in (None, index):
                self.reason = "fragmented"  # the file was moved: its sectors must not be written
            self._failed_index = index
            raise BadSector()
        self._verified = True
        self._file.seek(self._first + index * SECTOR_SIZE)
        self._file.write(image)  # still in the cache
        for start in range(0, SECTOR_SIZE, _CHUNK):
            if self.read(index, start, _CHUNK) != image[start : start + _CHUNK]:
                raise BadSector()

    def _is_erase_sector(self, at):
        """Whether the 4096 bytes at `at` are one erase sector: erased bytes stay in the cache."""
        self._seek_uncached(at)
        return self._blanks_until_slow(SECTOR_SIZE // _BLOCK) is None

    def _seek_uncached(self, at):
        """Seeks to `at`, with an empty cache and the FAT entry of the preceding cluster in FatFs's window.

        A seek within the current cluster reads no FAT entry (f_lseek). A seek from the start follows all
        clusters and reads that entry last, so it is in the window.
        """
        self._feed_watchdog()
        self._file.seek(at)
        self._file.read(1)  # flushes the cache
        self._file.seek(0)
        self._file.seek(at)

    def _blanks_until_slow(self, count):
        """Writes `count` erased blocks. Returns the number of the first that was slow, or None."""
        start = time.monotonic_ns()
        for number in range(count):
            self._file.write(_BLANK)
            if time.monotonic_ns() - start >= _CACHED_NS:
                return number
        return None

    def _find_header(self):
        """The offset of the first sector, found from a segment; None if there is none.

        The only segment may be in the last sector, which ends after `_SECTORS` sectors of the file. Its
        header may be damaged; then the header at its end is used. The search for that takes nine seconds, and
        is left out if the file is erased.
        """
        erased = True
        for header in (0, SECTOR_SIZE - HEADER_SIZE):
            for at in range(0, (_SECTORS + 1) * SECTOR_SIZE, _BLOCK):
                self._feed_watchdog()
                self._reader.seek(at + header)
                data = self._reader.read(5)
                if data == b"ttseg":
                    return at % SECTOR_SIZE + SECTOR_SIZE
                erased = erased and data == _BLANK[:5]
            if erased:
                break
        return None

    def _find_first(self):
        """The offset of the first whole erase sector, found by writing; None if the file is fragmented.

        Erased blocks are written until the cache is flushed: a sector begins there, or the FAT was read. A
        sector near the end is checked in the same way, else the file is fragmented. The ends of the file are
        not written, because their sectors may contain other data.
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
    """Opens the store file: a SectorFile, read-only if the drive belongs to the host; None without a file."""
    for mode in ("r+b", "rb"):
        try:
            return SectorFile(open(_FILE, mode), open(_FILE, "rb"), feed_watchdog, mode != "rb")
        except OSError:
            pass  # not writable, or there is no file
    return None
