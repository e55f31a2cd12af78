"""The session of a connection: how a press or the owner's proof begins it, and its calls (access.py)."""

from ..crypto import hmac
from ..crypto.cmac import Cmac, equal
from .access import NONCE_SIZE, PRESS_MS, Denied

_OWNER_MS = 600_000
_CLOCK_MS = 30_000  # how long a press allows the clock to be set to any time
_HOST = b"ticktap host"
_TOKEN = b"ticktap token"
_CALLS = b"ticktap calls"


def allow(access, key, now_ms):
    """Begins a session after a press. `key`: what the program that asked chose; None: no session.

    On a token with an owner, the owner's session remains.
    """
    if key and not access.store.claimed:
        _begin(access, key, False, now_ms)


def allow_clock(access, now_ms):
    """Allows the session to set the clock to any time, after a press."""
    access.clock_until = now_ms + _CLOCK_MS


def open_proof(access, other):
    """Begins a proof. Returns the token's new nonce. `other` is the host's nonce."""
    nonce = access.system.random(NONCE_SIZE)
    access.nonces = access.system.serial.encode("utf-8") + nonce + other
    return nonce


def prove(access, proof, now_ms):
    """Checks the host's proof and begins the owner's session. Returns the token's proof. Raises Denied."""
    message, access.nonces = access.nonces, None
    key = access.store.owner() if access.store.claimed else None
    if key is None or message is None:
        raise Denied(True)
    owner = hmac.Hmac("SHA256", key)
    if not equal(owner.digest(_HOST + message), proof):
        raise Denied(True)
    _begin(access, owner.digest(_CALLS + message), True, now_ms)
    return owner.digest(_TOKEN + message)


def call(access, seq, text, proof, now_ms):
    """Checks one call of the session. Returns whether it has the session's permission.

    On a token without an owner a call of a session that has ended is an ordinary request. Raises Denied if
    its number or its MAC is wrong, or if the owner's session has ended.
    """
    claimed = access.store.claimed
    if not access.is_open(now_ms):
        access.calls = None
        if claimed:
            raise Denied(True)
        return False
    message = seq.to_bytes(4, "big") + text.encode("utf-8")
    if seq != access.sequence + 1 or not equal(access.calls.digest(message), proof):
        raise Denied(claimed)
    access.sequence = seq
    _extend(access, now_ms)
    return True


def _begin(access, key, is_owner, now_ms):
    access.calls = Cmac(access.system.aes, key)
    access.is_owner = is_owner
    access.sequence = access.clock_until = 0
    _extend(access, now_ms)


def _extend(access, now_ms):
    access.calls_until = now_ms + (_OWNER_MS if access.is_owner else PRESS_MS)
