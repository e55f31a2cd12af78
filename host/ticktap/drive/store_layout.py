"""Finds where store/store.bin is on the volume, by the firmware's rules (firmware/fob/hw/sector_file.py).

The firmware writes to a sector of the store file only if 4096 bytes of the file are exactly one erase sector
of the flash. It measures that: consecutive block writes are fast until CircuitPython flushes its cache of one
sector. Here the same is computed from the FAT, if the drive's bytes can be read. It supports FAT12 and FAT16
(Microsoft, "FAT: General Overview of On-Disk Format", 1.03) with clusters of any size.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ticktap.drive.durable_files import Image

ERASE = 4096
BLOCK = 512
SECTORS = 60
ENOUGH = 3  # with fewer the firmware does not use the store file (Segments.usable)
MARK = b"ttseg"
_ENTRY = 32
_BASES = (1, 3, 5)  # sectors of the file at which the firmware starts its search for the first aligned one
_MOST_FAT12 = 4085  # clusters; more is FAT16 (in CircuitPython's FatFs; the standard's limit is one less)
_LONG_NAME, _FOLDER = 0x0F, 0x10


@dataclass(frozen=True)
class StorePlacement:
    """`first`: the file offset of the first sector, None if the firmware finds none. `good`: how many of the
    60 sectors are provably erase sectors of the file alone. `reason`: the token's `store_file_reason`
    (docs/protocol.md) if the firmware will not use the store file.
    """

    first: int | None
    good: int
    reason: str | None = None

    @property
    def usable(self) -> bool:
        """Whether the firmware will use the store file."""
        return self.reason is None


def place_of_store_file(image: Image) -> StorePlacement:
    """Finds the store file on a volume that begins at an erase sector. Reads little of the volume.

    Raises LookupError if there is no such file, or OSError.
    """
    volume = _Fat(image)
    size, chain = volume.file("STORE      ", "STORE   BIN")
    if size != (SECTORS + 2) * ERASE:
        return StorePlacement(None, 0, "wrong-size")
    first = _first(volume, chain)
    if first is None:
        return StorePlacement(None, 0, "fragmented")
    good = sum(volume.is_own(chain, first + index * ERASE) for index in range(SECTORS))
    return StorePlacement(first, good, None if good >= ENOUGH else "fragmented")


def _first(volume: _Fat, chain: list[int]) -> int | None:
    """Returns the file offset of the first sector, searched as the firmware does."""
    for number in _BASES:
        base = number * ERASE
        slow = volume.blocks_until_slow(chain, base, ERASE // BLOCK + 1)
        if slow is None or not volume.is_own(chain, base + slow * BLOCK):
            continue
        first = ERASE + slow * BLOCK % ERASE
        if any(volume.is_own(chain, first + index * ERASE) for index in (SECTORS - 1, SECTORS - 2)):
            return first
    return None


def marked(content: bytes) -> int | None:
    """Returns the offset of the first sector in a store file's bytes, from an existing segment; None if it is
    blank.
    """
    for at in range(0, len(content), BLOCK):
        if content[at : at + len(MARK)] == MARK:
            return at % ERASE + ERASE
    return None


def moved(content: bytes, first: int) -> bytes:
    """Returns a store file's bytes for a file whose sectors begin at `first`."""
    was = marked(content)
    if was is None or was == first:
        return content
    blank = bytearray(b"\xff" * len(content))
    blank[first : first + SECTORS * ERASE] = content[was : was + SECTORS * ERASE]
    return bytes(blank)


