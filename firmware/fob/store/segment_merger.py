"""Moves the log's records to segments, and merges segments without the records that are no longer needed.

The replayed state stays the same, except for the locations in it.
"""

from struct import unpack

from . import record_types
from .compaction import DamagedSegment, best_pair, compacted
from .live_records import log_records
from .sector import CAPACITY, count_segments, pack_records
from .sectors import NoFreeSectors


class SegmentMerger:
    """Rewrites some segments. `records` is the StoredRecords."""

    def __init__(self, records):
        self._records = records

    def move_log(self):
        """Moves the log's records to a segment. Returns False if there is no sector for it."""
        records, segments = self._records, self._records.segments
        if not segments.active:
            return False
        # The log's records need as many bytes in a segment. DAMAGE_COUNT is added, but it is shorter than the
        # log's format record, which is not copied.
        joins = segments.active[-1].size + records.log.end <= CAPACITY and not segments.damaged
        if not joins and not segments.has_free_sectors and not self._free_sectors():
            return False
        records.consistent = False
        epoch = records.log.epoch
        try:
            if joins:
                self._merge_segments(len(segments.active) - 1, 1, epoch, lambda: log_records(records))
            else:
                segments.append(self._pack(log_records(records)), epoch, records.next_id)
        except (NoFreeSectors, DamagedSegment):
            records.consistent = True
            raise
        records.log.next_id = records.next_id
        records.log.rewrite(())
        records.scan_log()
        records.replayed.outdated_sectors.discard(0)
        for record in segments.records_of(segments.active[-1]):
            records.replayed.relocate(*record)
        records.consistent = True
        if joins:
            segments.erase_stale()
        return True

    def rewrite_holders(self):
        """Rewrites segments and log without removed accounts. False: everything must be rewritten instead."""
        replayed, segments = self._records.replayed, self._records.segments
        if replayed.removed_other or segments.damaged or not segments.active:
            return False
        try:
            for at, segment in enumerate(list(segments.active)):
                if segment.index + 1 in replayed.outdated_sectors and self._holds_removed(
                    segments.records_of(segment)
                ):
                    self._merge_in_place(at, 1)
            in_log = 0 in replayed.outdated_sectors and self._holds_removed(self._records.log.records())
            if (in_log or self._records.log.damaged) and not self.move_log():
                return False
        except DamagedSegment:
            return False
        segments.erase_stale()
        replayed.removed_ids = set()
        return True

    def _free_sectors(self):
        """Merges two consecutive segments, if possible. Raises NoFreeSectors."""
        segments = self._records.segments
        if segments.damaged or len(segments.active) < 3:
            return False
        at = best_pair(self._records.replayed, segments.active)
        if at is None or count_segments([len(body) for _, body in self._compacted(at, 2)]) > 1:
            return False
        self._merge_in_place(at, 2)
        segments.erase_stale()
        return segments.has_free_sectors

    def _merge_in_place(self, at, count):
        """Merges `count` consecutive segments from number `at`, without the log. Raises NoFreeSectors."""
        records, segments = self._records, self._records.segments
        records.consistent = False
        try:
            self._merge_segments(at, count, segments.active[at + count - 1].epoch, tuple)
        except (NoFreeSectors, DamagedSegment):
            records.consistent = True
            raise
        for record in segments.records_of(segments.active[at]):
            if record[1] in record_types.OF_ACCOUNT:  # of other kinds there may be later records
                records.replayed.relocate(*record)
        records.consistent = True

    def _merge_segments(self, at, count, epoch, more):
        """Merges segments and the records of `more()` into one segment. All must fit."""

        def everything():
            for source in (self._compacted(at, count), more()):
                for record in source:
                    yield record

        records, segments = self._records, self._records.segments
        old = segments.active[at : at + count]
        size = self._pack(everything())
        segments.supersede(at, count, size, epoch, records.next_id)
        for segment in old:
            records.replayed.outdated_sectors.discard(segment.index + 1)

    def _pack(self, records):
        """Packs records into `scratch`. Returns their size. Raises DamagedSegment if they do not fit."""
        batches = pack_records(self._records.scratch, records)
        size = next(batches)
        for _ in batches:
            raise DamagedSegment()
        return size

    def _compacted(self, at, count):
        segments = self._records.segments
        return compacted(self._records.replayed, segments.records_of, segments.active[at : at + count])

    def _holds_removed(self, found):
        for _, kind, body in found:
            if kind == record_types.ACCOUNT and len(body) > record_types.STUB_SIZE:
                if unpack("<H", body[:2])[0] in self._records.replayed.removed_ids:
                    return True
        return False
