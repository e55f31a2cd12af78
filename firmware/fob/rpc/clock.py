"""The clock, read, set and trimmed, and the note of its last sync."""

from ..access import ANYONE, CHANGE, PRESSED
from ..clocknote import LIMIT, pack_note, unpack_note
from ..lights import WAITING_CHANGE
from . import errors
from .code import TIMEOUT
from .params import REQUIRED, integer


def get(token, id, given):
    return token.time.describe()


def set_clock(token, id, given):
    try:
        token.time.set(given["unix"], token.access.may_set_clock(token.now))
    except ValueError:
        raise errors.RpcError(errors.PARAMS, "unix")
    return token.time.describe()


def _to_set(token, given):
    """Anyone may use the budget; what a press has allowed is for the one who asked for it."""
    return PRESSED if token.access.may_set_clock(token.now) else ANYONE


def allow(token, id, given):
    def act():
        token.access.allow_clock(token.now)
        return {}

    token.wait_for_press(id, act, given["timeout"], WAITING_CHANGE)


def trim(token, id, given):
    token.time.trim(given["aging"])
    return token.time.describe()


def note(token, id, given):
    token.store.note_sync(pack_note(given))
    return {}


def noted(token, id, given):
    return {"note": unpack_note(token.store.sync)}


def _or_none(check):
    return lambda value: None if value is None else check(value)


_TIME = integer(0, (1 << 32) - 1)
_NOTE = {
    "unix": (_TIME, REQUIRED),
    "since": (_or_none(_TIME), None),
    "before": (_or_none(integer(-LIMIT, LIMIT)), None),
    "after": (integer(-LIMIT, LIMIT), REQUIRED),
    "doubt": (integer(0, LIMIT), REQUIRED),
    "temperature": (integer(-512, 511), REQUIRED),
    "aging": (integer(-128, 127), REQUIRED),
}

METHODS = {
    "clock.get": (get, {}, ANYONE),
    "clock.set": (set_clock, {"unix": (integer(0, 1 << 33), REQUIRED)}, _to_set),
    "clock.allow": (allow, {"timeout": TIMEOUT}, PRESSED),
    "clock.trim": (trim, {"aging": (integer(-128, 127), REQUIRED)}, CHANGE),
    "clock.note": (note, _NOTE, ANYONE),
    "clock.noted": (noted, {}, ANYONE),
}
