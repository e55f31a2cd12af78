"""The stored records: the log, the segments, and the state replayed from them.

RAM has only the replayed state; the accounts' records stay on the flash.
"""

from struct import unpack

from . import record_types
from .live_records import small_records
from .locations import split_extent
from .log import BLANK, FOREIGN, NEWER, OK, Log
from .replayed_state import ReplayedState
from .sector import CAPACITY, SECTOR_SIZE
from .sectors import Segments

UNREAD = "unread"  # memory ran out while the records were read
RESERVE = 96  # bytes kept free, so that a full log without segments can still remove, move and count

_CRITICAL_SIZE = 512  # the most bytes of critical records and other small ones in a generation


class StoredRecords:
    """All records, read at the start.

    Args:
        nvm: see Log.
        sectors: see Segments.

    Attributes:
        scratch: a buffer of one sector. All rewriting uses it.
        settings, wrapped_keys: dicts that are never replaced by other objects.
        consistent: whether the replayed state is that of the flash.
    """

    def __init__(self, nvm, sectors):
        self._nvm = nvm
        self._sectors = sectors
        self.scratch = bytearray(SECTOR_SIZE)  # allocated once, while the heap has such a block
        self._view = memoryview(self.scratch)
        self.settings = {}
        self.wrapped_keys = {}
        self.load()

    def recover(self):
        """Reads all records again if an exception has left the state in RAM different from the flash."""
        if not self.consistent:
            self.load()

    def load(self):
        """Reads all records."""
        self.consistent = False  # until all are replayed: a new generation would leave out the others
        self.replayed = ReplayedState()
        self.log = Log(self._nvm, self.scratch if len(self._nvm) == SECTOR_SIZE else None)
        self.scan_log()
        epoch = self.log.epoch if self.log.state == OK else None
        self.segments = Segments(self._sectors, epoch, self.scratch)
        if self.log.state != NEWER:
            self._discard_moved_log()
            for record in self.segments.records():
                self.replayed.replay(*record)
            for record in self.log.read():
                self.replayed.replay(*record)
        self.next_id = max(self.log.next_id, self.segments.next_id, self.replayed.highest_id + 1)
        self.settings.update(self.replayed.settings)
        self.replayed.settings = self.settings
        self.wrapped_keys.clear()
        self.wrapped_keys.update(self.replayed.wrapped_keys)
        self.replayed.wrapped_keys = self.wrapped_keys
        self.consistent = True

    def replay(self, location, kind, body):
        """Applies a record that was just written to the log."""
        self.consistent = False
        self.replayed.replay(location, kind, body)
        self.next_id = max(self.next_id, self.replayed.highest_id + 1)
        self.consistent = True

    def scan_log(self):
        """Determines the log's state and end. The records are not kept, because a list would need heap."""
        for _ in self.log.read():
            pass

    def _discard_moved_log(self):
        """Clears the log if its records are in segments already."""
        log, covered = self.log, self.segments.covered_epoch
        if log.state == BLANK:
            log.epoch = covered + 1
        elif self.segments.active and (log.state == FOREIGN or log.epoch <= covered):
            log.epoch, log.next_id = covered, self.segments.next_id
            log.rewrite(())
            self.scan_log()

    @property
    def state(self):
        """ "ok", "blank", "foreign", "newer" (log.py) or "unread"."""
        if not self.consistent:
            return UNREAD
        if self.log.state == BLANK and self.segments.active:
            return OK
        return self.log.state

    @property
    def failures(self):
        """The number of wrong PINs in a row."""
        location = self.replayed.attempts_location
        attempts = b"" if location is None else self.log.unary_bytes(location)
        return record_types.failures(self.replayed.failures, attempts)

    @property
    def damaged(self):
        """The number of damaged places."""
        return self.replayed.damage_count + self.log.damaged + self.segments.damaged

    def usage(self):
        """`store` of `status` in docs/protocol.md, without the state. Sizes are in bytes."""
        log, segments, replayed = self.log, self.segments, self.replayed
        counters = len(replayed.counters) * log.cost(record_types.COUNTER_VALUE, bytes(10))
        size = log.needed(list(small_records(self)))
        return {
            "size": log.size + segments.capacity * CAPACITY,
            "used": log.end + len(segments.active) * CAPACITY,
            "live": size + counters + replayed.account_bytes if log.state != NEWER else 0,
            "damaged": self.damaged,
            "file": segments.usable,
            "file_reason": segments.reason,
        }

    @property
    def free(self):
        """The bytes free for accounts."""
        segments = self.segments
        if segments.usable:
            return max(0, (segments.capacity - 1) * (CAPACITY - _CRITICAL_SIZE) - self.replayed.account_bytes)
        return max(0, self.log.free - RESERVE)

    def body(self, extent):
        """The body of a record at an extent (locations.py)."""
        location, size = split_extent(extent)
        return (self.log if location < SECTOR_SIZE else self.segments).body(location, size)

    def read(self, extent):
        """Like `body`, with less heap: from a segment it is a view into `scratch`.

        The next call overwrites it, and so does rewriting.
        """
        location, size = split_extent(extent)
        if location < SECTOR_SIZE:
            return self.log.body(location, size)
        out = self._view[:size]
        self.segments.read_body(location, out)
        return out

    def counter(self, extent):
        """The HOTP counter that the record at an extent gives."""
        counter = unpack("<Q", self.body(extent)[2:10])[0]
        location = split_extent(extent)[0]
        return counter + self.log.unary_count(location) if location < SECTOR_SIZE else counter
