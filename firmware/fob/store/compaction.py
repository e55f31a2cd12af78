"""Segments without what is no longer needed: what a start makes of them stays the same.

Records are read in their order, and where an account is in the person's order depends on it. So an account
that was renamed or removed since leaves a stub behind, which keeps its place. A counter that is no longer the
latest goes; of what replaces all earlier ones the last one stays. All else stays as it is.
"""

from . import record_types
from .locations import parts
from .sector import ROOM, SECTOR


class Spoilt(Exception):
    """Everything has to move instead: a segment that was whole at the start is no longer, and what it lacks
    must not be left out unseen.
    """


def folded(index, records_of, segments):
    """Yields (kind, body) of what `segments`, some in a row, have to hold. Raises Spoilt."""
    latest = {}
    if len(segments) > 1:
        for location, kind, body in _all(records_of, segments):
            if kind in record_types.SINGLE:
                latest[_key(kind, body)] = location
    for location, kind, body in _all(records_of, segments):
        if kind == record_types.ACCOUNT:
            yield kind, body if index.holds(location, kind, body) else body[: record_types.STUB]
        elif kind == record_types.COUNT:
            if index.holds(location, kind, body):
                yield kind, body
        elif latest.get(_key(kind, body), location) == location:
            yield kind, body


def best_pair(index, segments):
    """Which two segments in a row have the least that is needed: the number of the first, or None."""
    sizes = {}
    for places in (index.accounts, index.counters):
        for _, place in places.items():
            location, size = parts(place)
            sector = location // SECTOR - 1
            sizes[sector] = sizes.get(sector, 0) + size
    best = None
    for at in range(len(segments) - 1):
        size = sizes.get(segments[at].index, 0) + sizes.get(segments[at + 1].index, 0)
        if size < ROOM and (best is None or size < best[0]):
            best = size, at
    return best and best[1]


def _all(records_of, segments):
    for segment in segments:
        for record in records_of(segment):
            if record[1] is None:
                raise Spoilt()
            yield record


def _key(kind, body):
    return kind << 8 | (body[0] if kind == record_types.KEY else 0)
