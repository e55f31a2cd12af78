"""The token: its name, identifying it, claiming and releasing it."""

from . import errors, press_reason
from .access import ANYONE, CHANGE, PRESSED
from .params import REQUIRED, TIMEOUT, base64_bytes, text

_KEY = 32


def rename(token, id, given):
    token.store.set_name(given["name"])
    return {}


def identify(token, id, given):
    token.identify()
    return {}


def claim(token, id, given):
    _need_unclaimed(token)

    def action():
        token.store.claim(given["key"])
        token.access.end()
        return {}

    token.requests.wait_for_press(id, action, given["timeout"], press_reason.DESTRUCTIVE)


def release(token, id, given):
    if not token.store.claimed:
        raise errors.RpcError(errors.CLAIMED)

    def action():
        token.store.release()
        token.access.end()
        return {}

    token.requests.wait_for_press(id, action, given["timeout"], press_reason.DESTRUCTIVE)


def _need_unclaimed(token):
    if token.store.claimed:
        raise errors.RpcError(errors.CLAIMED)


METHODS = {
    "token.rename": (rename, {"name": (text(32), REQUIRED)}, CHANGE),
    "token.identify": (identify, {}, ANYONE),
    "token.claim": (claim, {"key": (base64_bytes(_KEY), REQUIRED), "timeout": TIMEOUT}, ANYONE),
    "token.release": (release, {"timeout": TIMEOUT}, PRESSED),
}
