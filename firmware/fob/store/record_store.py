"""Where the store's records are and how they move: from the log to segments, and on to new ones.

A change is one record in the log, durable when `_append` returns. When the log is full its records move to a
segment. When segments run out, two in a row become one without what is no longer needed (compaction.py), or
everything still needed moves to a new generation of them. When an account was removed, what holds records of
it is written without them. RAM holds an index only. Accounts move sealed as they are, so all this works on a
locked token too.

Without sectors (`sectors` None, or too few that can be used) there is only the log.
"""

from struct import pack, unpack

from . import record_types, settings
from .compaction import Spoilt, best_pair, folded
from .locations import parts
from .log import BLANK, FOREIGN, NEWER, OK, Full, Journal
from .replayed_state import Index
from .sector import ROOM, SECTOR, count_segments, pack_records
from .sectors import NoRoom, Segments

UNREAD = "unread"  # memory ran out while the records were taken in

_RESERVE = 96  # kept free so that a full log without segments can still remove, move and count
_FIRST = 512  # what every segment of a generation begins with, at most: keys, owner, small things


class Unusable(Exception):
    """The store cannot be used (another program's bytes, a newer format, no key, no memory); `state` says
    why.
    """

    def __init__(self, state):
        super().__init__(state)
        self.state = state


class NoVault(Exception):
    """That needs segments that can be written: without them something could be lost, or come back."""


