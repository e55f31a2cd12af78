"""Segments (sector.py) in the sectors of the store file: where the records go when the log in NVM is full.

A segment is written once, complete, and read back. Only then are the records that it replaces erased: the
log, or other segments. So at every moment each record is in one of the two, and a power cut can damage only a
sector that is not in use yet.

A generation begins with `base` positions that hold all records. Each later position holds the records of one
full log, the one of `epoch`. A segment may replace one or several consecutive ones: of two segments for the
same position the later one counts, if it is intact. A new generation replaces the old one as a whole.
"""

from .log import fill_erased
from .sector import SECTOR_SIZE, Segment, build_segment, is_blank, parse_segment, records_of

_SPARE = 2  # sectors that may turn out to be unusable while all records are rewritten
_MAX_POSITION = 0xFFF0  # positions are u16


class NoFreeSectors(Exception):
    """There are not enough sectors for a new generation beside the old one."""


class BadSector(Exception):
    """Raised by `sectors.write`: it is not one erase sector, or the written bytes do not read back."""


class Segments:
    """The segments.

    Args:
        sectors: None, or an object with count, read(index, start, size) -> bytes, load(index, scratch), which
            reads a whole sector into a bytearray, write(index, image), which raises BadSector, and `reason`:
            why they cannot be written, or None (fob/hw/sector_file.py).
        log_epoch: the epoch of the log in NVM, None if it cannot be read.
        scratch: a bytearray of a sector's size, shared by all users: a heap in use may have no free block of
            that size.
    """

    def __init__(self, sectors, log_epoch, scratch):
        self._sectors = sectors
        self._scratch = scratch
        self._bad = set()
        self._stale = set()  # sectors with content that is no longer in use
        self._next = 0
        self._serial = 0
        self.damaged = 0
        self.active = []
        self.covered_epoch = 0  # logs up to this epoch are in segments
        self.generation = 0
        if sectors:
            self._choose_generation(self._scan_sectors(), log_epoch)

    @property
    def usable(self):
        return bool(self._sectors) and self._sectors.count - len(self._bad) >= 3

    @property
    def reason(self):
        """Why they cannot be used (store.file_reason in docs/protocol.md); None if they can."""
        if self.usable:
            return None
        return (self._sectors.reason or "worn") if self._sectors else "missing"

    @property
    def next_id(self):
        return max([1] + [segment.next_id for segment in self.active])

    @property
    def capacity(self):
        """How many segments of live records a generation may have: the next one must fit beside it."""
        return (self._sectors.count - max(_SPARE, len(self._bad))) // 2 - 1 if self.usable else 0

    @property
    def has_free_sectors(self):
        """Whether there are sectors for another log without compaction."""
        if not self.active or self.active[-1].position + self.active[-1].span > _MAX_POSITION:
            return False
        return len(self._free()) - max(0, _SPARE - len(self._bad)) > self.capacity

    def records(self):
        """Yields (location, kind, body) of every valid record. Counts damaged ranges in `damaged`.

        It uses `scratch` meanwhile.
        """
        self.damaged = 0
        for segment in self.active:
            for record in records_of(self._sectors, segment, self._scratch):
                if record[1] is None:
                    self.damaged += 1
                else:
                    yield record

    def records_of(self, segment):
        """Yields the records of one segment. A damaged range is (location, None, None)."""
        return records_of(self._sectors, segment)

    def body(self, location, size):
        """The body, of `size` bytes, of the record at a location from `records`."""
        return self._sectors.read(location // SECTOR_SIZE - 1, location % SECTOR_SIZE + 3, size)

    def read_body(self, location, out):
        """Reads that body into `out`, which has its size. It uses less heap."""
        self._sectors.read_into(location // SECTOR_SIZE - 1, location % SECTOR_SIZE + 3, out)

    def append(self, size, epoch, next_id):
        """Writes the records in `scratch`, those of one log, as a new segment. Needs `has_free_sectors`."""
        last = self.active[-1]
        position = last.position + last.span
        self.active.append(self._write(last.generation, position, 1, last.base, epoch, next_id, size))
        self.covered_epoch = epoch

    def supersede(self, at, count, size, epoch, next_id):
        """Writes the records in `scratch` as a replacement of `count` active segments, from number `at`.

        The old ones stay on the flash until `erase_stale`.
        """
        old = self.active[at : at + count]
        span = sum([segment.span for segment in old])
        new = self._write(old[0].generation, old[0].position, span, old[0].base, epoch, next_id, size)
        self._mark_stale(old)
        self.active[at : at + count] = [new]
        self.covered_epoch = self.active[-1].epoch

    def replace(self, batches, count, epoch, next_id):
        """Writes a new generation of `count` segments. The old one stays until `erase_stale`.

        `batches` packs each segment into `scratch` and yields its size. Raises NoFreeSectors; then nothing
        has changed.
        """
        free = self._free()
        if count > len(free):
            raise NoFreeSectors()
        self.generation += 1  # never reused, even if writing the generation fails
        done = []
        try:
            for position, size in enumerate(batches):
                done.append(self._write(self.generation, position, 1, count, epoch, next_id, size, done))
        except Exception:
            self._mark_stale(done)
            raise
        self._mark_stale(self.active)
        self.active = done
        self.covered_epoch = epoch

    def erase_stale(self):
        """Erases every sector whose content is no longer in use."""
        for index in sorted(self._stale):
            fill_erased(self._scratch, 0, SECTOR_SIZE)
            self._write_sector(index)
        self._stale = set()

    # -- inside

    def _scan_sectors(self):
        found = []
        for index in range(self._sectors.count):
            self._sectors.load(index, self._scratch)
            segment = parse_segment(self._scratch, index)
            if segment:
                found.append(segment)
            elif not is_blank(self._scratch):
                self._stale.add(index)
        self._mark_stale(found)
        return found

    def _mark_stale(self, segments):
        for segment in segments:
            self._stale.add(segment.index)

    def _choose_generation(self, segments, log_epoch):
        """Chooses the newest complete generation.

        A segment that is not whole was either being written at a power cut, and its log still exists; or it
        was damaged later, and most of its records can still be read.
        """

        def relied_on(segment):
            return segment.whole or log_epoch is None or log_epoch > segment.epoch

        whole = [segment for segment in segments if segment.whole]
        usable = [segment for segment in segments if relied_on(segment)]
        if not self._choose_newest(whole, usable):
            self._choose_newest(usable, usable)
        self.generation = max([self.generation] + [segment.generation for segment in segments])
        self._serial = max([0] + [segment.serial for segment in segments])

    def _choose_newest(self, whole, usable):
        """Chooses the newest generation with its base in `whole`, and its later segments in `usable`."""
        for generation in sorted(set([segment.generation for segment in whole]), reverse=True):
            chain = _chain([segment for segment in usable if segment.generation == generation])
            base = [segment for segment in chain if segment.position < segment.base]
            if not base or base[-1].position + base[-1].span < base[0].base:
                continue
            if [segment for segment in base if segment not in whole]:
                continue
            self.active = chain
            for segment in chain:
                self._stale.discard(segment.index)
            self.covered_epoch = chain[-1].epoch
            self._next = chain[-1].index + 1
            return True
        return False

    def _free(self, done=()):
        used = self._bad | set([segment.index for segment in self.active])
        used |= set([segment.index for segment in done])
        return [index for index in range(self._sectors.count) if index not in used]

    def _write(self, generation, position, span, base, epoch, next_id, size, done=()):
        self._serial += 1
        build_segment(self._scratch, generation, self._serial, position, span, base, epoch, next_id, size)
        while True:
            free = self._free(done)
            if not free:
                raise NoFreeSectors()
            index = min([i for i in free if i >= self._next] or free)  # in turn, for even wear
            self._next = index + 1
            if self._write_sector(index):
                self._stale.discard(index)
                return Segment(
                    index, generation, self._serial, position, span, base, epoch, next_id, size, True
                )

    def _write_sector(self, index):
        self._stale.add(index)
        try:
            self._sectors.write(index, self._scratch)
            return True
        except BadSector:
            self._bad.add(index)
            self._stale.discard(index)
            return False


def _chain(segments):
    """The segments that count, in the order of their positions.

    Of two for the same position the one with the later epoch counts, whole or not, because that log is
    erased. With equal epochs the contents are equal too, and a whole segment is preferred.
    """
    chain, position = [], 0
    while True:
        found = [segment for segment in segments if segment.position == position]
        if not found:
            return chain
        chain.append(max(found, key=lambda segment: (segment.epoch, segment.whole, segment.serial)))
        position += chain[-1].span
