"""The clock, read and set."""

from . import errors
from .params import REQUIRED, integer


def get(token, id, given):
    return token.time.describe()


def set_clock(token, id, given):
    try:
        token.time.set(given["unix"])
    except ValueError:
        raise errors.RpcError(errors.PARAMS, "unix")
    return token.time.describe()


METHODS = {
    "clock.get": (get, {}),
    "clock.set": (set_clock, {"unix": (integer(0, 1 << 33), REQUIRED)}),
}
