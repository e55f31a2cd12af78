"""The live records: what a new generation and a rewritten log contain. All are yielded as (kind, body).

`records` is the StoredRecords.
"""

from struct import pack, unpack

from . import record_types, settings
from .locations import split_extent


def critical_records(records):
    """The records that each segment repeats: the loss of one sector must not lose them."""
    for wrap in records.wrapped_keys.values():
        yield record_types.WRAPPED_KEY, wrap
    if records.replayed.owner:
        yield record_types.OWNER, records.replayed.owner
    if records.failures:
        yield record_types.PIN_FAILURES, bytes((min(records.failures, 255),))


def small_records(records):
    """All live records except accounts and counters."""
    for record in critical_records(records):
        yield record
        if not records.segments.usable:
            yield record
    for record in other_records(records):
        yield record


def other_records(records):
    """The records for name, settings and clock."""
    replayed = records.replayed
    if replayed.name:
        yield record_types.NAME, replayed.name.encode("utf-8")
    defaults = settings.defaults()
    changes = [
        settings.encode(name, value) for name, value in records.settings.items() if value != defaults[name]
    ]
    if changes:
        yield record_types.SETTING, b"".join([pack("<BH", *pair) for pair in changes])
    if replayed.clock:
        yield record_types.CLOCK, replayed.clock
    if replayed.sync_note:
        yield record_types.SYNC_NOTE, replayed.sync_note
    if records.damaged:
        yield record_types.DAMAGE_COUNT, pack("<H", min(records.damaged, 0xFFFF))


def live_records(records):
    """The live records without the critical ones."""
    replayed = records.replayed
    for record in other_records(records):
        yield record
    for id in replayed.order:
        yield record_types.ACCOUNT, records.body(replayed.accounts[id])
        if id in replayed.counters:
            yield record_types.COUNTER_VALUE, pack("<HQ", id, records.counter(replayed.counters[id]))
    if replayed.order and replayed.default != replayed.order[0]:
        yield record_types.DEFAULT, pack("<H", replayed.default)


def live_sizes(records):
    """How long the bodies of `live_records` are. Reads no accounts."""
    replayed = records.replayed
    for _, body in other_records(records):
        yield len(body)
    for id in replayed.order:
        yield split_extent(replayed.accounts[id])[1]
        if id in replayed.counters:
            yield record_types.COUNTER_VALUE_SIZE


def log_records(records):
    """The log's records in the form that segments have."""
    replayed = records.replayed
    lost = replayed.damage_count
    for location, kind, body in records.log.records():
        if kind == record_types.ACCOUNT:
            current = replayed.is_current(location, kind, body)
            yield kind, body if current else body[: record_types.STUB_SIZE]
        elif kind == record_types.UNARY_COUNTER:
            id = unpack("<H", body[:2])[0]
            if split_extent(replayed.counters.get(id, 0))[0] == location:
                yield record_types.COUNTER_VALUE, pack("<HQ", id, records.counter(replayed.counters[id]))
        elif kind == record_types.PIN_ATTEMPTS:
            if replayed.attempts_location == location:
                yield record_types.PIN_FAILURES, bytes((records.failures,))
        elif kind is None:
            lost += location > 0  # at the very beginning it is an incomplete format record
        elif kind != record_types.DAMAGE_COUNT:
            yield kind, body
    if lost:
        yield record_types.DAMAGE_COUNT, pack("<H", min(lost, 0xFFFF))
