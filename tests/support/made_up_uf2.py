"""UF2 files with invented contents that look like CircuitPython's, written without the code under test."""

from __future__ import annotations

import struct

RP2040, RP2350 = 0xE48BFF56, 0xE48BFF59
GREETING = "Adafruit CircuitPython {version} on 2025-10-17; Invented Board with rp2040"


def code(version: str = "10.0.3", board: str = "raspberry_pi_pico", size: int = 5000) -> bytes:
    """What CircuitPython's flash has to contain to be recognised: its greeting and its board, in `size`
    bytes."""
    text = GREETING.format(version=version).encode() + b"\r\n\0BOARD=" + board.encode() + b"\0"
    return bytes(range(256)) + text.ljust(size - 256, b"\xa5")


def uf2(content: bytes, family: int = RP2040, start: int = 0x10000000, flags: int = 0x2000) -> bytes:
    """A UF2 file that writes `content` from `start` on, in blocks of 256 bytes."""
    count = -(-len(content) // 256)
    out = bytearray()
    for number in range(count):
        part = content[number * 256 : number * 256 + 256].ljust(256, b"\0")
        head = (0x0A324655, 0x9E5D5157, flags, start + number * 256, 256, number, count, family)
        out += struct.pack("<8I476sI", *head, part, 0x0AB16F30)
    return bytes(out)


def flash_of(data: bytes, size: int, before: int = 0xFF) -> tuple[bytes, set[int]]:
    """What a bootloader makes of a UF2 file: the flash, and the numbers of the erase sectors it erased.

    It erases a sector when the first block for it arrives (RP2040 data sheet, 2.8.4).
    """
    flash = bytearray([before]) * size
    erased: set[int] = set()
    for at in range(0, len(data), 512):
        first, second, _, address, length, number, count, family = struct.unpack_from("<8I", data, at)
        assert (first, second, length, family) == (0x0A324655, 0x9E5D5157, 256, RP2040)
        assert (number, count) == (at // 512, len(data) // 512)
        assert data[at + 508 : at + 512] == struct.pack("<I", 0x0AB16F30)
        offset = address - 0x10000000
        if offset // 4096 not in erased:
            erased.add(offset // 4096)
            flash[offset // 4096 * 4096 : (offset // 4096 + 1) * 4096] = b"\xff" * 4096
        flash[offset : offset + 256] = data[at + 32 : at + 288]
    return bytes(flash), erased
