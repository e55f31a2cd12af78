"""Backup codes, temporary codes and app passwords: how they are drawn, shown, recognised and hashed.

No I/O except for random numbers of the system. The database stores an HMAC-SHA256 over the kind, the user's
salt, the label and the code. Its key is not in the database. A backup code is hashed with scrypt (RFC 7914)
first, because it stays valid for years. Letters and digits that look alike are not used.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Literal

from ticktap.registry.keys import Keys

Kind = Literal["backup-code", "issued-code", "app-password"]

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # 31: no I, L, O, 0, 1
_LENGTHS: dict[int, Kind] = {12: "backup-code", 20: "app-password"}  # characters: 59 and 99 bits
_ISSUED_DIGITS = 8
_GROUP = 4
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB, RFC 7914 section 2


def draw(kind: Kind) -> str:
    """Draws a new code, without dashes."""
    if kind == "issued-code":
        return f"{secrets.randbelow(10**_ISSUED_DIGITS):0{_ISSUED_DIGITS}d}"
    length = next(length for length, each in _LENGTHS.items() if each == kind)
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def shown(code: str) -> str:
    """Formats a code in groups of four."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def recognised(typed: str) -> Kind | None:
    """Returns the kind of code that a normalised input (code_check.normalise) may be, besides a token's."""
    if len(typed) in _LENGTHS and all(character in _ALPHABET for character in typed):
        return _LENGTHS[len(typed)]
    if len(typed) == _ISSUED_DIGITS and typed.isascii() and typed.isdigit():
        return "issued-code"
    return None


def hashed(keys: Keys, kind: Kind, salt: bytes, label: str, code: str) -> bytes:
    """Returns the stored hash of a code, 32 bytes.

    Args:
        salt: the user's salt, 16 bytes, which a new name does not change.
        label: the service of an app password; else empty.
        code: in the form that `draw` returns.
    """
    bound = "\0".join((kind, salt.hex(), label)).encode()
    secret = code.encode()
    if kind == "backup-code":
        own = hmac.digest(keys.factors, b"salt\0" + bound, "sha256")
        secret = hashlib.scrypt(secret, salt=own, dklen=32, **_SCRYPT)
    return hmac.digest(keys.factors, bound + b"\0" + secret, "sha256")
