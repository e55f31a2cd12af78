"""A segment: one erase sector of the drive that holds records, and how it is recognised.

    segment = "ttseg" | version u8 | generation u32 | serial u32 | place u16 | span u16 | base u16 | epoch u32
              | next id u16 | size u16 | crc32 of the records u32 | crc32 of the header u32 | records | blanks
              | the header again, at the very end

`serial` counts the segments that were ever written. A segment stands for the places from `place` to
`place + span - 1` of its generation; sectors.py says which of several holds.
"""

from binascii import crc32
from struct import calcsize, pack, unpack

from .log import BLANKS, CHUNK, FRAME, blank, scan, seal

SECTOR = 4096
_MAGIC = b"ttseg"
_VERSION = 2
_FIELDS = "<5sBIIHHHIHHI"
_SIZE = calcsize(_FIELDS)
HEADER = _SIZE + 4
ROOM = SECTOR - 2 * HEADER


class Segment:
    """The header of a segment; `whole` says whether its records check."""

    def __init__(self, index, generation, serial, place, span, base, epoch, next_id, size, whole):
        self.index = index  # which sector
        self.generation = generation
        self.serial = serial
        self.place = place
        self.span = span
        self.base = base
        self.epoch = epoch
        self.next_id = next_id
        self.size = size
        self.whole = whole


def frame(page, generation, serial, place, span, base, epoch, next_id, size):
    """Makes a segment of a page that has `size` bytes of records where they belong."""
    check = crc32(memoryview(page)[HEADER : HEADER + size]) & 0xFFFFFFFF
    head = pack(_FIELDS, _MAGIC, _VERSION, generation, serial, place, span, base, epoch, next_id, size, check)
    head += pack("<I", crc32(head) & 0xFFFFFFFF)
    page[:HEADER] = page[SECTOR - HEADER : SECTOR] = head
    blank(page, HEADER + size, SECTOR - HEADER)


def look(page, index):
    """The Segment in what was read from sector number `index`, or None."""
    for start in (0, SECTOR - HEADER):
        head = bytes(page[start : start + HEADER])
        check = unpack("<I", head[_SIZE:])[0]
        if head[:5] == _MAGIC and check == crc32(head[:_SIZE]) & 0xFFFFFFFF:
            break
    else:
        return None
    _, version, generation, serial, place, span, base, epoch, next_id, size, check = unpack(
        _FIELDS, head[:_SIZE]
    )
    if version != _VERSION or size > ROOM or not span:
        return None
    whole = crc32(memoryview(page)[HEADER : HEADER + size]) & 0xFFFFFFFF == check
    return Segment(index, generation, serial, place, span, base, epoch, next_id, size, whole)


def is_blank(page):
    """Whether a sector is as an erase leaves it."""
    view = memoryview(page)
    for start in range(0, SECTOR, CHUNK):
        if view[start : start + CHUNK] != BLANKS:
            return False
    return True


def records_of(sectors, segment, page=None):
    """Yields (location, kind, body) of every record; kind and body are None for a stretch that is none.

    With a page the sector is read into that, else piece by piece.
    """
    start = (segment.index + 1) * SECTOR + HEADER
    if page:
        sectors.load(segment.index, page)
        view = memoryview(page)

    def read(at, size):
        if page:
            return view[HEADER + at : HEADER + at + size]
        return sectors.read(segment.index, HEADER + at, size)

    for at, kind, body, _ in scan(read, segment.size):
        yield start + at, kind, body


def pack_records(page, records, guards=()):
    """Packs (kind, body) pairs into the page, one segment after another, and yields the size of each: at
    least one. What is in the page then has to be used before the next.

    Each begins with the records `guards`.
    """
    first = 0
    for kind, body in guards:
        first = _place(page, first, kind, body)
    size = first
    for kind, body in records:
        if size + FRAME + len(body) > ROOM:
            yield size
            size = first
        size = _place(page, size, kind, body)
    yield size


def _place(page, at, kind, body):
    """Puts one record; where the next goes."""
    record = seal(at, kind, body)
    page[HEADER + at : HEADER + at + len(record)] = record
    return at + len(record)


def count_segments(sizes, guards=()):
    """How many segments `pack_records` makes of bodies of these sizes."""
    first = size = sum([FRAME + len(body) for _, body in guards])
    count = 1
    for body in sizes:
        if size + FRAME + body > ROOM:
            count += 1
            size = first
        size += FRAME + body
    return count
