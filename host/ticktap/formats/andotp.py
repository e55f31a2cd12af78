"""andOTP backups: a JSON list, plain or encrypted with a password in either of two ways. OpenPGP ones are
refused.

An encrypted backup has no sign that it is one: bytes that look like nothing else are tried. New: rounds of
PBKDF2-HMAC-SHA-1 (4 bytes, most significant first), salt (12), nonce (12), AES-256-GCM. Old: nonce (12) and
AES-256-GCM under the SHA-256 of the password.
"""

from __future__ import annotations

import hashlib
from math import exp
from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import base32, otpauth
from ticktap.formats.decryption import ROUNDS, decrypt_gcm, encoded, pbkdf2
from ticktap.formats.result import (
    ImportResult,
    InputFile,
    WrongPassword,
    called,
    not_known,
    number,
    parsed,
    text,
)
from ticktap.otp.account import Params

_SALT, _NONCE, _TAG = 12, 12, 16
_LEAST_ROUNDS = 1000  # what is below is the nonce of an old backup
_TYPES = ("totp", "hotp", "steam")
_ENTRY = frozenset(
    [
        "secret",
        "issuer",
        "label",
        "digits",
        "type",
        "algorithm",
        "thumbnail",
        "last_used",
        "used_frequency",
        "period",
        "counter",
        "tags",
    ]
)


def recognise(sample: InputFile) -> bool:
    """A list of objects with secret and type."""
    entries = sample.json
    return (
        isinstance(entries, list)
        and bool(entries)
        and all(isinstance(each, dict) and "secret" in each and "type" in each for each in entries)
    )


def may_be_encrypted(sample: InputFile) -> bool:
    """Bytes that are no text, long enough, and as even as encrypted ones.

    Other binary formats must be asked first.
    """
    data = sample.data
    if sample.text is not None or len(data) < _NONCE + _TAG + 64:
        return False
    head = data[:4096]
    # Of n random bytes about 256 (1 - e^(-n/256)) differ; half of that rules out what has a structure.
    return len(set(head)) > 128 * (1 - exp(-len(head) / 256))


def read(sample: InputFile, password: str = "") -> ImportResult:
    """The entries of a plain backup."""
    return _entries(sample.json)


def read_encrypted(sample: InputFile, password: str = "") -> ImportResult:
    """The entries of an encrypted backup of either kind.

    Raises:
        WrongPassword: it is not the password, or the file is none of andOTP at all.
    """
    rounds = int.from_bytes(sample.data[:4], "big")
    if _LEAST_ROUNDS <= rounds <= ROUNDS:
        start = 4 + _SALT + _NONCE
        key = pbkdf2("sha1", password, sample.data[4 : 4 + _SALT], rounds)
        try:
            return _entries(
                parsed(decrypt_gcm(key, sample.data[4 + _SALT : start], sample.data[start:]), "entries")
            )
        except WrongPassword:
            pass  # an old one may begin with such a number
    key = hashlib.sha256(encoded(password)).digest()
    return _entries(parsed(decrypt_gcm(key, sample.data[:_NONCE], sample.data[_NONCE:]), "entries"))


def _entries(entries: object) -> ImportResult:
    found = ImportResult()
    found.take_each(entries, ("issuer", "label"), _fields)
    return found


def _names(entry: dict[str, Any]) -> tuple[str, str]:
    """Issuer and name; old files have no issuer and a label of `Issuer - name`."""
    issuer, name = called(entry, "issuer"), called(entry, "label")
    if "issuer" not in entry and " - " in name:
        issuer, _, name = name.partition(" - ")
    return issuer, name


def _fields(entry: dict[str, Any]) -> Params:
    kind = text(entry, "type").lower()
    if kind == "motp":
        raise BadInput("mOTP makes its codes with MD5 and a PIN, which the token does not know")
    if kind not in _TYPES:
        raise BadInput("it is of a kind that the token does not know")
    issuer, name = _names(entry)
    return Params(
        issuer=issuer,
        name=name,
        secret=base32.decode(text(entry, "secret")),
        type=kind,
        algorithm=otpauth.algorithm(text(entry, "algorithm", "")),
        digits=number(entry, "digits", 6),
        period=number(entry, "period", 30),
        counter=number(entry, "counter", 0),
        ignored=not_known(entry, _ENTRY, strict=True),
    )
