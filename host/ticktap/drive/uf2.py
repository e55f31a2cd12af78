"""Reads and writes UF2 files for the RP2040 (https://github.com/microsoft/uf2).

A UF2 file is a sequence of blocks of 512 bytes, each with 256 bytes of flash and their address. The flash is
represented here by its erase sectors: a mapping of offset in the flash to 4096 bytes. The bootloader erases
whole sectors, so only whole sectors are written; bytes that a file does not give are 0xFF, as erased.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from ticktap.errors import BadInput, Refused

RP2040 = 0xE48BFF56
SECTOR = 4096
XIP_BASE = 0x10000000  # where the flash begins in the chip's address space

_BLOCK, _PAYLOAD = 512, 256
_MAGIC, _MAGIC_END = (0x0A324655, 0x9E5D5157), 0x0AB16F30
_NOT_MAIN_FLASH, _HAS_FAMILY = 0x0001, 0x2000
_MOST_FLASH = 16 << 20  # the address space of the RP2040's flash
_FAMILIES = {
    0xE48BFF57: "the RP2350",
    0xE48BFF59: "the RP2350",
    0xE48BFF5A: "the RP2350",
    0xE48BFF5B: "the RP2350",
    0x55114460: "the SAMD51",
    0x68ED2B88: "the SAMD21",
    0xADA52840: "the nRF52840",
    0xBFDD4EEE: "the ESP32-S2",
    0xC47E5767: "the ESP32-S3",
}
_GET_AGAIN = "Download it again from circuitpython.org."


def read(data: bytes, name: str) -> dict[int, bytes]:
    """Returns the erase sectors that a UF2 file writes, in the order of their offsets.

    Args:
        name: the file's, for messages.

    Raises:
        BadInput: it is not a UF2 file, or a damaged one.
        Refused: it is for another chip.
    """
    if not data or len(data) % _BLOCK:
        raise BadInput(f"{name} is not a complete UF2 file", _GET_AGAIN)
    count = len(data) // _BLOCK
    sectors: dict[int, bytearray] = {}
    for number in range(count):
        offset, payload = _parse(data[number * _BLOCK : (number + 1) * _BLOCK], number, count, name)
        within = offset % SECTOR
        sector = sectors.setdefault(offset - within, bytearray(b"\xff" * SECTOR))
        sector[within : within + _PAYLOAD] = payload
    return {offset: bytes(sectors[offset]) for offset in sorted(sectors)}


def _parse(block: bytes, number: int, count: int, name: str) -> tuple[int, bytes]:
    """Returns the offset in the flash and the bytes of a block."""
    first, second, flags, address, size, own, total, family = struct.unpack_from("<8I", block)
    if (first, second) != _MAGIC or struct.unpack_from("<I", block, _BLOCK - 4)[0] != _MAGIC_END:
        raise BadInput(f"{name} is not a UF2 file", _GET_AGAIN)
    if not flags & _HAS_FAMILY or family != RP2040:
        chip = _FAMILIES.get(family, f"another chip (family {family:#x})")
        raise Refused(
            f"{name} is not for the RP2040 but for {chip}",
            "Copy that file onto the board as it is, then run 'ticktap firmware install'.",
        )
    offset = address - XIP_BASE
    sound = (own, total, size) == (number, count, _PAYLOAD) and not flags & _NOT_MAIN_FLASH
    if not sound or offset % _PAYLOAD or not 0 <= offset < _MOST_FLASH:
        raise BadInput(f"block {number} of {name} is damaged, or for another memory", _GET_AGAIN)
    return offset, block[32 : 32 + _PAYLOAD]


def write(sectors: Mapping[int, bytes]) -> bytes:
    """Returns a UF2 file that writes these erase sectors, in the order of their offsets."""
    pages = [
        (offset + at, sector[at : at + _PAYLOAD])
        for offset, sector in sorted(sectors.items())
        for at in range(0, SECTOR, _PAYLOAD)
    ]
    blocks = []
    for number, (offset, page) in enumerate(pages):
        head = (*_MAGIC, _HAS_FAMILY, XIP_BASE + offset, _PAYLOAD, number, len(pages), RP2040)
        body = struct.pack("<8I", *head) + page
        blocks.append(body.ljust(_BLOCK - 4, b"\0") + struct.pack("<I", _MAGIC_END))
    return b"".join(blocks)
