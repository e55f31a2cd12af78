"""Where records go when the nvm log is full: segments, each one erase sector of a file on the drive.

A segment is written once, whole, and read back before anything relies on it; only then is the log erased. So
at every instant one of the two has every record, and a power cut can harm only a sector that nothing relies
on yet.

    segment = "ttseg" | version u8 | generation u32 | place u16 | base u16 | epoch u32 | next id u16
              | size u16 | crc32 of the records u32 | crc32 of the header u32 | records | blanks
              | the header again, at the very end

A generation begins with `base` segments that hold everything; later ones (place >= base) each take over one
full log, the one of `epoch`. A new generation replaces the old one as a whole: what was removed is not in it.
"""

from binascii import crc32
from struct import calcsize, pack, unpack

from .journal import FRAME, blank, scan, seal

SECTOR = 4096
_MAGIC = b"ttseg"
_VERSION = 1
_FIELDS = "<5sBIHHIHHI"
_SIZE = calcsize(_FIELDS)
HEADER = _SIZE + 4
ROOM = SECTOR - 2 * HEADER
_CHUNK = 256  # bytes looked at at once
_BLANK = b"\xff" * _CHUNK
_SPARE = 2  # sectors that may turn out to be bad when everything has to move


class NoRoom(Exception):
    """There are not enough sectors for a new generation beside the old one."""


class BadSector(Exception):
    """Raised by `sectors.write`: the place is not one erase sector, or does not keep what is written."""


class Segment:
    """The header of a segment, and whether its records are whole."""

    def __init__(self, index, generation, place, base, epoch, next_id, size, whole):
        self.index = index  # which sector
        self.generation = generation
        self.place = place
        self.base = base
        self.epoch = epoch
        self.next_id = next_id
        self.size = size
        self.whole = whole


def frame(page, generation, place, base, epoch, next_id, size):
    """Makes a segment of a page that has `size` bytes of records where they belong."""
    check = crc32(memoryview(page)[HEADER : HEADER + size]) & 0xFFFFFFFF
    head = pack(_FIELDS, _MAGIC, _VERSION, generation, place, base, epoch, next_id, size, check)
    head += pack("<I", crc32(head) & 0xFFFFFFFF)
    page[:HEADER] = page[SECTOR - HEADER : SECTOR] = head
    blank(page, HEADER + size, SECTOR - HEADER)


