"""Where records go when the nvm log is full: segments (sector.py) in the sectors of a file on the drive.

A segment is written once, whole, and read back before anything relies on it; only then is what it takes over
erased: the log, or other segments. So at every instant one of the two has every record, and a power cut can
harm only a sector that nothing relies on yet.

A generation begins with `base` places that hold everything; later ones each take over one full log, the one
of `epoch`. A segment may replace one or several in a row: of two that stand for the same place the later one
holds, if it is whole. A new generation replaces the old one as a whole.
"""

from .log import blank
from .sector import SECTOR, Segment, frame, is_blank, look, records_of

_SPARE = 2  # sectors that may turn out to be bad when everything has to move
_LAST = 0xFFF0  # places are u16


class NoRoom(Exception):
    """There are not enough sectors for a new generation beside the old one."""


class BadSector(Exception):
    """Raised by `sectors.write`: the place is not one erase sector, or does not keep what is written."""


class Segments:
    """`sectors`: None, or count, read(index, start, size) -> bytes, load(index, page) that reads a whole
    sector into a bytearray, write(index, image) raising BadSector, and `reason`: why they cannot be
    written, or None.

    `log` is the epoch of the nvm log, None when it cannot be read. `page` is a bytearray of a sector's
    size, lent: once the heap is in use, it may have no such piece left.
    """

    def __init__(self, sectors, log, page):
        self._sectors = sectors
        self._page = page
        self._bad = set()
        self._old = set()  # sectors with something that nothing relies on
        self._next = 0
        self._serial = 0
        self.damaged = 0
        self.active = []
        self.covered = 0  # logs up to this epoch are in segments
        self.generation = 0
        if sectors:
            self._choose(self._look_at_all(), log)

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
        """Whether another log may be taken over before something has to make room."""
        if not self.active or self.active[-1].place + self.active[-1].span > _LAST:
            return False
        return len(self._free()) - max(0, _SPARE - len(self._bad)) > self.room

    def records(self):
        """Yields (location, kind, body) of every whole record; counts what is none in `damaged`.

        The page is in use meanwhile.
        """
        self.damaged = 0
        for segment in self.active:
            for record in records_of(self._sectors, segment, self._page):
                if record[1] is None:
                    self.damaged += 1
                else:
                    yield record

    def records_of(self, segment):
        """The same of one segment; a stretch that is no record is (location, None, None)."""
        return records_of(self._sectors, segment)

    def body(self, location, size):
        """The body, of `size` bytes, of the record at a location that `records` gave: SECTOR and more."""
        return self._sectors.read(location // SECTOR - 1, location % SECTOR + 3, size)

    def append(self, size, epoch, next_id):
        """Takes over one log: the records in the page. Only while `has_more`."""
        last = self.active[-1]
        place = last.place + last.span
        self.active.append(self._write(last.generation, place, 1, last.base, epoch, next_id, size))
        self.covered = epoch

    def supersede(self, at, count, size, epoch, next_id):
        """Writes the records in the page in place of `count` active segments, the first being number `at`.

        The old ones stay on the flash until `wipe`.
        """
        old = self.active[at : at + count]
        span = sum([segment.span for segment in old])
        new = self._write(old[0].generation, old[0].place, span, old[0].base, epoch, next_id, size)
        self._forget(old)
        self.active[at : at + count] = [new]
        self.covered = self.active[-1].epoch

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
        try:
            for place, size in enumerate(batches):
                done.append(self._write(self.generation, place, 1, count, epoch, next_id, size, done))
        except Exception:
            self._forget(done)
            raise
        self._forget(self.active)
        self.active = done
        self.covered = epoch

    def wipe(self):
        """Overwrites every sector with something that nothing relies on."""
        for index in sorted(self._old):
            blank(self._page, 0, SECTOR)
            self._put(index)
        self._old = set()

    # -- inside

    def _look_at_all(self):
        found = []
        for index in range(self._sectors.count):
            self._sectors.load(index, self._page)
            segment = look(self._page, index)
            if segment:
                found.append(segment)
            elif not is_blank(self._page):
                self._old.add(index)
        self._forget(found)
        return found

    def _forget(self, segments):
        for segment in segments:
            self._old.add(segment.index)

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
        self._serial = max([0] + [segment.serial for segment in segments])

    def _take_newest(self, whole, usable):
        """The newest generation whose base is in `whole`, and what follows it in `usable`."""
        for generation in sorted(set([segment.generation for segment in whole]), reverse=True):
            chain = _chain([segment for segment in usable if segment.generation == generation])
            base = [segment for segment in chain if segment.place < segment.base]
            if not base or base[-1].place + base[-1].span < base[0].base:
                continue
            if [segment for segment in base if segment not in whole]:
                continue
            self.active = chain
            for segment in chain:
                self._old.discard(segment.index)
            self.covered = chain[-1].epoch
            self._next = chain[-1].index + 1
            return True
        return False

    def _free(self, done=()):
        used = self._bad | set([segment.index for segment in self.active])
        used |= set([segment.index for segment in done])
        return [index for index in range(self._sectors.count) if index not in used]

    def _write(self, generation, place, span, base, epoch, next_id, size, done=()):
        self._serial += 1
        frame(self._page, generation, self._serial, place, span, base, epoch, next_id, size)
        while True:
            free = self._free(done)
            if not free:
                raise NoRoom()
            index = min([i for i in free if i >= self._next] or free)  # round and round: even wear
            self._next = index + 1
            if self._put(index):
                self._old.discard(index)
                return Segment(index, generation, self._serial, place, span, base, epoch, next_id, size, True)

    def _put(self, index):
        self._old.add(index)
        try:
            self._sectors.write(index, self._page)
            return True
        except BadSector:
            self._bad.add(index)
            self._old.discard(index)
            return False


def _chain(segments):
    """Those that hold, in the order of their places.

    Of two for one place, both relied on, the one that took over the later log holds, whole or not: that log
    is erased. If both took over the same, the contents are the same too, and a whole one holds first.
    """
    chain, place = [], 0
    while True:
        found = [segment for segment in segments if segment.place == place]
        if not found:
            return chain
        chain.append(max(found, key=lambda segment: (segment.epoch, segment.whole, segment.serial)))
        place += chain[-1].span
