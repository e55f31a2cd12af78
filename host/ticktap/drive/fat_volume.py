"""A FAT volume as bytes: created from files like CircuitPython's own, or read as a whole.

fat_geometry.py has the layout; fatfs.py changes a volume in place.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ticktap.drive import fat_geometry, fat_names
from ticktap.drive.fat_geometry import ENTRY, SECTOR, Geometry, made_by_circuitpython

BLOCKS = (1 << 20) // SECTOR  # of the volume in a flash of 2 MiB
LABEL = b"CIRCUITPY  "
VOLUME_ID, DIRECTORY, ARCHIVE = 0x08, 0x10, 0x20
DATE = (
    (2026 - 1980) << 9 | 1 << 5 | 1
)  # the same date for every file, so that the same files make the same bytes
SCATTERED = "store/"

Tree = dict[str, "Tree | bytes"]


@dataclass(frozen=True)
class Layout:
    """The location of the files under store/.

    There are `gap_clusters` bad clusters before the first of them. With `fragment`, their clusters
    alternate: one of each file, then a bad one.
    """

    gap_clusters: int = 0
    fragment: bool = False


def entry_bytes(short: bytes, attribute: int, first: int, size: int, case: int = 0) -> bytes:
    """A directory entry with an 11-byte short name."""
    return struct.pack("<11sBBBHHHHHHHI", short, attribute, case, 0, 0, DATE, DATE, 0, 0, DATE, first, size)


def build(
    files: Mapping[str, bytes], layout: Layout | None = None, geometry: Geometry | None = None
) -> bytes:
    """Creates a volume with `files`, path to contents. Raises ValueError if they do not fit.

    The default `geometry` is that of CircuitPython's volume in a flash of 2 MiB.
    """
    where = geometry or made_by_circuitpython(BLOCKS)
    return _build(tuple(sorted(files.items())), layout or Layout(), where)


@lru_cache(maxsize=4)
def _build(files: tuple[tuple[str, bytes], ...], layout: Layout, geometry: Geometry) -> bytes:
    return _Builder(layout, geometry).build(files)


class _Builder:
    """Assigns clusters in the order of the sorted tree; a directory's come before its files'."""

    def __init__(self, layout: Layout, geometry: Geometry) -> None:
        self._layout = layout
        self._geometry = geometry
        self._volume = bytearray(b"\xff" * (geometry.blocks * SECTOR))
        self._fat = [0] * geometry.last
        self._fat[:2] = geometry.end_of_chain - 7, geometry.end_of_chain
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
        where = self._geometry
        if len(root) > where.root_entries * ENTRY:
            raise ValueError("too many files in the root of the drive")
        self._put(0, bytes(where.data_block * SECTOR))
        self._put(where.root_block, root)
        self._put(0, where.boot_sector())
        fat = where.pack_fat(self._fat)
        for copy in range(where.fats):
            self._put(where.reserved + copy * where.fat_blocks, fat)
        return bytes(self._volume)

    def _put(self, block: int, data: bytes) -> None:
        at = block * SECTOR
        self._volume[at : at + len(data)] = data

    def _entries(self, tree: Tree, own: int, path: str) -> bytes:
        """Returns the entries of a directory, and stores its contents."""
        taken: set[bytes] = set()
        parts = []
        for name, node in sorted(tree.items()):
            if isinstance(node, bytes):
                clusters = self._clusters(path + name, len(node))
                self._store(clusters, node)
                attribute, first, size = ARCHIVE, clusters[0] if clusters else 0, len(node)
            else:
                attribute, first, size = DIRECTORY, self._directory(node, own, path + name + "/"), 0
            long_entries, short, case = fat_names.entries_for(name, taken)
            parts += [long_entries, entry_bytes(short, attribute, first, size, case)]
        return b"".join(parts)

    def _directory(self, tree: Tree, parent: int, path: str) -> int:
        """Assigns clusters before the contents are known, because a directory contains its own number."""
        taken: set[bytes] = set()
        size = (
            2 + sum(len(fat_names.entries_for(name, taken)[0]) // ENTRY + 1 for name in sorted(tree))
        ) * ENTRY
        clusters = self._take(-(-size // self._geometry.cluster_size))
        self._store(clusters, bytes(len(clusters) * self._geometry.cluster_size))
        dots = entry_bytes(b".          ", DIRECTORY, clusters[0], 0)
        dots += entry_bytes(b"..         ", DIRECTORY, parent, 0)
        self._store(clusters, dots + self._entries(tree, clusters[0], path))
        return clusters[0]

    def _clusters(self, path: str, size: int) -> list[int]:
        """The clusters of a file."""
        count = -(-size // self._geometry.cluster_size)
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
        return len(self._dealt[path]) * self._geometry.cluster_size < self._sizes[path]

    def _spoil(self, count: int) -> None:
        for cluster in self._take(count):
            self._fat[cluster] = self._geometry.bad_cluster

    def _take(self, count: int) -> list[int]:
        if self._next + count > self._geometry.last:
            raise ValueError("the files do not fit on the drive")
        self._next += count
        return list(range(self._next - count, self._next))

    def _store(self, clusters: list[int], data: bytes) -> None:
        where = self._geometry
        for index, cluster in enumerate(clusters):
            self._fat[cluster] = clusters[index + 1] if index + 1 < len(clusters) else where.end_of_chain
            self._put(
                where.block_of(cluster), data[index * where.cluster_size : (index + 1) * where.cluster_size]
            )


class Volume:
    """A volume read as a whole, in any state: a damaged one has damaged names, short files, or none.

    `files` maps paths to contents, `folders` are the paths of directories, `free` counts free clusters.
    """

    def __init__(self, image: bytes) -> None:
        self._image = image
        self.free = 0
        self.files: dict[str, bytes] = {}
        self.folders: set[str] = set()
        self._firsts: dict[str, int] = {}
        self._walked: set[int] = set()  # a damaged directory may contain itself
        where = fat_geometry.read(image[:SECTOR])
        self.geometry = where or made_by_circuitpython(len(image) // SECTOR)
        if where is not None and where.blocks * SECTOR <= len(image):
            self._fat = where.unpack_fat(image)
            self.free = self._fat.count(0)
            self._walk(image[where.root_block * SECTOR : where.data_block * SECTOR], "")

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
        while 2 <= cluster < self.geometry.last and len(chain) < self.geometry.clusters:
            chain.append(cluster)
            cluster = self._fat[cluster]
        return chain

    def _follow(self, cluster: int) -> bytes:
        """Returns the bytes of a chain; a circular one ends after as many clusters as the volume has."""
        where = self.geometry
        parts: list[bytes] = []
        first = cluster
        for _ in range(where.clusters):
            if not 2 <= cluster < where.last:
                break
            following = self._fat[cluster]
            if following != cluster + 1:
                run = slice(where.block_of(first) * SECTOR, where.block_of(cluster + 1) * SECTOR)
                parts.append(self._image[run])
                first = following
            cluster = following
        return b"".join(parts)


@dataclass(frozen=True)
class Slot:
    """A file or directory in a directory. `last`: number of its short entry. `count`: of all its entries."""

    name: str
    attribute: int
    cluster: int
    size: int
    last: int
    count: int


def slots(entries: Iterable[bytes]) -> Iterator[Slot]:
    """Returns the contents of a directory from its entries, without volume label, `.` and `..`."""
    pieces: dict[int, bytes] = {}
    for number, raw in enumerate(entries):
        if raw[0] == 0:
            return
        if raw[11] == fat_names.LONG_NAME and raw[0] != fat_names.DELETED:
            pieces[raw[0] & 0x3F] = fat_names.long_piece(raw)
            continue
        long, pieces = pieces, {}
        if raw[0] in (fat_names.DELETED, ord(".")) or raw[11] & VOLUME_ID:
            continue
        first, size = struct.unpack_from("<HI", raw, 26)
        name = fat_names.join_long(long) if long else fat_names.short_text(raw)
        yield Slot(name, raw[11], first, size, number, len(long) + 1)