class Segments:
    """`sectors`: None, or count, read(index, start, size) -> bytes, write(index, image) raising BadSector,
    and `reason`: why they cannot be written, or None.

    `log` is the epoch of the nvm log, None when it cannot be read. `page` is a bytearray of a sector's
    size, lent: once the heap is in use, it may have no such piece left.
    """

    def __init__(self, sectors, log, page):
        self._sectors = sectors
        self._page = page
        self._bad = set()
        self._next = 0
        self.damaged = 0
        self.active = []
        self.covered = 0  # logs up to this epoch are in segments
        self.generation = 0
        if sectors:
            self._choose([s for s in map(self._look, range(sectors.count)) if s], log)

    @property
    def usable(self):
        return bool(self._sectors) and self._sectors.count - len(self._bad) >= 3

    @property
    def reason(self):
        """Why they cannot be used: see store.vault_reason in docs/protocol.md; None when they can."""
        if self.usable:
            return None
        return (self._sectors.reason or "worn") if self._sectors else "missing"

    @property
    def next_id(self):
        return max([1] + [segment.next_id for segment in self.active])

    @property
    def room(self):
        """How many segments of live records a generation may have, so that the next one fits beside it."""
        return (self._sectors.count - max(_SPARE, len(self._bad))) // 2 - 1 if self.usable else 0

    @property
    def has_more(self):
        """Whether another log may be taken over before everything has to move."""
        left = max(0, _SPARE - len(self._bad))
        return bool(self.active) and len(self._free()) - left > self.room

    def records(self):
        """Yields (location, kind, body) of every whole record; counts what is none in `damaged`."""
        self.damaged = 0
        for segment in self.active:
            for record in self._records_of(segment):
                yield record

    def latest_records(self):
        """The same of the segment that was written last."""
        return self._records_of(self.active[-1])

    def body(self, location, size):
        """The body, of `size` bytes, of the record at a location that `records` gave: SECTOR and more."""
        return self._sectors.read(location // SECTOR - 1, location % SECTOR + 3, size)

    def append(self, size, epoch, next_id):
        """Takes over one log: the records in the page. False when a new generation is due instead."""
        if not self.has_more:
            return False
        last = self.active[-1]
        segment = self._write(last.generation, last.place + 1, last.base, epoch, next_id, size)
        self.active.append(segment)
        self.covered = epoch
        return True

    def replace(self, batches, count, epoch, next_id):
        """A new generation from `count` batches of records, each packed into the page when its size is asked
        for; the old one stays until `wipe`.

        NoRoom: nothing changed.
        """
        free = self._free()
        if count > len(free):
            raise NoRoom()
        self.generation += 1  # also when this fails half way: a number is never used for two generations
        done = []
        for place, size in enumerate(batches):
            done.append(self._write(self.generation, place, count, epoch, next_id, size, done))
        self.active = done
        self.covered = epoch

    def wipe(self):
        """Overwrites every sector that is not in use and not blank."""
        if not self._sectors:
            return
        used = [segment.index for segment in self.active]
        for index in range(self._sectors.count):
            if index in used or index in self._bad or self._is_blank(index):
                continue
            blank(self._page, 0, SECTOR)
            self._put(index)

    # -- inside

    def _records_of(self, segment):
        start = (segment.index + 1) * SECTOR + HEADER
        for at, data in self._chunks(segment.index, segment.size):
            self._page[at : at + len(data)] = data
        for at, kind, body, _ in scan(self._page, None, segment.size):
            if kind is None:
                self.damaged += 1
            else:
                yield start + at, kind, body

    def _look(self, index):
        """The Segment in a sector, or None."""
        for start in (0, SECTOR - HEADER):
            head = self._sectors.read(index, start, HEADER)
            check = unpack("<I", head[_SIZE:])[0]
            if head[:5] == _MAGIC and check == crc32(head[:_SIZE]) & 0xFFFFFFFF:
                break
        else:
            return None
        _, version, generation, place, base, epoch, next_id, size, check = unpack(_FIELDS, head[:_SIZE])
        if version != _VERSION or size > ROOM:
            return None
        value = 0
        for _, data in self._chunks(index, size):
            value = crc32(data, value)
        return Segment(index, generation, place, base, epoch, next_id, size, value & 0xFFFFFFFF == check)

    def _chunks(self, index, size):
        """Yields (offset, bytes) of a segment's records."""
        for at in range(0, size, _CHUNK):
            yield at, self._sectors.read(index, HEADER + at, min(_CHUNK, size - at))

    def _choose(self, segments, log):
        """Takes the newest generation that is complete.

        A segment that is not whole was being written when the power went, and then the log that it takes over
        is still there; or it has been damaged since, and most of its records can still be read.
        """

        def relied_on(segment):
            return segment.whole or log is None or log > segment.epoch

        whole = [segment for segment in segments if segment.whole]
        usable = [segment for segment in segments if relied_on(segment)]
        if not self._take_newest(whole, usable):
            self._take_newest(usable, usable)
        self.generation = max([self.generation] + [segment.generation for segment in segments])

    def _take_newest(self, whole, usable):
        """The newest generation whose base is in `whole`, and what follows it in `usable`."""
        for generation in sorted(set([segment.generation for segment in whole]), reverse=True):
            base = {s.place: s for s in whole if s.generation == generation}
            if 0 not in base or [p for p in range(base[0].base) if p not in base]:
                continue
            places = {s.place: s for s in usable if s.generation == generation}
            while len(self.active) in places:
                self.active.append(places[len(self.active)])
            self.covered = self.active[-1].epoch
            self._next = self.active[-1].index + 1
            return True
        return False

    def _free(self, done=()):
        used = [segment.index for segment in self.active] + [segment.index for segment in done]
        return [i for i in range(self._sectors.count) if i not in used and i not in self._bad]

    def _write(self, generation, place, base, epoch, next_id, size, done=()):
        frame(self._page, generation, place, base, epoch, next_id, size)
        while True:
            free = self._free(done)
            if not free:
                raise NoRoom()
            index = min([i for i in free if i >= self._next] or free)  # round and round: even wear
            self._next = index + 1
            if self._put(index):
                return Segment(index, generation, place, base, epoch, next_id, size, True)

    def _put(self, index):
        try:
            self._sectors.write(index, self._page)
            return True
        except BadSector:
            self._bad.add(index)
            return False

    def _is_blank(self, index):
        for start in range(0, SECTOR, _CHUNK):
            if self._sectors.read(index, start, _CHUNK) != _BLANK:
                return False
        return True


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


def count_segments(records, guards=()):
    """How many segments `pack_records` makes of the same."""
    first = size = sum([FRAME + len(body) for _, body in guards])
    count = 1
    for _, body in records:
        if size + FRAME + len(body) > ROOM:
            count += 1
            size = first
        size += FRAME + len(body)
    return count
