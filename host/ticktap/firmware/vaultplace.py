"""Where vault/store.bin lies on the volume, judged as the firmware judges it (firmware/fob/hw/vault.py).

The firmware may write a sector of the vault when 4096 bytes of the file are one erase sector of the flash:
then nothing else is in it. It finds out by the clock; here it is read from the FAT, which a computer can do
where the drive's bytes can be read. FAT12 and FAT16 (Microsoft, "FAT: General Overview of On-Disk Format",
1.03).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

ERASE = 4096
BLOCK = 512
SECTORS = 60
ENOUGH = 3  # fewer, and the firmware does without (Segments.usable)
MARK = b"ttseg"
_ENTRY = 32
_FAT12_CLUSTERS = 4085  # from here on it is FAT16
_LONG_NAME, _FOLDER = 0x0F, 0x10


@dataclass(frozen=True)
class Place:
    """`first` is where in the file the first sector begins, None when the firmware finds none; `good` says
    how many of its 60 sectors are the file's own and can be proved."""

    first: int | None
    good: int

    @property
    def usable(self) -> bool:
        """Whether the firmware will use the vault."""
        return self.first is not None and self.good >= ENOUGH


def place_of_vault(image: bytes) -> Place:
    """Where the vault lies on a volume that begins at an erase sector. LookupError: it has no such file."""
    volume = _Fat(image)
    chain = volume.file("VAULT      ", "STORE   BIN")
    for number in (1, 3):  # where the firmware looks, in that order
        for shift in range(0, ERASE, BLOCK):
            if volume.is_own(chain, number * ERASE + shift):
                first = ERASE + shift
                good = sum(volume.is_own(chain, first + index * ERASE) for index in range(SECTORS))
                return Place(first, good)
    return Place(None, 0)


def marked(content: bytes) -> int | None:
    """Where in a vault's bytes its first sector begins, by a segment that is there; None: it is blank."""
    for at in range(0, len(content), BLOCK):
        if content[at : at + len(MARK)] == MARK:
            return at % ERASE + ERASE
    return None


def moved(content: bytes, first: int) -> bytes:
    """A vault's bytes for a file whose sectors begin at `first`."""
    was = marked(content)
    if was is None or was == first:
        return content
    blank = bytearray(b"\xff" * len(content))
    blank[first : first + SECTORS * ERASE] = content[was : was + SECTORS * ERASE]
    return bytes(blank)


class _Fat:
    """A FAT volume in memory. LookupError when it is none."""

    def __init__(self, image: bytes) -> None:
        if len(image) < 512 or image[510:512] != b"\x55\xaa":
            raise LookupError("no FAT volume")
        self._image = image
        sector, per_cluster, reserved, fats, entries, small = struct.unpack_from("<HBHBHH", image, 11)
        per_fat, large = struct.unpack_from("<H", image, 22)[0], struct.unpack_from("<I", image, 32)[0]
        if not (sector and per_cluster and fats and per_fat):
            raise LookupError("no FAT12 or FAT16 volume")
        self.cluster = int(sector * per_cluster)
        self._fat = reserved * sector
        root = self._fat + fats * per_fat * sector
        self._data = int(root + entries * _ENTRY)
        self._root = image[root : self._data]
        self._count = ((small or large) * sector - self._data) // self.cluster
        self._bits = 12 if self._count < _FAT12_CLUSTERS else 16

    def file(self, folder: str, name: str) -> list[int]:
        """The clusters of a file in a folder of the root, by their short names."""
        _, first = self._find(self._root, folder, _FOLDER)
        inside = b"".join(self._bytes(cluster) for cluster in self._chain(first))
        size, first = self._find(inside, name, 0)
        return self._chain(first)[: -(-size // self.cluster)]

    def is_own(self, chain: list[int], start: int) -> bool:
        """Whether 4096 bytes of the file from `start` are one erase sector, and the firmware can prove it.

        It cannot when a write has to look up the next cluster in another block of the FAT: any read empties
        CircuitPython's cache. The first look-up, that of the cluster before, comes ahead of the first write.
        """
        inside = [self._place(chain, at) for at in range(start, start + ERASE, BLOCK)]
        if (
            inside[0] is None
            or inside[0] % ERASE
            or inside != list(range(inside[0], inside[0] + ERASE, BLOCK))
        ):
            return False
        looked_up = chain[start // self.cluster - 1 : (start + ERASE) // self.cluster - 1]
        window = self._entry(looked_up[0])[1]
        return all(block == window for cluster in looked_up[1:] for block in self._entry(cluster))

    def _place(self, chain: list[int], at: int) -> int | None:
        """Where on the volume a byte of the file lies."""
        index, within = divmod(at, self.cluster)
        return self._at(chain[index]) + within if index < len(chain) else None

    def _entry(self, cluster: int) -> tuple[int, int]:
        """The blocks of the FAT in which the two bytes of a cluster's entry lie."""
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
            return self._two(self._fat + 2 * cluster)
        pair = self._two(self._fat + cluster * 3 // 2)
        return pair >> 4 if cluster & 1 else pair & 0xFFF

    def _two(self, at: int) -> int:
        return int.from_bytes(self._image[at : at + 2], "little")

    def _at(self, cluster: int) -> int:
        return self._data + (cluster - 2) * self.cluster

    def _bytes(self, cluster: int) -> bytes:
        return self._image[self._at(cluster) : self._at(cluster) + self.cluster]
