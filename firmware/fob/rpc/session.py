"""Permission for changes: by a press, or by the owner's session."""

from . import errors, press_reason, session_calls
from .access import ANYONE, KEY_SIZE, NONCE_SIZE
from .params import REQUIRED, base64_bytes, integer, text, to_base64
from .press_timeout import TIMEOUT

_PROOF = 32  # HMAC-SHA-256
_MAC = 16  # AES-CMAC
_CALL = 1024


def allow(token, id, given):
    if token.store.claimed:
        raise errors.RpcError(errors.OWNER)

    def action():
        session_calls.allow(token.access, given["key"], token.now)
        return {}

    token.requests.wait_for_press(id, action, given["timeout"], press_reason.CHANGE)


def open_session(token, id, given):
    salt = token.store.owner_salt
    return {
        "nonce": to_base64(session_calls.open_proof(token.access, given["nonce"])),
        "salt": salt and to_base64(salt),
    }


def prove(token, id, given):
    return {"mac": to_base64(session_calls.prove(token.access, given["mac"], token.now))}


def call(token, id, given):
    """Returns the text of a call and whether the session's permission covers it. dispatch performs it."""
    allowed = session_calls.call(token.access, given["seq"], given["call"], given["mac"], token.now)
    return given["call"], allowed


def close(token, id, given):
    """Ends all permissions of the connection. A program sends this before it closes the port: another program
    may open the port before the token has noticed.
    """
    token.access.end()
    return {}


METHODS = {
    "session.allow": (allow, {"key": (base64_bytes(KEY_SIZE), REQUIRED), "timeout": TIMEOUT}, ANYONE),
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
