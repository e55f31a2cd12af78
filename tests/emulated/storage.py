"""The CIRCUITPY drive as a host sees it: SCSI commands of a block device (SPC-4, SBC-3) through USB.

CircuitPython shows one partition, behind a partition table that exists only here: block 1 of the disk is the
boot sector that the chip has at the start of its drive.
"""

from __future__ import annotations

import struct

from emulated.image import DRIVE
from emulated.token import EmulatedToken

TEST_UNIT_READY, INQUIRY, READ_CAPACITY, READ, WRITE = 0x00, 0x12, 0x25, 0x28, 0x2A
INQUIRY_SIZE, CAPACITY_SIZE = 36, 8
AT_ONCE = 64  # blocks in one READ
PARTITION_TABLE = 446
BLOCK = 512
READ_AHEAD = 16


class Disk:
    """The token's drive. OSError when a command fails; EngineError when there is no drive on the bus."""

    def __init__(self, token: EmulatedToken) -> None:
        self._token = token
        self._ask(struct.pack(">B5x", TEST_UNIT_READY), 0)

    @property
    def name(self) -> str:
        """Vendor and product by INQUIRY, without padding."""
        data = self._ask(struct.pack(">BxxBBx", INQUIRY, 0, INQUIRY_SIZE), INQUIRY_SIZE)
        return " ".join(data[8:32].decode("ascii").split())

    @property
    def capacity(self) -> tuple[int, int]:
        """(blocks, bytes in a block)."""
        last, size = struct.unpack(">II", self._ask(struct.pack(">B9x", READ_CAPACITY), CAPACITY_SIZE))
        return last + 1, size

    def read(self, block: int, count: int) -> bytes:
        """Blocks from `block` on."""
        _, size = self.capacity
        out = b""
        for start in range(block, block + count, AT_ONCE):
            blocks = min(AT_ONCE, block + count - start)
            out += self._ask(struct.pack(">BxIxHx", READ, start, blocks), blocks * size)
        return out

    def write(self, block: int, data: bytes) -> None:
        """Whole blocks from `block` on."""
        count = len(data) // BLOCK
        self._ask(struct.pack(">BxIxHx", WRITE, block, count), 0, data)

    def partition(self) -> tuple[int, int]:
        """(first block, blocks) of the first partition."""
        kind, first, count = struct.unpack_from("<4xB3xII", self.read(0, 1), PARTITION_TABLE)
        if not kind:
            raise OSError("the disk has no partition")
        return first, count

    def volume(self) -> bytes:
        """The first partition, all of it."""
        return self.read(*self.partition())

    def _ask(self, command: bytes, length: int, written: bytes | None = None) -> bytes:
        data, status = self._token.scsi(command, length, written)
        if status or len(data) != length:
            raise OSError(f"SCSI command {command[0]:02x} failed: status {status}, {len(data)} bytes")
        return data


class Blocks:
    """The volume's blocks for the simulator's FatFs, with a read cache like a computer's."""

    clean = True  # there is no write cache: writes go to the token at once

    def __init__(self, token: EmulatedToken) -> None:
        self._token = token
        self._disk = Disk(token)
        self._first, self.blocks = self._disk.partition()
        self._kept: dict[int, bytes] = {}

    def read(self, block: int) -> bytes:
        if block not in self._kept:
            start = block - block % READ_AHEAD
            data = self._disk.read(self._first + start, min(READ_AHEAD, self.blocks - start))
            for number in range(len(data) // BLOCK):
                self._kept.setdefault(start + number, data[number * BLOCK : (number + 1) * BLOCK])
        return self._kept[block]

    def write(self, block: int, data: bytes) -> None:
        self._disk.write(self._first + block, data)
        self._kept[block] = data

    def write_back(self) -> None:
        """Nothing to do: see `clean`."""

    def sync(self) -> None:
        """Clears the read cache."""
        self._kept.clear()

    def image(self) -> bytes:
        """The whole volume from the flash, after a read that makes the chip write its cache. Reading all of
        it over the bus would take minutes for the larger sizes."""
        self._disk.read(self._first, 1)
        return self._token.flash[DRIVE]
