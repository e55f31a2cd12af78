"""A segment: one erase sector of the drive that holds records, and how it is recognised.

    segment = "ttseg" | version u8 | generation u32 | serial u32 | place u16 | span u16 | base u16 | epoch u32
              | next id u16 | size u16 | crc32 of the records u32 | crc32 of the header u32 | records | blanks
              | the header again, at the very end

`serial` counts the segments that were ever written. A segment stands for the places from `position` to
`place + span - 1` of its generation; sectors.py says which of several holds.
"""

from binascii import crc32
from struct import calcsize, pack, unpack

from .log import BLANKS, CHUNK, RECORD_OVERHEAD, encode_record, fill_erased, scan

SECTOR_SIZE = 4096
_MAGIC = b"ttseg"
_VERSION = 2
_FIELDS = "<5sBIIHHHIHHI"
_SIZE = calcsize(_FIELDS)
HEADER_SIZE = _SIZE + 4
CAPACITY = SECTOR_SIZE - 2 * HEADER_SIZE


class Segment:
    """The header of a segment; `whole` says whether its records check."""

    def __init__(self, index, generation, serial, position, span, base, epoch, next_id, size, whole):
        self.index = index  # which sector
        self.generation = generation
        self.serial = serial
        self.position = position
        self.span = span
        self.base = base
        self.epoch = epoch
        self.next_id = next_id
        self.size = size
        self.whole = whole


def build_segment(scratch, generation, serial, position, span, base, epoch, next_id, size):
    """Makes a segment of a page that has `size` bytes of records where they belong."""
    check = crc32(memoryview(scratch)[HEADER_SIZE : HEADER_SIZE + size]) & 0xFFFFFFFF
    head = pack(
        _FIELDS, _MAGIC, _VERSION, generation, serial, position, span, base, epoch, next_id, size, check
    )
    head += pack("<I", crc32(head) & 0xFFFFFFFF)
    scratch[:HEADER_SIZE] = scratch[SECTOR_SIZE - HEADER_SIZE : SECTOR_SIZE] = head
    fill_erased(scratch, HEADER_SIZE + size, SECTOR_SIZE - HEADER_SIZE)


def parse_segment(scratch, index):
    """The Segment in what was read from sector number `index`, or None."""
    for start in (0, SECTOR_SIZE - HEADER_SIZE):
        head = bytes(scratch[start : start + HEADER_SIZE])
        check = unpack("<I", head[_SIZE:])[0]
        if head[:5] == _MAGIC and check == crc32(head[:_SIZE]) & 0xFFFFFFFF:
            break
    else:
        return None
    _, version, generation, serial, position, span, base, epoch, next_id, size, check = unpack(
        _FIELDS, head[:_SIZE]
    )
    if version != _VERSION or size > CAPACITY or not span:
        return None
    whole = crc32(memoryview(scratch)[HEADER_SIZE : HEADER_SIZE + size]) & 0xFFFFFFFF == check
    return Segment(index, generation, serial, position, span, base, epoch, next_id, size, whole)


def is_blank(scratch):
    """Whether a sector is as an erase leaves it."""
    view = memoryview(scratch)
    for start in range(0, SECTOR_SIZE, CHUNK):
        if view[start : start + CHUNK] != BLANKS:
            return False
    return True


def records_of(sectors, segment, scratch=None):
    """Yields (location, kind, body) of every record; kind and body are None for a stretch that is none.

    With a page the sector is read into that, else piece by piece.
    """
    start = (segment.index + 1) * SECTOR_SIZE + HEADER_SIZE
    if scratch:
        sectors.load(segment.index, scratch)
        view = memoryview(scratch)

    def read(at, size):
        if scratch:
            return view[HEADER_SIZE + at : HEADER_SIZE + at + size]
        return sectors.read(segment.index, HEADER_SIZE + at, size)

    for at, kind, body, _ in scan(read, segment.size):
        yield start + at, kind, body


def pack_records(scratch, records, critical=()):
    """Packs (kind, body) pairs into the page, one segment after another, and yields the size of each: at
    least one. What is in the page then has to be used before the next.

    Each begins with the records `critical`.
    """
    first = 0
    for kind, body in critical:
        first = _put_record(scratch, first, kind, body)
    size = first
    for kind, body in records:
        if size + RECORD_OVERHEAD + len(body) > CAPACITY:
            yield size
            size = first
        size = _put_record(scratch, size, kind, body)
    yield size


def _put_record(scratch, at, kind, body):
    """Puts one record; where the next goes."""
    record = encode_record(at, kind, body)
    scratch[HEADER_SIZE + at : HEADER_SIZE + at + len(record)] = record
    return at + len(record)


def count_segments(sizes, critical=()):
    """How many segments `pack_records` makes of bodies of these sizes."""
    first = size = sum([RECORD_OVERHEAD + len(body) for _, body in critical])
    count = 1
    for body in sizes:
        if size + RECORD_OVERHEAD + body > CAPACITY:
            count += 1
            size = first
        size += RECORD_OVERHEAD + body
    return count
