"""Stratum (Authenticator Pro) backups: JSON, plain or encrypted with a password in either of two ways.

New: a magic text, salt (16), nonce (12), AES-256-GCM under Argon2id. Old: another magic text, salt (20), IV
(16), AES-256-CBC under PBKDF2-HMAC-SHA-1.
"""

from __future__ import annotations

from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import base32
from ticktap.formats.decryption import argon2id, decrypt_cbc, decrypt_gcm, pbkdf2
from ticktap.formats.file_format import Format, Reader
from ticktap.formats.result import (
    ImportResult,
    InputFile,
    WrongPassword,
    mapping,
    number,
    parsed,
    text,
    unknown_keys,
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


def recognise(file: InputFile) -> bool:
    """Whether it starts with a magic text, or is an object with authenticators."""
    return encrypted(file) or "Authenticators" in file.object


def encrypted(file: InputFile) -> bool:
    """Whether it needs a password."""
    return file.data.startswith((_MAGIC, _OLD_MAGIC))


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the authenticators of a backup.

    Raises:
        WrongPassword: it is not the password.
        BadInput: damaged.
    """
    backup = _decrypt(file.data, password) if encrypted(file) else file.object
    found = ImportResult()
    entries = mapping(backup, "the backup").get("Authenticators")
    found.add_each(entries, ("Issuer", "Username"), _fields)
    return found


def _decrypt(data: bytes, password: str) -> Any:
    if data.startswith(_MAGIC):
        salt, nonce, ciphertext = data[16:32], data[32:44], data[44:]
        return parsed(
            decrypt_gcm(argon2id(password, salt, _PASSES, _KIB, _LANES), nonce, ciphertext), "the backup"
        )
    salt, iv, ciphertext = data[16:36], data[36:52], data[52:]
    plain = decrypt_cbc(pbkdf2("sha1", password, salt, _OLD_ROUNDS), iv, ciphertext)
    try:
        return parsed(plain, "the backup")
    except BadInput:  # the old format is not authenticated: a wrong key gives garbage
        raise WrongPassword from None


def _fields(entry: dict[str, Any]) -> Params:
    kind = number(entry, "Type", 2)
    if kind == _MOTP:
        raise BadInput("the token does not support mOTP, which uses MD5 and a PIN")
    if kind == _YANDEX:
        raise BadInput("the token does not support Yandex's codes, which use a PIN")
    algorithm = number(entry, "Algorithm", 0)
    if kind not in _TYPES or algorithm not in _ALGORITHMS:
        raise BadInput("the token does not support its type")
    return Params(
        issuer=text(entry, "Issuer", ""),
        name=text(entry, "Username", ""),
        secret=base32.decode(text(entry, "Secret")),
        type=_TYPES[kind],
        algorithm=_ALGORITHMS[algorithm],
        digits=number(entry, "Digits", 6),
        period=number(entry, "Period", 30),
        counter=number(entry, "Counter", 0),
        ignored=unknown_keys(entry, _ENTRY),
    )


FORMAT = Format(
    "stratum", "Stratum (Authenticator Pro)", (".authpro", ".stratum"), (Reader(recognise, read, encrypted),)
)
