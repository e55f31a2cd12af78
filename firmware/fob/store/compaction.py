"""Segments without what is no longer needed: what a start makes of them stays the same.

Records are read in their order, and where an account is in the person's order depends on it. So an account
that was renamed or removed since leaves a stub behind, which keeps its place. A counter that is no longer the
latest goes; of what replaces all earlier ones the last one stays. All else stays as it is.
"""

from . import record_types
from .locations import split_extent
from .sector import CAPACITY, SECTOR_SIZE


class DamagedSegment(Exception):
    """Everything has to move instead: a segment that was whole at the start is no longer, and what it lacks
    must not be left out unseen.
    """


def compacted(replayed, records_of, segments):
    """Yields (kind, body) of what `segments`, some in a row, have to hold. Raises Spoilt."""
    latest = {}
    if len(segments) > 1:
        for location, kind, body in _all(records_of, segments):
            if kind in record_types.LATEST_ONLY:
                latest[_key(kind, body)] = location
    for location, kind, body in _all(records_of, segments):
        if kind == record_types.ACCOUNT:
            yield kind, body if replayed.is_current(location, kind, body) else body[: record_types.STUB_SIZE]
        elif kind == record_types.COUNTER_VALUE:
            if replayed.is_current(location, kind, body):
                yield kind, body
        elif latest.get(_key(kind, body), location) == location:
            yield kind, body


def best_pair(replayed, segments):
    """Which two segments in a row have the least that is needed: the number of the first, or None."""
    sizes = {}
    for locations in (replayed.accounts, replayed.counters):
        for _, extent in locations.items():
            location, size = split_extent(extent)
            sector = location // SECTOR_SIZE - 1
            sizes[sector] = sizes.get(sector, 0) + size
    best = None
    for at in range(len(segments) - 1):
        size = sizes.get(segments[at].index, 0) + sizes.get(segments[at + 1].index, 0)
        if size < CAPACITY and (best is None or size < best[0]):
            best = size, at
    return best and best[1]


def _all(records_of, segments):
    for segment in segments:
        for record in records_of(segment):
            if record[1] is None:
                raise DamagedSegment()
            yield record


def _key(kind, body):
    return kind << 8 | (body[0] if kind == record_types.WRAPPED_KEY else 0)
