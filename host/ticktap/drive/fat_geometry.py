"""The layout of a FAT12 or FAT16 volume, and the one that CircuitPython creates for a flash size.

The numbers in the boot sector: Microsoft, "FAT: General Overview of On-Disk Format", 1.03. How CircuitPython
chooses them: f_mkfs in its lib/oofatfs/ff.c, which supervisor/shared/filesystem.c calls with FM_FAT and a
cluster size of 0, so that f_mkfs chooses one.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

SECTOR = 512
ENTRY = 32
ROOT_ENTRIES = 512
MOST_FAT12, MOST_FAT16 = 0xFF5, 0xFFF5  # clusters
_GROWS_AT = (1, 4, 16, 64, 256, 512)  # volume sizes, in units of 4096 sectors, at which a cluster doubles
_SIGNATURE = b"\x55\xaa"


@dataclass(frozen=True)
class Geometry:
    """A volume of `blocks` sectors. CircuitPython's have 1 as `reserved` and `fats`."""

    blocks: int
    cluster_blocks: int
    fat_blocks: int
    root_entries: int = ROOT_ENTRIES
    reserved: int = 1
    fats: int = 1

    @property
    def root_block(self) -> int:
        """The first block of the root directory."""
        return self.reserved + self.fats * self.fat_blocks

    @property
    def data_block(self) -> int:
        """The first block of cluster 2."""
        return self.root_block + self.root_entries * ENTRY // SECTOR

    @property
    def clusters(self) -> int:
        return (self.blocks - self.data_block) // self.cluster_blocks

    @property
    def last(self) -> int:
        """One past the number of the last cluster."""
        return self.clusters + 2

    @property
    def cluster_size(self) -> int:
        """Bytes per cluster."""
        return self.cluster_blocks * SECTOR

    @property
    def bits(self) -> int:
        """Bits per entry of the FAT: 12 or 16."""
        return 12 if self.clusters <= MOST_FAT12 else 16

    @property
    def end_of_chain(self) -> int:
        return (1 << self.bits) - 1

    @property
    def bad_cluster(self) -> int:
        return self.end_of_chain - 8

    def block_of(self, cluster: int) -> int:
        """The first block of a cluster."""
        return self.data_block + (cluster - 2) * self.cluster_blocks

    def cluster_of(self, block: int) -> int:
        """The cluster that contains a data block."""
        return (block - self.data_block) // self.cluster_blocks + 2

    def boot_sector(self) -> bytes:
        """The first block of the volume."""
        sector = bytearray(SECTOR)
        where = (SECTOR, self.cluster_blocks, self.reserved, self.fats, self.root_entries)
        small, large = (self.blocks, 0) if self.blocks < 1 << 16 else (0, self.blocks)
        struct.pack_into("<3s8sHBHBH", sector, 0, b"\xeb\xfe\x90", b"MSDOS5.0", *where)
        struct.pack_into("<HBHHHII", sector, 19, small, 0xF8, self.fat_blocks, 63, 255, 1, large)
        struct.pack_into("<BBBI11s8s", sector, 36, 0x80, 0, 0x29, 0x7C4B1D20, b"NO NAME    ", b"FAT     ")
        sector[510:] = _SIGNATURE
        return bytes(sector)

    def pack_fat(self, chain: list[int]) -> bytes:
        """The bytes of the first FAT, made of all entries; the two reserved ones come first."""
        entries = [*chain, *[0] * (len(chain) % 2)]
        if self.bits == 16:
            packed = struct.pack(f"<{len(entries)}H", *entries)
        else:
            pairs = zip(entries[::2], entries[1::2], strict=True)
            packed = b"".join((low | high << 12).to_bytes(3, "little") for low, high in pairs)
        return packed[: self.fat_blocks * SECTOR]

    def unpack_fat(self, volume: bytes) -> list[int]:
        """The entries of all clusters; the two reserved ones come first."""
        at = self.reserved * SECTOR
        if self.bits == 16:
            return list(struct.unpack_from(f"<{self.last}H", volume, at))
        size = -(-self.last // 2) * 3
        data = volume[at : at + size]
        chain = [0] * (size // 3 * 2)
        chain[::2] = [low | (high & 15) << 8 for low, high in zip(data[0::3], data[1::3], strict=True)]
        chain[1::2] = [low >> 4 | high << 4 for low, high in zip(data[1::3], data[2::3], strict=True)]
        return chain[: self.last]


@lru_cache
def made_by_circuitpython(blocks: int) -> Geometry:
    """Returns the volume that CircuitPython creates in so many blocks. Raises ValueError if it cannot."""
    cluster_blocks = 1
    for boundary in _GROWS_AT:
        if boundary <= blocks // 4096:
            cluster_blocks *= 2
    while cluster_blocks <= 128:
        clusters = blocks // cluster_blocks
        wide = clusters > MOST_FAT12
        size = clusters * 2 + 4 if wide else (clusters * 3 + 1) // 2 + 3
        entries = 128 if blocks <= 256 else ROOT_ENTRIES
        made = Geometry(blocks, cluster_blocks, -(-size // SECTOR), entries)
        if made.clusters <= (MOST_FAT16 if wide else MOST_FAT12) and (made.bits == 16) == wide:
            return made
        cluster_blocks *= 2
    raise ValueError(f"no FAT volume of {blocks} blocks")


def read(boot_sector: bytes) -> Geometry | None:
    """Parses a boot sector; None if FatFs would not mount the volume."""
    if len(boot_sector) < SECTOR or boot_sector[510:SECTOR] != _SIGNATURE:
        return None
    size, cluster_blocks, reserved, fats, entries, small = struct.unpack_from("<HBHBHH", boot_sector, 11)
    fat_blocks, large = (
        struct.unpack_from(form, boot_sector, at)[0] for form, at in (("<H", 22), ("<I", 32))
    )
    if size != SECTOR or cluster_blocks.bit_count() != 1 or fats not in (1, 2):
        return None
    if not (reserved and entries and fat_blocks) or entries * ENTRY % SECTOR:
        return None
    found = Geometry(small or large, cluster_blocks, fat_blocks, entries, reserved, fats)
    enough = fat_blocks * SECTOR * 8 >= found.last * found.bits
    return found if 0 < found.clusters <= MOST_FAT16 and enough else None
