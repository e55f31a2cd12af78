"""The record store: records are written to the log, and moved to segments when it is full.

A change is one record in the log, which is on the flash when `append` returns. When the log is full, its
records move to a segment. When no sectors are free, two consecutive segments are merged without the records
that are no longer needed (segment_merger.py), or all live records move to a new generation. When an account
is removed, the segments and the log that contain it are rewritten without it. Accounts are moved in encrypted
form, so all this works on a locked token too.

Without sectors (`sectors` is None, or too few are usable) there is only the log.
"""

from .compaction import DamagedSegment
from .live_records import critical_records, live_records, live_sizes
from .log import BLANK, NEWER, OK, StoreFull
from .sector import count_segments, pack_records
from .sectors import NoFreeSectors
from .segment_merger import SegmentMerger
from .stored_records import RESERVE, StoredRecords


class Unusable(Exception):
    """The store cannot be used: another program's data, a newer format, no key, no memory (`state`)."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


class NoStoreFile(Exception):
    """The change needs segments that can be written: otherwise data could be lost, or come back."""


def need_usable(state):
    """Raises Unusable unless this is the state of a store that can be changed."""
    if state not in (OK, BLANK):
        raise Unusable(state)


class RecordStore:
    """Changes the records. Completes what a power cut interrupted.

    Args:
        nvm: see Log.
        sectors: see Segments.

    Attributes:
        records: the StoredRecords.
    """

    def __init__(self, nvm, sectors):
        self.records = records = StoredRecords(nvm, sectors)
        self._merger = SegmentMerger(records)
        if records.replayed.removed_other or records.replayed.removed_ids:
            self.erase_removed()
        elif records.log.state != NEWER:
            records.segments.erase_stale()

    def append(self, kind, body, growing=False):
        """Writes a record. `growing`: it needs room permanently, so a nearly full store refuses it.

        Raises Unusable, StoreFull.
        """
        records, log = self.records, self.records.log
        need_usable(records.state)
        if records.segments.usable:
            if growing and log.cost(kind, body) > records.free:
                raise StoreFull()
            # The sectors may turn out to be unusable.
            self.make_room(log.cost(kind, body) + (RESERVE if growing else 0))
            growing = False
        location = records.log.append(kind, body, RESERVE if growing else 0)
        records.replay(location, kind, body)

    def make_room(self, size):
        """Empties the log if it has less than `size` bytes free and there are segments. Raises StoreFull."""
        records = self.records
        if not records.segments.usable or records.log.free >= size:
            return
        try:
            done = self._merger.move_log()
        except NoFreeSectors:
            raise StoreFull()
        except DamagedSegment:
            done = False
        if not done:
            self._rewrite_all()

    def erase_removed(self):
        """Erases removed records from the flash, if there are sectors for the others."""
        if self.records.segments.usable:
            try:
                if not self._merger.rewrite_holders():
                    self._rewrite_all()
            except (StoreFull, NoFreeSectors):
                pass  # the sectors are unusable; the account is removed, but its record stays on the flash

    def compact(self):
        """Rewrites the store without records that are no longer needed, and forgets damage.

        Without segments this takes 60 ms, and a power cut meanwhile loses everything.
        """
        records = self.records
        need_usable(records.state)
        records.replayed.damage_count = records.log.damaged = records.segments.damaged = 0
        if records.segments.usable:
            self._rewrite_all()
            return

        def live():
            critical = list(critical_records(records))
            return critical + critical + list(live_records(records))  # twice, as in segments

        self._rewrite_log(live, records.next_id)

    def start_over(self, live, next_id):
        """Replaces everything by the records of `live()`. Raises NoStoreFile, StoreFull."""
        records = self.records
        if not records.segments.usable:
            self._rewrite_log(live, next_id)
            return
        if records.log.state != OK:
            records.log.epoch = records.segments.covered_epoch + 1
        self.begin_generation(live, lambda: [len(body) for _, body in live()], next_id, ())

    def begin_generation(self, live, sizes, next_id, critical, written=None):
        """Writes a new generation.

        Args:
            live(): the records.
            sizes(): how long their bodies are.
            next_id: the first id that is free.
            critical: records that begin every segment: damage to one loses none.
            written(): is called when the generation is on the flash, before it is read.

        Raises StoreFull; then nothing has changed.
        """
        records = self.records
        count = count_segments(sizes(), critical)
        if count == 1:
            critical = list(critical) * 2  # else the only segment would have the key only once
            count = count_segments(sizes(), critical)
        batches = pack_records(records.scratch, live(), critical)
        try:
            records.segments.replace(batches, count, records.log.epoch, next_id)
        except NoFreeSectors:
            raise StoreFull()
        records.consistent = False
        if written:
            written()
        records.log.next_id = next_id
        records.log.rewrite(())
        records.load()
        records.segments.erase_stale()

    # -- inside

    def _rewrite_all(self):
        """Writes a new generation with the live records."""
        records = self.records
        self.begin_generation(
            lambda: live_records(records),
            lambda: live_sizes(records),
            records.next_id,
            list(critical_records(records)),
        )

    def _rewrite_log(self, live, next_id):
        """Replaces the log by the records of `live()`.

        Raises NoStoreFile if there are segments: their old records would come back.
        """
        records = self.records
        if records.segments.active:
            raise NoStoreFile()
        records.log.next_id = next_id
        records.log.rewrite(list(live()))
        records.load()
