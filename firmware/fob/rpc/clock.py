"""The clock: reading, setting and trimming it, and the sync note."""

from struct import pack, unpack

from ..clock.timekeeper import AdjustmentTooLarge
from . import errors, press_reason
from .access import ANYONE, CHANGE, KEY_SIZE, PRESSED, READ
from .limits import count_write
from .params import REQUIRED, base64_bytes, integer, text
from .press_timeout import TIMEOUT


def get(token, id, given):
    return token.time.describe()


def set_clock(token, id, given):
    access = token.access
    pressed = access.may_set_clock(token.now)
    if not pressed:
        count_write(access, token.now)
    try:
        token.time.set(given["unix"], pressed)
    except ValueError:
        raise errors.RpcError(errors.PARAMS, "unix")
    return token.time.describe()


def _to_set(token, given):
    """Anyone may set the clock within the adjustment limit. A press allows more to the session."""
    return CHANGE if token.access.may_set_clock(token.now) else ANYONE


def allow(token, id, given):
    def action():
        from .session_calls import allow as allow_session
        from .session_calls import allow_clock

        allow_session(token.access, given["key"], token.now)
        allow_clock(token.access, token.now)
        return {}

    token.requests.wait_for_press(id, action, given["timeout"], press_reason.CHANGE)


def _to_trim(token, given):
    return CHANGE if token.access.may_set_clock(token.now) else PRESSED


def trim(token, id, given):
    """Sets the aging offset. This needs a press: it can change the rate by 13 ppm, which is one time step of
    30 s in a month, and the adjustment limit does not count it.
    """
    if not token.access.may_set_clock(token.now):
        raise AdjustmentTooLarge(0)
    token.time.trim(given["aging"])
    return token.time.describe()


def note(token, id, given):
    """Stores the host's sync note, with the token's own time and its count of settings.

    The token adds these two itself, so a false note cannot claim another time of the sync or hide a setting.
    On a token without an owner a note needs no press, because a sync needs none. A trim that uses the note
    needs one. The number of notes is limited, because each is written to the flash.
    """
    count_write(token.access, token.now)
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
    "clock.allow": (allow, {"key": (base64_bytes(KEY_SIZE), None), "timeout": TIMEOUT}, PRESSED),
    "clock.trim": (trim, {"aging": (integer(-128, 127), REQUIRED)}, _to_trim),
    "clock.note": (note, {"note": (text(64), REQUIRED)}, READ),
    "clock.noted": (noted, {}, ANYONE),
}
