"""Counting without a new record each time: HOTP uses and PIN attempts, as bits of a record in the log.

`store` is the RecordStore.
"""

from struct import pack

from . import record_types
from .locations import split_extent
from .log import StoreFull
from .sector import SECTOR_SIZE

_SIZE = 32  # increments per record: HOTP codes, or two for each PIN attempt
_NOT_IN_LOG = SECTOR_SIZE << 9  # an extent


def use_counter(store, id, counter):
    """Stores an account's HOTP counter as used. Raises StoreFull; then it is not."""
    records = store.records
    location = split_extent(records.replayed.counters.get(id, _NOT_IN_LOG))[0]
    if location < SECTOR_SIZE and records.log.unary_left(location):
        records.log.increment(location)
        return
    head = pack("<HQ", id, counter)
    store.make_room(records.log.cost(record_types.UNARY_COUNTER, head + b"\x01"))
    run = min(_SIZE, records.log.free - records.log.cost(record_types.UNARY_COUNTER, head + b"\x00"))
    if run < 1:
        raise StoreFull()
    store.append(record_types.UNARY_COUNTER, head + bytes((run,)))
    records.log.increment(split_extent(records.replayed.counters[id])[0])


def record_attempt(store, value):
    """Stores a step of a PIN attempt (record_types.ATTEMPTED, UNLOCKED)."""
    records = store.records
    location = records.replayed.attempts_location
    if location is None or not records.log.unary_left(location):
        store.append(record_types.PIN_ATTEMPTS, bytes((min(records.failures, 255), _SIZE)))
    records.log.increment(records.replayed.attempts_location, value)
