"""Reads the segments in a store file's bytes: their headers and their format.

The format is firmware/fob/store/sector.py's; the records are encrypted and not read here.
"""

from __future__ import annotations

import struct
from binascii import crc32
from dataclasses import dataclass

from ticktap.drive.store_layout import BLOCK, ERASE, MARK

_FIELDS = "<5sBIIHHHIHHI"
_HEADER = struct.calcsize(_FIELDS)


@dataclass(frozen=True, order=True)
class Segment:
    """A segment: its serial number among all ever written, the places of its generation that it covers, and
    the check value of its records.
    """

    serial: int
    generation: int
    place: int
    span: int
    check: int

    def replaces(self, other: Segment) -> bool:
        """Whether it makes the other segment obsolete."""
        if self.generation != other.generation:
            return self.generation > other.generation
        return self.serial > other.serial and self.place <= other.place < self.place + self.span


def segments(store_file: bytes) -> set[Segment]:
    """Returns every segment whose check values match."""
    found = set()
    for at in range(0, len(store_file) - ERASE + 1, BLOCK):
        head = store_file[at : at + _HEADER]
        if not head.startswith(MARK):
            continue
        generation, serial, place, span, _, _, _, size, check = struct.unpack(_FIELDS, head)[2:]
        header_check = store_file[at + _HEADER : at + _HEADER + 4]
        body = store_file[at + _HEADER + 4 : at + _HEADER + 4 + size]
        if header_check == struct.pack("<I", crc32(head)) and crc32(body) == check:
            found.add(Segment(serial, generation, place, span, check))
    return found


def newest_format(store_file: bytes) -> int:
    """Returns the highest format version of any segment; 0 if there is none."""
    versions = [
        store_file[at + len(MARK)]
        for at in range(0, len(store_file) - ERASE + 1, BLOCK)
        if store_file[at : at + len(MARK)] == MARK
    ]
    return max(versions, default=0)


def holds(store_file: bytes, earlier: bytes) -> bool:
    """Whether nothing of an earlier state is lost: it contains all segments then in use, or a segment written
    since.
    """
    was, now = segments(earlier), segments(store_file)
    last = max((each.serial for each in was), default=0)
    if any(each.serial > last for each in now):
        return True
    return {each for each in was if not any(other.replaces(each) for other in was)} <= now
