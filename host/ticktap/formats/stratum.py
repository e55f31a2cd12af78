"""Stratum (Authenticator Pro) backups: JSON, plain or encrypted with a password in either of two ways.

New: a magic text, salt (16), nonce (12), AES-256-GCM under Argon2id. Old: another magic text, salt (20), IV
(16), AES-256-CBC under PBKDF2-HMAC-SHA-1.
"""

from __future__ import annotations

from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import base32
from ticktap.formats.decryption import argon2id, decrypt_cbc, decrypt_gcm, pbkdf2
from ticktap.formats.result import (
    ImportResult,
    InputFile,
    WrongPassword,
    mapping,
    not_known,
    number,
    parsed,
    text,
)
from ticktap.otp.account import Params

_MAGIC, _OLD_MAGIC = b"AUTHENTICATORPRO", b"AuthenticatorPro"
_PASSES, _KIB, _LANES = 3, 64 * 1024, 4
_OLD_ROUNDS = 64_000
_TYPES = {1: "hotp", 2: "totp", 4: "steam"}
_MOTP, _YANDEX = 3, 5
_ENTRY = frozenset(
    [
        "Type",
        "Icon",
        "Issuer",
        "Username",
        "Secret",
        "Algorithm",
        "Digits",
        "Period",
        "Counter",
        "CopyCount",
        "Ranking",
        "Pin",
        "LastUsed",
    ]
)
_ALGORITHMS = {0: "SHA1", 1: "SHA256", 2: "SHA512"}


def recognise(sample: InputFile) -> bool:
    """A magic text, or an object with authenticators."""
    return encrypted(sample) or "Authenticators" in sample.object


def encrypted(sample: InputFile) -> bool:
    """Whether it asks for a password."""
    return sample.data.startswith((_MAGIC, _OLD_MAGIC))


def read(sample: InputFile, password: str = "") -> ImportResult:
    """The authenticators of a backup.

    Raises:
        WrongPassword: it is not the password.
        BadInput: damaged.
    """
    backup = _opened(sample.data, password) if encrypted(sample) else sample.object
    found = ImportResult()
    entries = mapping(backup, "the backup").get("Authenticators")
    found.take_each(entries, ("Issuer", "Username"), _fields)
    return found


def _opened(data: bytes, password: str) -> Any:
    if data.startswith(_MAGIC):
        salt, nonce, sealed = data[16:32], data[32:44], data[44:]
        return parsed(
            decrypt_gcm(argon2id(password, salt, _PASSES, _KIB, _LANES), nonce, sealed), "the backup"
        )
    salt, iv, sealed = data[16:36], data[36:52], data[52:]
    plain = decrypt_cbc(pbkdf2("sha1", password, salt, _OLD_ROUNDS), iv, sealed)
    try:
        return parsed(plain, "the backup")
    except BadInput:  # nothing authenticates the old form: a wrong key gives nonsense
        raise WrongPassword from None


def _fields(entry: dict[str, Any]) -> Params:
    kind = number(entry, "Type", 2)
    if kind == _MOTP:
        raise BadInput("mOTP makes its codes with MD5 and a PIN, which the token does not know")
    if kind == _YANDEX:
        raise BadInput("Yandex makes its codes from a PIN in a way of its own, which the token does not know")
    algorithm = number(entry, "Algorithm", 0)
    if kind not in _TYPES or algorithm not in _ALGORITHMS:
        raise BadInput("it is of a kind that the token does not know")
    return Params(
        issuer=text(entry, "Issuer", ""),
        name=text(entry, "Username", ""),
        secret=base32.decode(text(entry, "Secret")),
        type=_TYPES[kind],
        algorithm=_ALGORITHMS[algorithm],
        digits=number(entry, "Digits", 6),
        period=number(entry, "Period", 30),
        counter=number(entry, "Counter", 0),
        ignored=not_known(entry, _ENTRY),
    )
