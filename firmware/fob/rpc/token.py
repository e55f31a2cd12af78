"""The token itself: its name, showing which one it is, taking it into ownership and letting it go."""

from ..ui.led_signals import WAITING_LOSS
from . import errors
from .access import ANYONE, CHANGE, PRESSED
from .params import REQUIRED, TIMEOUT, raw, text

_KEY = 32


def rename(token, id, given):
    token.store.set_name(given["name"])
    return {}


def identify(token, id, given):
    token.identify()
    return {}


def claim(token, id, given):
    _need_unclaimed(token)

    def act():
        token.store.claim(given["key"])
        token.access.end()
        return {}

    token.wait_for_press(id, act, given["timeout"], WAITING_LOSS)


def release(token, id, given):
    if not token.store.claimed:
        raise errors.RpcError(errors.CLAIMED)

    def act():
        token.store.release()
        token.access.end()
        return {}

    token.wait_for_press(id, act, given["timeout"], WAITING_LOSS)


def _need_unclaimed(token):
    if token.store.claimed:
        raise errors.RpcError(errors.CLAIMED)


METHODS = {
    "token.rename": (rename, {"name": (text(32), REQUIRED)}, CHANGE),
    "token.identify": (identify, {}, ANYONE),
    "token.claim": (claim, {"key": (raw(_KEY), REQUIRED), "timeout": TIMEOUT}, ANYONE),
    "token.release": (release, {"timeout": TIMEOUT}, PRESSED),
}
