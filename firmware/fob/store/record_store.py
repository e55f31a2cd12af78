"""The record store: records are written to the log, and moved to segments when it is full.

A change is one record in the log, which is on the flash when `_append` returns. When the log is full, its
records move to a segment. When no sectors are free, two consecutive segments are merged without the records
that are no longer needed (compaction.py), or all live records move to a new generation. When an account is
removed, the segments and the log that contain it are rewritten without it. RAM has only the replayed state.
Accounts are moved in encrypted form, so all this works on a locked token too.

Without sectors (`sectors` is None, or too few are usable) there is only the log.
"""

from struct import pack, unpack

from . import record_types, settings
from .compaction import DamagedSegment, best_pair, compacted
from .locations import split_extent
from .log import BLANK, FOREIGN, NEWER, OK, Log, StoreFull
from .replayed_state import ReplayedState
from .sector import CAPACITY, SECTOR_SIZE, count_segments, pack_records
from .sectors import NoFreeSectors, Segments

UNREAD = "unread"  # memory ran out while the records were read

_RESERVE = 96  # bytes kept free, so that a full log without segments can still remove, move and count
_CRITICAL_SIZE = 512  # the most bytes of critical records and other small ones in a generation


class Unusable(Exception):
    """The store cannot be used: another program's data, a newer format, no key, no memory (`state`)."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


class NoStoreFile(Exception):
    """The change needs segments that can be written: otherwise data could be lost, or come back."""


class RecordStore:
    """The records. Reads all of them at the start, and completes what a power cut interrupted.

    Args:
        nvm: see Log.
        sectors: see Segments.
    """

    def __init__(self, nvm, sectors):
        self._nvm = nvm
        self._sectors = sectors
        # Allocated once, while the heap has such a block. All rewriting uses it.
        self._scratch = bytearray(SECTOR_SIZE)
        self.settings = {}  # is never replaced by another object
        self._load()
        if self._replayed.removed_other or self._replayed.removed_ids:
            self._erase_removed()
        elif self._log.state != NEWER:
            self._segments.erase_stale()

    def recover(self):
        """Reads all records again if an exception has left the state in RAM different from the flash."""
        if not self._consistent:
            self._load()

    def _load(self):
        self._consistent = (
            False  # until all records are replayed: a new generation would leave out the others
        )
        self._replayed = ReplayedState()
        self._log = Log(self._nvm, self._scratch if len(self._nvm) == SECTOR_SIZE else None)
        self._scan_log()
        epoch = self._log.epoch if self._log.state == OK else None
        self._segments = Segments(self._sectors, epoch, self._scratch)
        if self._log.state != NEWER:
            self._discard_moved_log()
            for record in self._segments.records():
                self._replayed.replay(*record)
            for record in self._log.read():
                self._replayed.replay(*record)
        self.next_id = max(self._log.next_id, self._segments.next_id, self._replayed.highest_id + 1)
        self.settings.update(self._replayed.settings)
        self._replayed.settings = self.settings
        self._consistent = True

    def _scan_log(self):
        """Determines the log's state and end. The records are not kept, because a list would need heap."""
        for _ in self._log.read():
            pass

    def _discard_moved_log(self):
        """Clears the log if its records are in segments already."""
        log, covered = self._log, self._segments.covered_epoch
        if log.state == BLANK:
            log.epoch = covered + 1
        elif self._segments.active and (log.state == FOREIGN or log.epoch <= covered):
            log.epoch, log.next_id = covered, self._segments.next_id
            log.rewrite(())
            self._scan_log()

    # -- the state

    @property
    def order(self):
        """The ids of the accounts in the order of the token."""
        return self._replayed.order

    @property
    def default(self):
        """The id of the default account, None if there is no account."""
        return self._replayed.default

    @property
    def name(self):
        return self._replayed.name

    @property
    def state(self):
        """ "ok", "blank", "foreign", "newer" (log.py) or "unread"."""
        return self._state()

    @property
    def usable(self):
        return self.state in (OK, BLANK)

    def _state(self):
        if not self._consistent:
            return UNREAD
        if self._log.state == BLANK and self._segments.active:
            return OK
        return self._log.state

    @property
    def has_store_file(self):
        return self._segments.usable

    @property
    def failures(self):
        """The number of wrong PINs in a row."""
        location = self._replayed.attempts_location
        attempts = b"" if location is None else self._log.unary_bytes(location)
        return record_types.failures(self._replayed.failures, attempts)

    def usage(self):
        """`store` of `status` in docs/protocol.md, without the state. Sizes are in bytes."""
        log, segments, replayed = self._log, self._segments, self._replayed
        counters = len(replayed.counters) * log.cost(record_types.COUNTER_VALUE, bytes(10))
        size = log.needed(list(self._small_records()))
        return {
            "size": log.size + segments.capacity * CAPACITY,
            "used": log.end + len(segments.active) * CAPACITY,
            "live": size + counters + replayed.account_bytes if self._log.state != NEWER else 0,
            "damaged": self._damaged,
            "file": segments.usable,
            "file_reason": segments.reason,
        }

    @property
    def free(self):
        """The bytes free for accounts."""
        if self._segments.usable:
            return max(
                0, (self._segments.capacity - 1) * (CAPACITY - _CRITICAL_SIZE) - self._replayed.account_bytes
            )
        return max(0, self._log.free - _RESERVE)

    # -- the whole store

    def compact(self):
        """Rewrites the store without records that are no longer needed, and forgets damage.

        Without segments this takes 60 ms, and a power cut meanwhile loses everything.
        """
        self._need_usable()
        self._replayed.damage_count = self._log.damaged = self._segments.damaged = 0
        if self._segments.usable:
            self._rewrite_all()
            return
        self._need_no_segments()
        self._log.next_id = self.next_id
        critical = list(self._critical_records())
        self._log.rewrite(critical + critical + list(self._live_records()))  # twice, as in segments
        self._load()

    # -- inside

    def _need_usable(self):
        if not self.usable:
            raise Unusable(self.state)

    def _need_no_segments(self):
        """Raises NoStoreFile if segments cannot be written: their old records would come back."""
        if self._segments.active:
            raise NoStoreFile()

    def _append(self, kind, body, growing=False):
        """Writes a record. `growing`: it needs room permanently, so a nearly full store refuses it."""
        self._need_usable()
        if self._segments.usable:
            if growing and self._log.cost(kind, body) > self.free:
                raise StoreFull()
            reserve = _RESERVE if growing else 0  # the sectors may turn out to be unusable
            if self._log.free < self._log.cost(kind, body) + reserve:
                self._checkpoint()
            growing = False
        offset = self._log.append(kind, body, _RESERVE if growing else 0)
        self._consistent = False
        self._replayed.replay(offset, kind, body)
        self.next_id = max(self.next_id, self._replayed.highest_id + 1)
        self._consistent = True

    def _checkpoint(self):
        """The log is full: moves its records to a segment, or all records to a new generation."""
        try:
            done = self._move_log()
        except NoFreeSectors:
            raise StoreFull()
        except DamagedSegment:
            done = False
        if not done:
            self._rewrite_all()

    def _move_log(self):
        """Moves the log's records to a segment. Returns False if there is no sector for it."""
        segments = self._segments
        if not segments.active:
            return False
        # The log's records need as many bytes in a segment. DAMAGE_COUNT is added, but it is shorter than the
        # log's format record, which is not copied.
        joins = segments.active[-1].size + self._log.end <= CAPACITY and not segments.damaged
        if not joins and not segments.has_free_sectors and not self._free_sectors():
            return False
        self._consistent = False
        epoch = self._log.epoch
        try:
            if joins:
                self._merge_segments(len(segments.active) - 1, 1, epoch, self._log_records)
            else:
                segments.append(self._pack(self._log_records()), epoch, self.next_id)
        except (NoFreeSectors, DamagedSegment):
            self._consistent = True
            raise
        self._log.next_id = self.next_id
        self._log.rewrite(())
        self._scan_log()
        self._replayed.outdated_sectors.discard(0)
        for record in segments.records_of(segments.active[-1]):
            self._replayed.relocate(*record)
        self._consistent = True
        if joins:
            segments.erase_stale()
        return True

    def _free_sectors(self):
        """Merges two consecutive segments, if possible. Raises NoFreeSectors."""
        segments = self._segments
        if segments.damaged or len(segments.active) < 3:
            return False
        at = best_pair(self._replayed, segments.active)
        if at is None or count_segments([len(body) for _, body in self._compacted(at, 2)]) > 1:
            return False
        self._merge_in_place(at, 2)
        segments.erase_stale()
        return segments.has_free_sectors

    def _merge_in_place(self, at, count):
        """Merges `count` consecutive segments from number `at`, without the log. Raises NoFreeSectors."""
        self._consistent = False
        try:
            self._merge_segments(at, count, self._segments.active[at + count - 1].epoch, tuple)
        except (NoFreeSectors, DamagedSegment):
            self._consistent = True
            raise
        for record in self._segments.records_of(self._segments.active[at]):
            if record[1] in record_types.OF_ACCOUNT:  # of other kinds there may be later records
                self._replayed.relocate(*record)
        self._consistent = True

    def _merge_segments(self, at, count, epoch, more):
        """Merges segments and the records of `more()` into one segment. All must fit."""

        def everything():
            for source in (self._compacted(at, count), more()):
                for record in source:
                    yield record

        old = self._segments.active[at : at + count]
        size = self._pack(everything())
        self._segments.supersede(at, count, size, epoch, self.next_id)
        for segment in old:
            self._replayed.outdated_sectors.discard(segment.index + 1)

    def _pack(self, records):
        """Packs records into `scratch`. Returns their size. Raises DamagedSegment if they do not fit."""
        batches = pack_records(self._scratch, records)
        size = next(batches)
        for _ in batches:
            raise DamagedSegment()
        return size

    def _compacted(self, at, count):
        segments = self._segments
        return compacted(self._replayed, segments.records_of, segments.active[at : at + count])

    def _erase_removed(self):
        """Erases removed records from the flash, if there are sectors for the others."""
        if self._segments.usable:
            try:
                if not self._rewrite_holders():
                    self._rewrite_all()
            except (StoreFull, NoFreeSectors):
                pass  # the sectors are unusable; the account is removed, but its record stays on the flash

    def _rewrite_holders(self):
        """Rewrites segments and log without removed accounts. False: everything must be rewritten instead."""
        replayed, segments = self._replayed, self._segments
        if replayed.removed_other or segments.damaged or not segments.active:
            return False
        try:
            for at, segment in enumerate(list(segments.active)):
                if segment.index + 1 in replayed.outdated_sectors and self._holds_removed(
                    segments.records_of(segment)
                ):
                    self._merge_in_place(at, 1)
            in_log = 0 in replayed.outdated_sectors and self._holds_removed(self._log.records())
            if (in_log or self._log.damaged) and not self._move_log():
                return False
        except DamagedSegment:
            return False
        segments.erase_stale()
        replayed.removed_ids = set()
        return True

    def _holds_removed(self, found):
        for _, kind, body in found:
            if kind == record_types.ACCOUNT and len(body) > record_types.STUB_SIZE:
                if unpack("<H", body[:2])[0] in self._replayed.removed_ids:
                    return True
        return False

    def _rewrite_all(self):
        """Writes a new generation with the live records."""
        self._begin_generation(
            self._live_records, self._live_sizes, self.next_id, list(self._critical_records())
        )

    def _start_over(self, live, next_id):
        """Replaces everything by the records of `live`."""
        if self._segments.usable:
            if self._log.state != OK:
                self._log.epoch = self._segments.covered_epoch + 1
            self._begin_generation(live, lambda: [len(body) for _, body in live()], next_id, ())
            return
        self._need_no_segments()
        self._log.next_id = next_id
        self._log.rewrite(list(live()))
        self._load()

    def _begin_generation(self, live, sizes, next_id, critical, key=None):
        """`live()` gives the records and `sizes()` how long their bodies are. `critical` begin every segment:
        damage to one loses none. `key`: see `_set_key`.
        """
        count = count_segments(sizes(), critical)
        if count == 1:
            critical = list(critical) * 2  # else the only segment would have the key only once
            count = count_segments(sizes(), critical)
        batches = pack_records(self._scratch, live(), critical)
        try:
            self._segments.replace(batches, count, self._log.epoch, next_id)
        except NoFreeSectors:
            raise StoreFull()
        self._consistent = False
        if key:
            self._set_key(key)
        self._begin_log(next_id)
        self._segments.erase_stale()

    def _set_key(self, key):
        """Is called after a new generation was written whose accounts are encrypted under this key."""

    def _begin_log(self, next_id):
        self._log.next_id = next_id
        self._log.rewrite(())
        self._load()

    def _log_records(self):
        """Yields the log's records in the form that segments have."""
        lost = self._replayed.damage_count
        for location, kind, body in self._log.records():
            if kind == record_types.ACCOUNT:
                yield (
                    kind,
                    body
                    if self._replayed.is_current(location, kind, body)
                    else body[: record_types.STUB_SIZE],
                )
            elif kind == record_types.UNARY_COUNTER:
                id = unpack("<H", body[:2])[0]
                if split_extent(self._replayed.counters.get(id, 0))[0] == location:
                    yield (
                        record_types.COUNTER_VALUE,
                        pack("<HQ", id, self._counter(self._replayed.counters[id])),
                    )
            elif kind == record_types.PIN_ATTEMPTS:
                if self._replayed.attempts_location == location:
                    yield record_types.PIN_FAILURES, bytes((self.failures,))
            elif kind is None:
                lost += location > 0  # at the very beginning it is an incomplete format record
            elif kind != record_types.DAMAGE_COUNT:
                yield kind, body
        if lost:
            yield record_types.DAMAGE_COUNT, pack("<H", min(lost, 0xFFFF))

    def _critical_records(self):
        """Yields the records that each segment repeats: the loss of one sector must not lose them."""
        for wrap in self._replayed.wrapped_keys.values():
            yield record_types.WRAPPED_KEY, wrap
        if self._replayed.owner:
            yield record_types.OWNER, self._replayed.owner
        if self.failures:
            yield record_types.PIN_FAILURES, bytes((min(self.failures, 255),))

    def _small_records(self):
        """Yields all live records except accounts and counters."""
        for record in self._critical_records():
            yield record
            if not self._segments.usable:
                yield record
        for record in self._other_records():
            yield record

    def _other_records(self):
        """Yields the records for name, settings and clock."""
        if self.name:
            yield record_types.NAME, self.name.encode("utf-8")
        defaults = settings.defaults()
        changes = [
            settings.encode(name, value) for name, value in self.settings.items() if value != defaults[name]
        ]
        if changes:
            yield record_types.SETTING, b"".join([pack("<BH", *pair) for pair in changes])
        if self._replayed.clock:
            yield record_types.CLOCK, self._replayed.clock
        if self._replayed.sync_note:
            yield record_types.SYNC_NOTE, self._replayed.sync_note
        if self._damaged:
            yield record_types.DAMAGE_COUNT, pack("<H", min(self._damaged, 0xFFFF))

    @property
    def _damaged(self):
        return self._replayed.damage_count + self._log.damaged + self._segments.damaged

    def _live_records(self):
        """Yields the live records without the critical ones."""
        for record in self._other_records():
            yield record
        for id in self.order:
            yield record_types.ACCOUNT, self._body(self._replayed.accounts[id])
            if id in self._replayed.counters:
                yield record_types.COUNTER_VALUE, pack("<HQ", id, self._counter(self._replayed.counters[id]))
        if self.order and self.default != self.order[0]:
            yield record_types.DEFAULT, pack("<H", self.default)

    def _live_sizes(self):
        for _, body in self._other_records():
            yield len(body)
        for id in self.order:
            yield split_extent(self._replayed.accounts[id])[1]
            if id in self._replayed.counters:
                yield record_types.COUNTER_VALUE_SIZE

    def _body(self, extent):
        location, size = split_extent(extent)
        return (self._log if location < SECTOR_SIZE else self._segments).body(location, size)

    def _counter(self, extent):
        counter = unpack("<Q", self._body(extent)[2:10])[0]
        location = split_extent(extent)[0]
        return counter + self._log.unary_count(location) if location < SECTOR_SIZE else counter
