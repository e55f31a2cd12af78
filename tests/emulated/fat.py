"""A FAT volume in memory, laid out as CircuitPython 10 formats its drive in a flash of 2, 4, 8 or 16 MiB.

One FAT, 512 root entries, no partition table. Builds a volume from files and reads files back; it does not
change a volume in place. Long names are VFAT entries (Microsoft, "FAT: General Overview of On-Disk Format",
1.03). firmware/hid/test_layouts.py compares the layouts with what CircuitPython itself makes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SECTOR = 512
ROOT_ENTRIES = 512
ENTRY = 32
MIB = 1 << 20
HIDDEN_SECTORS = 1  # CircuitPython presents the volume to hosts behind a partition table that it generates
LABEL = b"CIRCUITPY  "
VOLUME_SERIAL = slice(39, 43)  # in the boot sector; random


@dataclass(frozen=True)
class Layout:
    """Where things are on a volume of `size` bytes: sectors of a cluster, bits of a FAT entry, sectors of the
    FAT."""

    size: int
    per_cluster: int
    bits: int
    fat_sectors: int

    @property
    def root(self) -> int:
        """Where the root directory starts, in bytes."""
        return SECTOR * (1 + self.fat_sectors)

    @property
    def data(self) -> int:
        """Where cluster 2 starts, in bytes."""
        return self.root + ROOT_ENTRIES * ENTRY

    @property
    def cluster(self) -> int:
        """Bytes of a cluster."""
        return SECTOR * self.per_cluster

    @property
    def clusters(self) -> int:
        return (self.size - self.data) // self.cluster

    @property
    def end_of_chain(self) -> int:
        return (1 << self.bits) - 1

    def at(self, cluster: int) -> int:
        """Where a cluster starts, in bytes."""
        return self.data + (cluster - 2) * self.cluster


LAYOUTS = {
    layout.size: layout
    for layout in (
        Layout(1 * MIB, 1, 12, 7),
        Layout(3 * MIB, 2, 12, 10),
        Layout(7 * MIB, 2, 16, 29),
        Layout(15 * MIB, 4, 16, 31),
    )
}
"""By the size of the volume, which is the flash without its first MiB."""

VOLUME_ID, DIRECTORY, ARCHIVE, LONG_NAME = 0x08, 0x10, 0x20, 0x0F
LOWER_BASE, LOWER_EXTENSION = 0x08, 0x10
LAST_LONG_ENTRY = 0x40
DELETED = 0xE5
LONG_CHARS = 13  # characters of a long name in one entry
DATE = (2026 - 1980) << 9 | 1 << 5 | 1  # all files have the same date, so that equal files make equal bytes


def build(files: Mapping[str, bytes], size: int = MIB) -> bytes:
    """A volume of `size` bytes with `files`, path to contents. ValueError when they do not fit."""
    return _Builder(LAYOUTS[size]).build(files)


def read(volume: bytes) -> dict[str, bytes]:
    """Every file of a volume: path to contents. ValueError when CircuitPython has not laid it out."""
    layout = LAYOUTS.get(len(volume))
    if layout is None or volume[:SECTOR] != _boot_sector(layout, volume[VOLUME_SERIAL]):
        raise ValueError("not a CIRCUITPY volume")
    return dict(_walk(_Chains(volume, layout), volume[layout.root : layout.data], ""))


class _Builder:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.volume = bytearray(layout.size)
        self.chain = [layout.end_of_chain - 7, layout.end_of_chain]  # the FAT; two reserved entries

    def build(self, files: Mapping[str, bytes]) -> bytes:
        root = _entry(LABEL, VOLUME_ID, 0, 0) + self._entries(_tree(files), own=0)
        if len(root) > ROOT_ENTRIES * ENTRY:
            raise ValueError("too many files in the root of the drive")
        self.volume[self.layout.root : self.layout.root + len(root)] = root
        self.volume[:SECTOR] = _boot_sector(self.layout)
        fat = _pack_fat(self.chain, self.layout.bits)
        self.volume[SECTOR : SECTOR + len(fat)] = fat
        return bytes(self.volume)

    def _entries(self, tree: dict, own: int) -> bytes:
        """Stores the contents of a tree; returns its directory entries."""
        taken: set[bytes] = set()
        out = b""
        for name, node in sorted(tree.items()):
            attribute, first, size = self._store(node, own)
            out += _named_entries(name, taken, attribute, first, size)
        return out

    def _store(self, node: dict | bytes, parent: int) -> tuple[int, int, int]:
        if isinstance(node, bytes):
            return ARCHIVE, self._allocate(node) if node else 0, len(node)
        # A directory holds its own cluster number: reserve it before the contents are known.
        space = self.layout.cluster * -(-_directory_size(node) // self.layout.cluster)
        first = self._allocate(bytes(space))
        dots = _entry(b".          ", DIRECTORY, first, 0) + _entry(b"..         ", DIRECTORY, parent, 0)
        self._write(first, dots + self._entries(node, own=first))
        return DIRECTORY, first, 0

    def _allocate(self, data: bytes) -> int:
        first = len(self.chain)
        count = -(-len(data) // self.layout.cluster)
        if first - 2 + count > self.layout.clusters:
            raise ValueError("the files do not fit on the drive")
        self.chain += [*range(first + 1, first + count), self.layout.end_of_chain]
        self._write(first, data)
        return first

    def _write(self, cluster: int, data: bytes) -> None:
        at = self.layout.at(cluster)
        self.volume[at : at + len(data)] = data


def _tree(files: Mapping[str, bytes]) -> dict:
    root: dict = {}
    for path, data in files.items():
        *folders, name = path.strip("/").split("/")
        place = root
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = bytes(data)
    return root


def _boot_sector(layout: Layout, serial: bytes = bytes.fromhex("201d4b7c")) -> bytes:
    sector = bytearray(SECTOR)
    blocks = layout.size // SECTOR
    where = (SECTOR, layout.per_cluster, 1, 1, ROOT_ENTRIES, blocks, 0xF8, layout.fat_sectors)
    struct.pack_into("<3s8sHBHBHHBH", sector, 0, b"\xeb\xfe\x90", b"MSDOS5.0", *where)
    struct.pack_into("<HHII", sector, 24, 63, 255, HIDDEN_SECTORS, 0)
    struct.pack_into("<BBB4s11s8s", sector, 36, 0x80, 0, 0x29, serial, b"NO NAME    ", b"FAT     ")
    sector[510:] = b"\x55\xaa"
    return bytes(sector)


def _pack_fat(chain: list[int], bits: int) -> bytes:
    """Entries of 16 bits, or two of 12 in three bytes."""
    if bits == 16:
        return struct.pack(f"<{len(chain)}H", *chain)
    padded = [*chain, 0] if len(chain) % 2 else chain
    pairs = zip(padded[::2], padded[1::2], strict=True)
    return b"".join((low | high << 12).to_bytes(3, "little") for low, high in pairs)


def _entry(short: bytes, attribute: int, first: int, size: int, case: int = 0) -> bytes:
    return struct.pack("<11sBBBHHHHHHHI", short, attribute, case, 0, 0, DATE, DATE, 0, 0, DATE, first, size)


def _directory_size(tree: dict) -> int:
    taken: set[bytes] = set()
    return 2 * ENTRY + sum(len(_named_entries(name, taken, 0, 0, 0)) for name in sorted(tree))


def _named_entries(name: str, taken: set[bytes], attribute: int, first: int, size: int) -> bytes:
    plain = _plain_short_name(name)
    if plain is not None:
        short, case = plain
        taken.add(short)
        return _entry(short, attribute, first, size, case)
    short = _numbered_short_name(name, taken)
    return _long_entries(name, short) + _entry(short, attribute, first, size)


def _plain_short_name(name: str) -> tuple[bytes, int] | None:
    """The 8.3 name and its case flags, for a name that needs no long entry."""
    base, dot, extension = name.partition(".")
    legal = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
    if not 1 <= len(base) <= 8 or len(extension) > 3 or bool(dot) != bool(extension):
        return None
    if any(character not in legal for character in (base + extension).upper()):
        return None
    case = 0
    for part, flag in ((base, LOWER_BASE), (extension, LOWER_EXTENSION)):
        if part != part.upper():
            if part != part.lower():
                return None
            case |= flag
    return f"{base.upper():8}{extension.upper():3}".encode(), case


def _numbered_short_name(name: str, taken: set[bytes]) -> bytes:
    base, _, extension = name.rpartition(".") if "." in name.lstrip(".") else (name, "", "")
    keep = "".join(character for character in base.upper() if character.isascii() and character.isalnum())
    for number in range(1, 1000):
        tail = f"~{number}"
        short = f"{keep[: 8 - len(tail)] + tail:8}{extension.upper()[:3]:3}".encode()
        if short not in taken:
            taken.add(short)
            return short
    raise ValueError(f"too many names like {name}")


def _long_entries(name: str, short: bytes) -> bytes:
    checksum = 0
    for byte in short:
        checksum = ((checksum >> 1 | checksum << 7) + byte) & 0xFF
    units = name.encode("utf-16-le")
    count = -(-len(name) // LONG_CHARS)
    if len(name) % LONG_CHARS:
        units = (units + b"\0\0").ljust(count * LONG_CHARS * 2, b"\xff")
    out = b""
    for number in range(count, 0, -1):
        part = units[(number - 1) * 26 : number * 26]
        order = number | (LAST_LONG_ENTRY if number == count else 0)
        head = struct.pack("<B10sBBB", order, part[:10], LONG_NAME, 0, checksum)
        out += head + part[10:22] + b"\0\0" + part[22:]
    return out


class _Chains:
    """The bytes of cluster chains."""

    def __init__(self, volume: bytes, layout: Layout) -> None:
        self._volume = volume
        self._layout = layout

    def follow(self, cluster: int) -> bytes:
        """Raises ValueError if the chain is circular."""
        parts = []
        while 2 <= cluster < self._layout.clusters + 2:
            if len(parts) > self._layout.clusters:
                raise ValueError("a cluster chain of the volume has no end")
            at = self._layout.at(cluster)
            parts.append(self._volume[at : at + self._layout.cluster])
            cluster = self._next(cluster)
        return b"".join(parts)

    def _next(self, cluster: int) -> int:
        at = SECTOR + cluster * self._layout.bits // 8
        pair = int.from_bytes(self._volume[at : at + 2], "little")
        if self._layout.bits == 16:
            return pair
        return pair >> 4 if cluster & 1 else pair & 0xFFF


def _walk(chains: _Chains, directory: bytes, prefix: str) -> Iterator[tuple[str, bytes]]:
    long_name: dict[int, bytes] = {}
    for start in range(0, len(directory), ENTRY):
        raw = directory[start : start + ENTRY]
        if raw[0] == 0:
            return
        if raw[11] == LONG_NAME and raw[0] != DELETED:
            long_name[raw[0] & 0x3F] = raw[1:11] + raw[14:26] + raw[28:32]
            continue
        pieces, long_name = long_name, {}
        if raw[0] in (DELETED, ord(".")) or raw[11] & VOLUME_ID:
            continue
        name = prefix + (_join_long(pieces) if pieces else _join_short(raw))
        first, size = struct.unpack_from("<HI", raw, 26)
        data = chains.follow(first)
        if raw[11] & DIRECTORY:
            yield from _walk(chains, data, name + "/")
        else:
            yield name, data[:size]


def _join_long(pieces: dict[int, bytes]) -> str:
    return b"".join(pieces[number] for number in sorted(pieces)).decode("utf-16-le").partition("\0")[0]


def _join_short(raw: bytes) -> str:
    base, extension = raw[:8].decode("ascii").rstrip(), raw[8:11].decode("ascii").rstrip()
    base = base.lower() if raw[12] & LOWER_BASE else base
    extension = extension.lower() if raw[12] & LOWER_EXTENSION else extension
    return f"{base}.{extension}" if extension else base
