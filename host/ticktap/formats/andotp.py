"""andOTP backups: a JSON list, plain or encrypted with a password in either of two ways. OpenPGP ones are
refused.

An encrypted backup has no identifying mark, so bytes of no other format are tried. New: rounds of
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
from ticktap.formats.file_format import Certainty, Format, Reader, always
from ticktap.formats.result import (
    ImportResult,
    InputFile,
    WrongPassword,
    called,
    number,
    parsed,
    text,
    unknown_keys,
)
from ticktap.otp.account import Params

_SALT, _NONCE, _TAG = 12, 12, 16
_LEAST_ROUNDS = 1000  # a smaller value is the nonce of an old backup
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


def recognise(file: InputFile) -> bool:
    """Whether it is a list of objects with secret and type."""
    entries = file.json
    return (
        isinstance(entries, list)
        and bool(entries)
        and all(isinstance(each, dict) and "secret" in each and "type" in each for each in entries)
    )


def may_be_encrypted(file: InputFile) -> bool:
    """Whether the bytes are not text, long enough, and distributed like encrypted ones.

    Other binary formats must be checked first.
    """
    data = file.data
    if file.text is not None or len(data) < _NONCE + _TAG + 64:
        return False
    head = data[:4096]
    # Of n random bytes about 256 (1 - e^(-n/256)) are distinct; half of that excludes structured data.
    return len(set(head)) > 128 * (1 - exp(-len(head) / 256))


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the entries of a plain backup."""
    return _entries(file.json)


def read_encrypted(file: InputFile, password: str = "") -> ImportResult:
    """Reads the entries of an encrypted backup of either kind.

    Raises:
        WrongPassword: the password is wrong, or the file is not andOTP's.
    """
    rounds = int.from_bytes(file.data[:4], "big")
    if _LEAST_ROUNDS <= rounds <= ROUNDS:
        start = 4 + _SALT + _NONCE
        key = pbkdf2("sha1", password, file.data[4 : 4 + _SALT], rounds)
        try:
            return _entries(
                parsed(decrypt_gcm(key, file.data[4 + _SALT : start], file.data[start:]), "entries")
            )
        except WrongPassword:
            pass  # an old one may begin with such a number
    key = hashlib.sha256(encoded(password)).digest()
    return _entries(parsed(decrypt_gcm(key, file.data[:_NONCE], file.data[_NONCE:]), "entries"))


def _entries(entries: object) -> ImportResult:
    found = ImportResult()
    found.add_each(entries, ("issuer", "label"), _fields)
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
        raise BadInput("the token does not support mOTP, which uses MD5 and a PIN")
    if kind not in _TYPES:
        raise BadInput("the token does not support its type")
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
        ignored=unknown_keys(entry, _ENTRY, strict=True),
    )


FORMAT = Format("andotp", "andOTP", (".json",), (Reader(recognise, read),))
ENCRYPTED = Format(
    "andotp-encrypted",
    "andOTP, encrypted",
    (".json.aes",),
    (Reader(may_be_encrypted, read_encrypted, always, Certainty.POSSIBLE),),
)
