"""The token: its name, identifying it, claiming and releasing it."""

from ..store.keystore import SALT_SIZE
from . import errors, press_reason
from .access import ANYONE, CHANGE, KEY_SIZE, PRESSED
from .params import REQUIRED, base64_bytes, text
from .press_timeout import TIMEOUT


def rename(token, id, given):
    token.store.set_name(given["name"])
    return {}


def identify(token, id, given):
    if token.requests.waiting:
        raise errors.RpcError(errors.BUSY)  # its LED signal must not be hidden
    token.identify()
    return {}


def claim(token, id, given):
    _need_unclaimed(token)

    def action():
        token.store.claim(given["key"], given["salt"])
        token.access.end()
        return {}

    token.requests.wait_for_press(id, action, given["timeout"], press_reason.TWICE)


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
    "token.claim": (
        claim,
        {
            "key": (base64_bytes(KEY_SIZE), REQUIRED),
            "salt": (base64_bytes(SALT_SIZE), REQUIRED),
            "timeout": TIMEOUT,
        },
        ANYONE,
    ),
    "token.release": (release, {"timeout": TIMEOUT}, PRESSED),
}
