"""The FAT12 volume that CircuitPython 10 makes of 1 MiB of flash: its layout, and a volume made of files.

512-byte clusters, one FAT, 512 root entries, no partition table; boot sector and FAT fill the first 4 KiB,
one erase sector (Microsoft, "FAT: General Overview of On-Disk Format", 1.03). Builds a volume and reads one
whole; changing it in place is fatfs.py's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ticktap.simulator.parts import fat_names as names
from ticktap.simulator.parts.fat_names import ENTRY

SECTOR = 512
VOLUME_SIZE = 1 << 20
FAT_SECTORS = 7
ROOT_ENTRIES = 512
ROOT_BLOCK = 1 + FAT_SECTORS
DATA_BLOCK = ROOT_BLOCK + ROOT_ENTRIES * ENTRY // SECTOR
CLUSTERS = VOLUME_SIZE // SECTOR - DATA_BLOCK
LAST = CLUSTERS + 2  # one past the number of the last cluster
END_OF_CHAIN = 0xFFF
BAD_CLUSTER = 0xFF7
LABEL = b"CIRCUITPY  "
VOLUME_ID, DIRECTORY, ARCHIVE = 0x08, 0x10, 0x20
DATE = (2026 - 1980) << 9 | 1 << 5 | 1  # every file is of the same day: same files, same bytes
SCATTERED = "vault/"

Tree = dict[str, "Tree | bytes"]


@dataclass(frozen=True)
class Layout:
    """Where the files under vault/ lie.

    There are `gap_clusters` bad clusters before the first of them. With `fragment` their clusters come in
    turns: one of each file, then a bad one.
    """

    gap_clusters: int = 0
    fragment: bool = False


def entry_bytes(short: bytes, attribute: int, first: int, size: int, case: int = 0) -> bytes:
    """A directory entry with an 11-byte short name."""
    return struct.pack("<11sBBBHHHHHHHI", short, attribute, case, 0, 0, DATE, DATE, 0, 0, DATE, first, size)


def block_of(cluster: int) -> int:
    """The block that is a cluster."""
    return DATA_BLOCK + cluster - 2


@lru_cache(maxsize=1)
def boot_sector() -> bytes:
    """The first block of every volume of this layout."""
    sector = bytearray(SECTOR)
    blocks = VOLUME_SIZE // SECTOR
    geometry = (SECTOR, 1, 1, 1, ROOT_ENTRIES, blocks, 0xF8, FAT_SECTORS, 63, 255, 1, 0)
    struct.pack_into("<3s8sHBHBHHBHHHII", sector, 0, b"\xeb\xfe\x90", b"MSDOS5.0", *geometry)
    struct.pack_into("<BBBI11s8s", sector, 36, 0x80, 0, 0x29, 0x7C4B1D20, b"NO NAME    ", b"FAT     ")
    sector[510:] = b"\x55\xaa"
    return bytes(sector)


def build(files: Mapping[str, bytes], layout: Layout | None = None) -> bytes:
    """A volume of VOLUME_SIZE bytes with `files`, path to contents. ValueError when they do not fit."""
    return _build(tuple(sorted(files.items())), layout or Layout())


@lru_cache(maxsize=4)
def _build(files: tuple[tuple[str, bytes], ...], layout: Layout) -> bytes:
    return _Builder(layout).build(files)


class _Builder:
    """Clusters are given out in the order of the sorted tree; a directory's come before its files'."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._volume = bytearray(b"\xff" * VOLUME_SIZE)
        self._fat = [0] * (LAST + LAST % 2)
        self._fat[:2] = 0xFF8, END_OF_CHAIN
        self._next = 2
        self._dealt: dict[str, list[int]] = {}

    def build(self, files: tuple[tuple[str, bytes], ...]) -> bytes:
        tree: Tree = {}
        for path, data in files:
            *folders, name = path.split("/")
            place = tree
            for folder in folders:
                place = place.setdefault(folder, {})  # type: ignore[assignment]  # paths of a real folder
            place[name] = data
        self._sizes = {path: len(data) for path, data in files if path.startswith(SCATTERED)}
        root = entry_bytes(LABEL, VOLUME_ID, 0, 0) + self._entries(tree, 0, "")
        if len(root) > ROOT_ENTRIES * ENTRY:
            raise ValueError("too many files in the root of the drive")
        self._volume[: DATA_BLOCK * SECTOR] = bytes(DATA_BLOCK * SECTOR)
        self._volume[ROOT_BLOCK * SECTOR : ROOT_BLOCK * SECTOR + len(root)] = root
        self._volume[:SECTOR] = boot_sector()
        fat = pack_fat(self._fat)[: FAT_SECTORS * SECTOR]
        self._volume[SECTOR : SECTOR + len(fat)] = fat
        return bytes(self._volume)

    def _entries(self, tree: Tree, own: int, path: str) -> bytes:
        """The entries of a directory, whose contents are stored on the way."""
        taken: set[bytes] = set()
        parts = []
        for name, node in sorted(tree.items()):
            if isinstance(node, bytes):
                clusters = self._clusters(path + name, len(node))
                self._store(clusters, node)
                attribute, first, size = ARCHIVE, clusters[0] if clusters else 0, len(node)
            else:
                attribute, first, size = DIRECTORY, self._directory(node, own, path + name + "/"), 0
            long_entries, short, case = names.entries_for(name, taken)
            parts += [long_entries, entry_bytes(short, attribute, first, size, case)]
        return b"".join(parts)

    def _directory(self, tree: Tree, parent: int, path: str) -> int:
        """A directory holds its own cluster number: clusters are taken before the contents are known."""
        taken: set[bytes] = set()
        size = (2 + sum(len(names.entries_for(name, taken)[0]) // ENTRY + 1 for name in sorted(tree))) * ENTRY
        clusters = self._take(-(-size // SECTOR))
        self._store(clusters, bytes(len(clusters) * SECTOR))
        dots = entry_bytes(b".          ", DIRECTORY, clusters[0], 0)
        dots += entry_bytes(b"..         ", DIRECTORY, parent, 0)
        self._store(clusters, dots + self._entries(tree, clusters[0], path))
        return clusters[0]

    def _clusters(self, path: str, size: int) -> list[int]:
        """The clusters of a file."""
        count = -(-size // SECTOR)
        if not path.startswith(SCATTERED):
            return self._take(count)
        if not self._dealt:
            self._spoil(self._layout.gap_clusters)
            self._dealt = {scattered: [] for scattered in self._sizes}
            if self._layout.fragment:
                self._deal()
        return self._dealt[path] or self._take(count)

    def _deal(self) -> None:
        while any(self._wants(scattered) for scattered in self._sizes):
            for scattered in filter(self._wants, self._sizes):
                self._dealt[scattered] += self._take(1)
            self._spoil(1)

    def _wants(self, path: str) -> bool:
        return len(self._dealt[path]) * SECTOR < self._sizes[path]

    def _spoil(self, count: int) -> None:
        for cluster in self._take(count):
            self._fat[cluster] = BAD_CLUSTER

    def _take(self, count: int) -> list[int]:
        if self._next + count > LAST:
            raise ValueError("the files do not fit on the drive")
        self._next += count
        return list(range(self._next - count, self._next))

    def _store(self, clusters: list[int], data: bytes) -> None:
        for index, cluster in enumerate(clusters):
            self._fat[cluster] = clusters[index + 1] if index + 1 < len(clusters) else END_OF_CHAIN
            part = data[index * SECTOR : (index + 1) * SECTOR]
            at = block_of(cluster) * SECTOR
            self._volume[at : at + len(part)] = part


def pack_fat(chain: Iterable[int]) -> bytes:
    """An even number of 12-bit entries, two in three bytes."""
    numbers = iter(chain)
    pairs = zip(numbers, numbers, strict=True)
    return b"".join((low | high << 12).to_bytes(3, "little") for low, high in pairs)


def unpack_fat(data: bytes) -> list[int]:
    """The entries of all clusters, the two reserved ones first."""
    size = -(-LAST // 2) * 3
    chain = [0] * (size // 3 * 2)
    chain[::2] = [low | (high & 15) << 8 for low, high in zip(data[0:size:3], data[1:size:3], strict=True)]
    chain[1::2] = [low >> 4 | high << 4 for low, high in zip(data[1:size:3], data[2:size:3], strict=True)]
    return chain[:LAST]


class Volume:
    """A volume read whole, whatever state it is in: a torn one has torn names, short files, or none at all.

    `files` maps paths to contents, `folders` are the paths of directories, `free` counts free clusters.
    """

    def __init__(self, image: bytes) -> None:
        self._image = image
        self._fat = unpack_fat(image[SECTOR : ROOT_BLOCK * SECTOR])
        self.free = self._fat.count(0)
        self.files: dict[str, bytes] = {}
        self.folders: set[str] = set()
        self._firsts: dict[str, int] = {}
        self._walked: set[int] = set()  # a torn directory may be inside itself
        if image[510:SECTOR] == b"\x55\xaa":
            self._walk(image[ROOT_BLOCK * SECTOR : DATA_BLOCK * SECTOR], "")

    def _walk(self, directory: bytes, prefix: str) -> None:
        for slot in slots(directory[at : at + ENTRY] for at in range(0, len(directory), ENTRY)):
            path = prefix + slot.name
            self._firsts.setdefault(path, slot.cluster)
            data = self._follow(slot.cluster)
            if not slot.attribute & DIRECTORY:
                self.files.setdefault(path, data[: slot.size])
            elif slot.cluster not in self._walked:
                self._walked.add(slot.cluster)
                self.folders.add(path)
                self._walk(data, path + "/")

    def clusters(self, path: str) -> list[int]:
        """The clusters of a file or directory in order. Raises KeyError."""
        chain: list[int] = []
        cluster = self._firsts[path]
        while 2 <= cluster < LAST and len(chain) < CLUSTERS:
            chain.append(cluster)
            cluster = self._fat[cluster]
        return chain

    def _follow(self, cluster: int) -> bytes:
        """The bytes of a chain, taken run by run; a circle ends when every cluster could have been in it."""
        parts: list[bytes] = []
        first = cluster
        for _ in range(CLUSTERS):
            if not 2 <= cluster < LAST:
                break
            following = self._fat[cluster]
            if following != cluster + 1:
                parts.append(self._image[block_of(first) * SECTOR : block_of(cluster + 1) * SECTOR])
                first = following
            cluster = following
        return b"".join(parts)


@dataclass(frozen=True)
class Slot:
    """A file or directory in a directory: `last` is the number of its own entry, `count` how many it has with
    those of its long name."""

    name: str
    attribute: int
    cluster: int
    size: int
    last: int
    count: int


def slots(entries: Iterable[bytes]) -> Iterator[Slot]:
    """What a directory lists, from its entries; volume label, `.` and `..` left out."""
    pieces: dict[int, bytes] = {}
    for number, raw in enumerate(entries):
        if raw[0] == 0:
            return
        if raw[11] == names.LONG_NAME and raw[0] != names.DELETED:
            pieces[raw[0] & 0x3F] = names.long_piece(raw)
            continue
        long, pieces = pieces, {}
        if raw[0] in (names.DELETED, ord(".")) or raw[11] & VOLUME_ID:
            continue
        first, size = struct.unpack_from("<HI", raw, 26)
        name = names.join_long(long) if long else names.short_text(raw)
        yield Slot(name, raw[11], first, size, number, len(long) + 1)
