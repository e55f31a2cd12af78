"""The clock, read, set and trimmed, and the note of its last sync."""

from struct import pack, unpack

from ..clock.timekeeper import AdjustmentTooLarge
from ..ui.led_signals import PRESS_FOR_CHANGE
from . import errors
from .access import ANYONE, PRESSED, READ
from .params import REQUIRED, TIMEOUT, integer, text


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
    def action():
        token.access.allow_clock(token.now)
        return {}

    token.wait_for_press(id, action, given["timeout"], PRESS_FOR_CHANGE)


def trim(token, id, given):
    """A register that makes the clock run 13 ppm fast moves it by a step of 30 s in a month, and the budget
    never hears of it: so a trim is a move past the budget.
    """
    if not token.access.may_set_clock(token.now):
        raise AdjustmentTooLarge(0)
    token.time.trim(given["aging"])
    return token.time.describe()


def note(token, id, given):
    """Keeps what only the host knows. When that was, and how often the clock had been set, are the token's
    own words: a false note claims no sync of another time, and hides no setting.

    On a token without an owner a note needs no press, or syncs would leave none. What follows from it, a
    trim, needs one.
    """
    head = pack("<II", token.time.unix(), token.time.describe()["sets"])
    token.store.note_sync(head + given["note"].encode("utf-8"))
    return {}


def noted(token, id, given):
    body = token.store.sync
    if not body:
        return {"unix": None, "sets": None, "note": None}
    unix, sets = unpack("<II", body[:8])
    return {"unix": unix, "sets": sets, "note": body[8:].decode("utf-8")}


METHODS = {
    "clock.get": (get, {}, ANYONE),
    "clock.set": (set_clock, {"unix": (integer(0, 1 << 33), REQUIRED)}, _to_set),
    "clock.allow": (allow, {"timeout": TIMEOUT}, PRESSED),
    "clock.trim": (trim, {"aging": (integer(-128, 127), REQUIRED)}, PRESSED),
    "clock.note": (note, {"note": (text(64), REQUIRED)}, READ),
    "clock.noted": (noted, {}, ANYONE),
}
