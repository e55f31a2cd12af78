"""The clock, read and set."""

from ..access import ANYONE, PRESSED
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


METHODS = {
    "clock.get": (get, {}, ANYONE),
    "clock.set": (set_clock, {"unix": (integer(0, 1 << 33), REQUIRED)}, _to_set),
    "clock.allow": (allow, {"timeout": TIMEOUT}, PRESSED),
}
