"""Sessions: each call has a number and a MAC, so that another program on the port cannot use the permission.

In the owner session host and token each prove that they have the owner key, and neither sends it:
HMAC-SHA-256 (RFC 2104) over both nonces opens it. A session that a press allows has a key that this side
chose. AES-CMAC (RFC 4493) authenticates each call (docs/protocol.md, "Sessions"). No I/O: connection.py sends
and receives the bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from ticktap.device.owner_key import KEY_BYTES, token_key
from ticktap.device.protocol import NONCE_BYTES, SALT_BYTES
from ticktap.errors import NotOwner, TokenError
from ticktap.otp.account import Hidden, Params

_PROOF_BYTES = 32  # HMAC-SHA-256

Call = Callable[[str, Mapping[str, Any]], Any]  # Client.call: method and parameters to result


class Session:
    """An open session. It contains the session key only, not the owner key."""

    def __init__(self, key: bytes, is_owner: bool = True) -> None:
        self._key = Hidden(key)
        self._used = 0
        self.is_owner = is_owner

    def wrap(self, method: str, params: Mapping[str, Any]) -> Params:
        """Returns the parameters of a `session.call` for this call. The token accepts each one once."""
        self._used += 1
        message: dict[str, Any] = {"method": method}
        if params:
            message["params"] = dict(params)
        call = _printable(json.dumps(message, ensure_ascii=False, separators=(",", ":")))
        mac = _cmac(self._key, self._used.to_bytes(4, "big") + call.encode())
        return Params(seq=self._used, call=call, mac=encoded(mac))

    def __repr__(self) -> str:
        return f"<Session, {self._used} calls>"


def _printable(text: str) -> str:
    """Escapes control characters in JSON. The token refuses a call with one, and does not say which value."""
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def pressed_session() -> tuple[Session, str]:
    """Makes a session for a press to allow. Returns it, and its key in base64 for the request."""
    __tracebackhide__ = True
    key = Hidden(os.urandom(KEY_BYTES))
    return Session(key, False), encoded(key)


def open_session(call: Call, master: bytes, serial: str) -> Session:
    """Proves to the token that this side has the owner key, and checks the token's proof.

    Args:
        master: the master key, from which the token's salt and serial number give its key.

    Raises:
        NotOwner: the owner has another master key, or the token has no owner.
        TokenError: the token's proof is wrong, or its response does not follow the protocol.
    """
    __tracebackhide__ = True  # pytest would show the key
    ours = os.urandom(NONCE_BYTES)
    opened = call("session.open", {"nonce": encoded(ours)})
    if opened.get("salt") is None:
        raise NotOwner("the token has no owner", "'ticktap token claim' makes you its owner.")
    theirs = decoded(opened.get("nonce"), NONCE_BYTES)
    key = token_key(master, serial, decoded(opened["salt"], SALT_BYTES))
    about = serial.encode("ascii", "replace") + theirs + ours
    proof = call("session.prove", {"mac": encoded(_mac(key, b"ticktap host" + about))})
    shown = decoded(proof.get("mac"), _PROOF_BYTES)
    if not hmac.compare_digest(shown, _mac(key, b"ticktap token" + about)):
        raise TokenError(
            "the device accepted the owner's proof but could not prove that it is the owner's token",
            "Do not use it: it may be another program or another token.",
        )
    return Session(_mac(key, b"ticktap calls" + about))


def encoded(data: bytes) -> str:
    """Encodes bytes in standard base64, as the protocol does."""
    return base64.b64encode(data).decode("ascii")


def decoded(text: object, size: int) -> bytes:
    """Decodes `size` bytes from standard base64.

    Raises:
        TokenError: the text is anything else.
    """
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except binascii.Error:
        data = b""
    if len(data) != size:
        raise TokenError("the token's answer has the wrong form", "Update the token's firmware.")
    return data


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, hashlib.sha256)


def _cmac(key: bytes, message: bytes) -> bytes:
    """AES-CMAC, 16 bytes; `key` is 16, 24 or 32 bytes long."""
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.cmac import CMAC

    code = CMAC(AES(bytes(key)))
    code.update(message)
    return code.finalize()
