"""What the token remembers of its last clock sync, so that any host can tell how the clock has run since.

A note is a dict: `unix` when the sync was; `before` and `after`, how far the clock was from the host's when
it was found and when it was left; `doubt`, how far both may be off (all three in microseconds; `before` None
when there was nothing to measure); `since`, when the sync before was, or None; `temperature` in quarters of a
degree Celsius and the `aging` register while the clock ran from `since` to `unix`.
"""

from struct import calcsize, pack, unpack

_FORM = "<IIiiIhb"
_NONE = -(1 << 31)  # `before` of a clock that had lost its time
LIMIT = (1 << 31) - 1  # microseconds, 35 minutes: more than that is no drift


def pack_note(note):
    """The note as a record's body. Values must be in range (rpc/clock.py checks)."""
    before = _NONE if note["before"] is None else note["before"]
    times = note["unix"], note["since"] or 0
    return pack(_FORM, *times, before, note["after"], note["doubt"], note["temperature"], note["aging"])


def unpack_note(body):
    """The note of a record's body; None when there is none, or this firmware does not know its form."""
    size = calcsize(_FORM)
    if not body or len(body) < size:
        return None
    at, since, before, after, doubt, temperature, aging = unpack(_FORM, body[:size])
    return {
        "unix": at,
        "since": since or None,
        "before": None if before == _NONE else before,
        "after": after,
        "doubt": doubt,
        "temperature": temperature,
        "aging": aging,
    }