class _Fat:
    """A FAT volume in memory. Raises LookupError if it is not one."""

    def __init__(self, image: Image) -> None:
        boot = image[0:512]
        if boot[510:] != b"\x55\xaa":
            raise LookupError("no FAT volume")
        self._image = image
        sector, per_cluster, reserved, fats, entries, small = struct.unpack_from("<HBHBHH", boot, 11)
        per_fat, large = struct.unpack_from("<H", boot, 22)[0], struct.unpack_from("<I", boot, 32)[0]
        if not (sector and per_cluster and fats and per_fat):
            raise LookupError("no FAT12 or FAT16 volume")
        self.cluster = int(sector * per_cluster)
        self._fat = image[reserved * sector : (reserved + per_fat) * sector]
        root = (reserved + fats * per_fat) * sector
        self._data = int(root + entries * _ENTRY)
        self._root = image[root : self._data]
        self._count = ((small or large) * sector - self._data) // self.cluster
        self._bits = 12 if self._count <= _MOST_FAT12 else 16

    def file(self, folder: str, name: str) -> tuple[int, list[int]]:
        """Returns size and clusters of a file in a folder of the root, by their short names."""
        _, first = self._find(self._root, folder, _FOLDER)
        inside = b"".join(self._bytes(cluster) for cluster in self._chain(first))
        size, first = self._find(inside, name, 0)
        return size, self._chain(first)[: -(-size // self.cluster)]

    def is_own(self, chain: list[int], start: int) -> bool:
        """Whether 4096 bytes of the file from `start` are provably one erase sector."""
        return self.blocks_until_slow(chain, start, ERASE // BLOCK) is None

    def blocks_until_slow(self, chain: list[int], start: int, count: int) -> int | None:
        """Of `count` consecutive block writes from `start`, returns the first that flushes CircuitPython's
        sector cache; None if none does.

        A block does if it is in another sector than the block before, or if it begins a cluster whose number
        FatFs reads from another block of the FAT than its last one: any read flushes the cache. Before the
        first write the firmware makes FatFs look up the cluster of `start`.
        """
        looked_up = self._blocks_looked_up(chain, start // self.cluster)
        window = looked_up[-1] if looked_up else None
        for number in range(count):
            at = start + number * BLOCK
            before, here = self._place(chain, at - BLOCK), self._place(chain, at)
            if before is None or here is None:
                return number  # past the file's end
            looked_up = self._blocks_looked_up(chain, at // self.cluster) if at % self.cluster == 0 else ()
            if number and (before // ERASE != here // ERASE or set(looked_up) - {window}):
                return number
            window = looked_up[-1] if looked_up else window
        return None

    def _blocks_looked_up(self, chain: list[int], index: int) -> tuple[int, ...]:
        """Returns the blocks of the FAT that FatFs reads to advance to cluster `index` of the file: those
        with the two bytes of the preceding cluster's entry. Empty for the first cluster.
        """
        return self._entry(chain[index - 1]) if 0 < index <= len(chain) else ()

    def _place(self, chain: list[int], at: int) -> int | None:
        """Returns the volume offset of a byte of the file."""
        index, within = divmod(at, self.cluster)
        return self._at(chain[index]) + within if index < len(chain) else None

    def _entry(self, cluster: int) -> tuple[int, int]:
        """Returns the blocks of the FAT with the two bytes of a cluster's entry."""
        at = cluster * self._bits // 8
        return at // BLOCK, (at + 1) // BLOCK

    def _find(self, directory: bytes, name: str, kind: int) -> tuple[int, int]:
        for at in range(0, len(directory), _ENTRY):
            raw = directory[at : at + _ENTRY]
            if not raw[0]:
                break
            if raw[:11] == name.encode() and raw[11] != _LONG_NAME and raw[11] & _FOLDER == kind:
                first, size = struct.unpack_from("<HI", raw, 26)
                return size, first
        raise LookupError(f"no {name.strip()} on the volume")

    def _chain(self, cluster: int) -> list[int]:
        found: list[int] = []
        while 2 <= cluster < self._count + 2 and len(found) <= self._count:
            found.append(cluster)
            cluster = self._next(cluster)
        return found

    def _next(self, cluster: int) -> int:
        if self._bits == 16:
            return self._two(2 * cluster)
        pair = self._two(cluster * 3 // 2)
        return pair >> 4 if cluster & 1 else pair & 0xFFF

    def _two(self, at: int) -> int:
        return int.from_bytes(self._fat[at : at + 2], "little")

    def _at(self, cluster: int) -> int:
        return self._data + (cluster - 2) * self.cluster

    def _bytes(self, cluster: int) -> bytes:
        return self._image[self._at(cluster) : self._at(cluster) + self.cluster]