class Storage:
    """`cells`: see Journal; `sectors`: see Segments.

    Reads everything once, and ends what a cut began.
    """

    def __init__(self, cells, sectors):
        self._cells = cells
        self._sectors = sectors
        # Made once, while the heap has such pieces: everything that moves goes through it.
        self._page = bytearray(SECTOR)
        self.settings = {}  # stays the same object
        self._load()
        if self._index.removed or self._index.gone:
            self._purge()
        elif self._journal.state != NEWER:
            self._segments.wipe()

    def recover(self):
        """Reads everything anew if an exception came while what is in RAM was not what is on flash."""
        if not self._whole:
            self._load()

    def _load(self):
        self._whole = False  # until the index has everything: what it lacks a new generation would leave out
        self._index = Index()
        self._journal = Journal(self._cells, self._page if len(self._cells) == SECTOR else None)
        self._look_at_log()
        epoch = self._journal.epoch if self._journal.state == OK else None
        self._segments = Segments(self._sectors, epoch, self._page)
        if self._journal.state != NEWER:
            self._after_segments()
            for record in self._segments.records():
                self._index.replay(*record)
            for record in self._journal.read():
                self._index.replay(*record)
        self.next_id = max(self._journal.next_id, self._segments.next_id, self._index.highest + 1)
        self.settings.update(self._index.settings)
        self._index.settings = self.settings
        self._whole = True

    def _look_at_log(self):
        """Has the journal know its state and its end. (What it says is not kept: a list would need heap.)"""
        for _ in self._journal.read():
            pass

    def _after_segments(self):
        """Begins the log anew if segments have taken its records over already."""
        journal, covered = self._journal, self._segments.covered
        if journal.state == BLANK:
            journal.epoch = covered + 1
        elif self._segments.active and (journal.state == FOREIGN or journal.epoch <= covered):
            journal.epoch, journal.next_id = covered, self._segments.next_id
            journal.rewrite(())
            self._look_at_log()

    # -- how it is

    @property
    def order(self):
        """Ids of the accounts, as the person has them."""
        return self._index.order

    @property
    def default(self):
        """Id of the account that a click types; None when there is none."""
        return self._index.default

    @property
    def name(self):
        return self._index.name

    @property
    def state(self):
        """ "ok", "blank", "foreign", "newer" (log.py) or "unread"."""
        return self._state()

    @property
    def usable(self):
        return self.state in (OK, BLANK)

    def _state(self):
        if not self._whole:
            return UNREAD
        if self._journal.state == BLANK and self._segments.active:
            return OK
        return self._journal.state

    @property
    def has_vault(self):
        return self._segments.usable

    @property
    def failures(self):
        """Wrong PINs in a row."""
        run = b"" if self._index.tries is None else self._journal.run(self._index.tries)
        return record_types.failures(self._index.failed, run)

    def usage(self):
        """Bytes: what there is room for, used, still needed; and damaged stretches."""
        journal, segments, index = self._journal, self._segments, self._index
        counters = len(index.counters) * journal.cost(record_types.COUNT, bytes(10))
        size = journal.needed(list(self._small()))
        return {
            "size": journal.size + segments.room * ROOM,
            "used": journal.end + len(segments.active) * ROOM,
            "live": size + counters + index.bytes if self._journal.state != NEWER else 0,
            "damaged": self._damaged,
            "vault": segments.usable,
            "vault_reason": segments.reason,
        }

    @property
    def free(self):
        """Bytes that accounts may still take."""
        if self._segments.usable:
            return max(0, (self._segments.room - 1) * (ROOM - _FIRST) - self._index.bytes)
        return max(0, self._journal.free - _RESERVE)

    # -- as a whole

    def compact(self):
        """Keeps what is needed only, and no longer tells of damage.

        Without sectors a power cut in these 60 ms loses everything.
        """
        self._need_usable()
        self._index.lost = self._journal.damaged = self._segments.damaged = 0
        if self._segments.usable:
            self._renew()
            return
        self._need_no_segments()
        self._journal.next_id = self.next_id
        guards = list(self._guards())
        self._journal.rewrite(guards + guards + list(self._live()))  # twice: see segments
        self._load()

    # -- inside

    def _need_usable(self):
        if not self.usable:
            raise Unusable(self.state)

    def _need_no_segments(self):
        """Segments that can be read and not written would bring back what is left out of the log."""
        if self._segments.active:
            raise NoVault()

    def _append(self, kind, body, growing=False):
        """Writes one record. `growing`: it takes room for good, so it is refused when that is short."""
        self._need_usable()
        if self._segments.usable:
            if growing and self._journal.cost(kind, body) > self.free:
                raise Full()
            reserve = _RESERVE if growing else 0  # the sectors may turn out to be none
            if self._journal.free < self._journal.cost(kind, body) + reserve:
                self._checkpoint()
            growing = False
        offset = self._journal.append(kind, body, _RESERVE if growing else 0)
        self._whole = False
        self._index.replay(offset, kind, body)
        self.next_id = max(self.next_id, self._index.highest + 1)
        self._whole = True

    def _checkpoint(self):
        """The log is full: its records go to a segment, or everything to a new generation."""
        try:
            done = self._take_over()
        except NoRoom:
            raise Full()
        except Spoilt:
            done = False
        if not done:
            self._renew()

    def _take_over(self):
        """The log's records into a segment; False when there is none for them. Raises NoRoom."""
        segments = self._segments
        if not segments.active:
            return False
        # The log's records take as many bytes in a segment. LOST is added, but it is shorter than the log's
        # format record, which is not copied.
        joins = segments.active[-1].size + self._journal.end <= ROOM and not segments.damaged
        if not joins and not segments.has_more and not self._make_room():
            return False
        self._whole = False
        epoch = self._journal.epoch
        try:
            if joins:
                self._fold(len(segments.active) - 1, 1, epoch, self._log)
            else:
                segments.append(self._packed(self._log()), epoch, self.next_id)
        except (NoRoom, Spoilt):
            self._whole = True
            raise
        self._journal.next_id = self.next_id
        self._journal.rewrite(())
        self._look_at_log()
        self._index.outdated.discard(0)
        for record in segments.records_of(segments.active[-1]):
            self._index.moved(*record)
        self._whole = True
        if joins:
            segments.wipe()
        return True

    def _make_room(self):
        """Two segments in a row become one, if they can. Raises NoRoom."""
        segments = self._segments
        if segments.damaged or len(segments.active) < 3:
            return False
        at = best_pair(self._index, segments.active)
        if at is None or count_segments([len(body) for _, body in self._folded(at, 2)]) > 1:
            return False
        self._fold_in_place(at, 2)
        segments.wipe()
        return segments.has_more

    def _fold_in_place(self, at, count):
        """`count` segments in a row, the first number `at`, into one, without the log. Raises NoRoom."""
        self._whole = False
        try:
            self._fold(at, count, self._segments.active[at + count - 1].epoch, tuple)
        except (NoRoom, Spoilt):
            self._whole = True
            raise
        for record in self._segments.records_of(self._segments.active[at]):
            if record[1] in record_types.OF_ACCOUNT:  # of the others there may be later ones
                self._index.moved(*record)
        self._whole = True

    def _fold(self, at, count, epoch, more):
        """The same with the records that `more()` gives; all of them must fit."""

        def everything():
            for source in (self._folded(at, count), more()):
                for record in source:
                    yield record

        old = self._segments.active[at : at + count]
        size = self._packed(everything())
        self._segments.supersede(at, count, size, epoch, self.next_id)
        for segment in old:
            self._index.outdated.discard(segment.index + 1)

    def _packed(self, records):
        """Puts records into the page, and says how many bytes they take. Spoilt: they are too many."""
        batches = pack_records(self._page, records)
        size = next(batches)
        for _ in batches:
            raise Spoilt()
        return size

    def _folded(self, at, count):
        segments = self._segments
        return folded(self._index, segments.records_of, segments.active[at : at + count])

    def _purge(self):
        """What was removed leaves the flash, if there are sectors to move the rest to."""
        if self._segments.usable:
            try:
                if not self._scrub():
                    self._renew()
            except (Full, NoRoom):
                pass  # the sectors turned out to be none; it is removed all the same

    def _scrub(self):
        """Writes what holds records of removed accounts without them. False: all has to move instead."""
        index, segments = self._index, self._segments
        if index.removed or segments.damaged or not segments.active:
            return False
        try:
            for at, segment in enumerate(list(segments.active)):
                if segment.index + 1 in index.outdated and self._holds_removed(segments.records_of(segment)):
                    self._fold_in_place(at, 1)
            in_log = 0 in index.outdated and self._holds_removed(self._journal.records())
            if (in_log or self._journal.damaged) and not self._take_over():
                return False
        except Spoilt:
            return False
        segments.wipe()
        index.gone = set()
        return True

    def _holds_removed(self, found):
        for _, kind, body in found:
            if kind == record_types.ACCOUNT and len(body) > record_types.STUB:
                if unpack("<H", body[:2])[0] in self._index.gone:
                    return True
        return False

    def _renew(self):
        """A new generation with what is still needed."""
        self._begin_generation(self._live, self._live_sizes, self.next_id, list(self._guards()))

    def _begin_anew(self, live, next_id):
        """Only `live` stays. Whatever was here before is wiped."""
        if self._segments.usable:
            if self._journal.state != OK:
                self._journal.epoch = self._segments.covered + 1
            self._begin_generation(live, lambda: [len(body) for _, body in live()], next_id, ())
            return
        self._need_no_segments()
        self._journal.next_id = next_id
        self._journal.rewrite(list(live()))
        self._load()

    def _begin_generation(self, live, sizes, next_id, guards, key=None):
        """`live()` gives the records and `sizes()` how long their bodies are. `guards` begin every segment:
        damage to one loses none. `key`: see `_take_key`.
        """
        count = count_segments(sizes(), guards)
        if count == 1:
            guards = list(guards) * 2  # or the only segment would hold the key once
            count = count_segments(sizes(), guards)
        batches = pack_records(self._page, live(), guards)
        try:
            self._segments.replace(batches, count, self._journal.epoch, next_id)
        except NoRoom:
            raise Full()
        self._whole = False
        if key:
            self._take_key(key)
        self._begin_log(next_id)
        self._segments.wipe()

    def _take_key(self, key):
        """The new generation holds; its accounts are sealed under this key."""

    def _begin_log(self, next_id):
        self._journal.next_id = next_id
        self._journal.rewrite(())
        self._load()

    def _log(self):
        """The log's records as a segment can hold them."""
        lost = self._index.lost
        for location, kind, body in self._journal.records():
            if kind == record_types.ACCOUNT:
                yield kind, body if self._index.holds(location, kind, body) else body[: record_types.STUB]
            elif kind == record_types.COUNTER:
                id = unpack("<H", body[:2])[0]
                if parts(self._index.counters.get(id, 0))[0] == location:
                    yield record_types.COUNT, pack("<HQ", id, self._counter(self._index.counters[id]))
            elif kind == record_types.TRIES:
                if self._index.tries == location:
                    yield record_types.FAILED, bytes((self.failures,))
            elif kind is None:
                lost += location > 0  # at the very beginning it is what a cut left of the format
            elif kind != record_types.LOST:
                yield kind, body
        if lost:
            yield record_types.LOST, pack("<H", min(lost, 0xFFFF))

    def _guards(self):
        """What must not be lost with one sector."""
        for wrap in self._index.wraps.values():
            yield record_types.KEY, wrap
        if self._index.owner:
            yield record_types.OWNER, self._index.owner
        if self.failures:
            yield record_types.FAILED, bytes((min(self.failures, 255),))

    def _small(self):
        """All that is live beside accounts and counters."""
        for record in self._guards():
            yield record
            if not self._segments.usable:
                yield record
        for record in self._plain():
            yield record

    def _plain(self):
        """The fewest records that give name, settings and clock."""
        if self.name:
            yield record_types.NAME, self.name.encode("utf-8")
        defaults = settings.defaults()
        changes = [
            settings.encode(name, value) for name, value in self.settings.items() if value != defaults[name]
        ]
        if changes:
            yield record_types.SETTING, b"".join([pack("<BH", *pair) for pair in changes])
        if self._index.clock:
            yield record_types.CLOCK, self._index.clock
        if self._index.note:
            yield record_types.NOTE, self._index.note
        if self._damaged:
            yield record_types.LOST, pack("<H", min(self._damaged, 0xFFFF))

    @property
    def _damaged(self):
        return self._index.lost + self._journal.damaged + self._segments.damaged

    def _live(self):
        """The fewest records that give this state, but for the guards."""
        for record in self._plain():
            yield record
        for id in self.order:
            yield record_types.ACCOUNT, self._body(self._index.accounts[id])
            if id in self._index.counters:
                yield record_types.COUNT, pack("<HQ", id, self._counter(self._index.counters[id]))
        if self.order and self.default != self.order[0]:
            yield record_types.DEFAULT, pack("<H", self.default)

    def _live_sizes(self):
        for _, body in self._plain():
            yield len(body)
        for id in self.order:
            yield parts(self._index.accounts[id])[1]
            if id in self._index.counters:
                yield record_types.COUNT_SIZE

    def _body(self, place):
        location, size = parts(place)
        return (self._journal if location < SECTOR else self._segments).body(location, size)

    def _counter(self, place):
        counter = unpack("<Q", self._body(place)[2:10])[0]
        location = parts(place)[0]
        return counter + self._journal.spent(location) if location < SECTOR else counter
