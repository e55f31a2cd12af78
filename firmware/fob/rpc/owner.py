"""Taking a token into ownership, and letting it go."""

from ..access import ANYONE, PRESSED
from ..lights import WAITING_LOSS
from . import errors
from .code import TIMEOUT
from .params import REQUIRED, raw

_KEY = 32


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
    "token.claim": (claim, {"key": (raw(_KEY), REQUIRED), "timeout": TIMEOUT}, ANYONE),
    "token.release": (release, {"timeout": TIMEOUT}, PRESSED),
}
