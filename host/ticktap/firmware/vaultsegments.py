"""The segments in a vault's bytes, as far as a computer needs them: which there are, and in which format.

The format is firmware/fob/segments.py's; the records are sealed and of no interest here.
"""

from __future__ import annotations

import struct
from binascii import crc32
from dataclasses import dataclass

from ticktap.firmware.vaultplace import BLOCK, ERASE, MARK

_FIELDS = "<5sBIHHIHHI"
_HEADER = struct.calcsize(_FIELDS)


@dataclass(frozen=True, order=True)
class Segment:
    """A segment by its generation and place, and the check value of its records."""

    generation: int
    place: int
    check: int


def segments(vault: bytes) -> set[Segment]:
    """Every segment whose header and records are whole."""
    found = set()
    for at in range(0, len(vault) - ERASE + 1, BLOCK):
        head = vault[at : at + _HEADER]
        if not head.startswith(MARK):
            continue
        generation, place, _, _, _, size, check = struct.unpack(_FIELDS, head)[2:]
        sealed = vault[at + _HEADER : at + _HEADER + 4]
        body = vault[at + _HEADER + 4 : at + _HEADER + 4 + size]
        if sealed == struct.pack("<I", crc32(head)) and crc32(body) == check:
            found.add(Segment(generation, place, check))
    return found


def newest_format(vault: bytes) -> int:
    """The highest format version that any segment says it has; 0 when there is none."""
    versions = [
        vault[at + len(MARK)]
        for at in range(0, len(vault) - ERASE + 1, BLOCK)
        if vault[at : at + len(MARK)] == MARK
    ]
    return max(versions, default=0)


def holds(vault: bytes, earlier: bytes) -> bool:
    """Whether nothing of an earlier state is lost: its newest generation is there, or a newer one is."""
    was, now = segments(earlier), segments(vault)
    last = max((each.generation for each in was), default=0)
    if any(each.generation > last for each in now):
        return True
    return {each for each in was if each.generation == last} <= now
