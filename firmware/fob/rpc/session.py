"""Leave to change things: a press, or the owner's session."""

from ..ui.led_signals import PRESS_FOR_CHANGE
from . import errors
from .access import ANYONE, NONCE_SIZE
from .params import REQUIRED, TIMEOUT, base64_bytes, integer, text, to_base64

_PROOF = 32  # HMAC-SHA-256
_MAC = 16  # AES-CMAC
_CALL = 1024


def allow(token, id, given):
    if token.store.claimed:
        raise errors.RpcError(errors.OWNER)

    def action():
        token.access.allow(token.now)
        return {}

    token.wait_for_press(id, action, given["timeout"], PRESS_FOR_CHANGE)


def open_session(token, id, given):
    return {"nonce": to_base64(token.access.open(given["nonce"]))}


def prove(token, id, given):
    return {"mac": to_base64(token.access.prove(given["mac"], token.now))}


def call(token, id, given):
    from . import dispatch  # which imports this file

    token.access.call(given["seq"], given["call"], given["mac"], token.now)
    request = dispatch.parse(given["call"])
    if request.get("method") == "session.call":
        raise errors.RpcError(errors.REQUEST)
    return dispatch.call(request, id, token, True)


def close(token, id, given):
    """Ends what the connection was allowed, for a program that goes: another may open the port right behind
    it, faster than the token sees it closed."""
    token.access.end()
    return {}


METHODS = {
    "session.allow": (allow, {"timeout": TIMEOUT}, ANYONE),
    "session.open": (open_session, {"nonce": (base64_bytes(NONCE_SIZE), REQUIRED)}, ANYONE),
    "session.prove": (prove, {"mac": (base64_bytes(_PROOF), REQUIRED)}, ANYONE),
    "session.call": (
        call,
        {
            "seq": (integer(1, (1 << 32) - 1), REQUIRED),
            "call": (text(_CALL), REQUIRED),
            "mac": (base64_bytes(_MAC), REQUIRED),
        },
        ANYONE,
    ),
    "session.close": (close, {}, ANYONE),
}
