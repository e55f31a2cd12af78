"""Reads and writes ticktap's encrypted backup, version 1 (docs/backup-format.md).

Argon2id (RFC 9106) derives a key from the passphrase. AES-256-GCM encrypts the accounts, with the rest of the
file as associated data.
"""

from __future__ import annotations

import base64
import json
import os
import unicodedata
from collections.abc import Sequence
from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import base32
from ticktap.formats.decryption import argon2id, decrypt_gcm
from ticktap.formats.file_format import Format, Reader, always
from ticktap.formats.result import (
    IGNORED,
    ImportResult,
    InputFile,
    damaged,
    from_base64,
    mapping,
    number,
    parsed,
    text,
    unknown_keys,
)
from ticktap.otp.account import Account, Params

VERSION = 1
SHORTEST = 8  # characters of a passphrase
_MARK = "ticktap-backup"
_MEMORY, _PASSES, _LANES = 64 * 1024, 3, 4  # RFC 9106, second recommended option; memory in KiB
_CIPHER = "AES-256-GCM"
_ENTRY = frozenset(["issuer", "name", "type", "algorithm", "digits", "period", "counter", "suffix", "secret"])
_BLOCK = (
    4096  # bytes; the accounts are padded to a multiple, so that the size reveals only their rough number
)


def recognise(file: InputFile) -> bool:
    """Whether it is an object with ticktap's mark."""
    return _MARK in file.object


def check_passphrase(passphrase: str) -> None:
    """Refuses a passphrase that is too short.

    Raises:
        BadInput: it is too short.
    """
    if len(_normal(passphrase)) < SHORTEST:
        raise BadInput(
            f"the passphrase has fewer than {SHORTEST} characters",
            "Use four random words, or more characters.",
        )


def encrypt(accounts: Sequence[Account], passphrase: str, made: int) -> bytes:
    """Encrypts a backup of these accounts. `made`: its time in Unix seconds.

    Raises:
        BadInput: the passphrase is too short.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    check_passphrase(passphrase)
    salt, nonce = os.urandom(16), os.urandom(12)
    header = {
        _MARK: VERSION,
        "kdf": {
            "name": "argon2id",
            "salt": _text(salt),
            "memory": _MEMORY,
            "passes": _PASSES,
            "lanes": _LANES,
        },
        "cipher": _CIPHER,
        "nonce": _text(nonce),
    }
    plain = json.dumps({"made": made, "accounts": [_entry(each) for each in accounts]}).encode()
    plain += b" " * (-len(plain) % _BLOCK)
    key = argon2id(_normal(passphrase), salt, _PASSES, _MEMORY, _LANES)
    content = AESGCM(key).encrypt(nonce, plain, _bound(header))
    return json.dumps(header | {"content": _text(content)}, indent=1).encode() + b"\n"


def read(file: InputFile, password: str = "") -> ImportResult:
    """Decrypts the accounts of a backup.

    Raises:
        WrongPassword: the passphrase is wrong, or the file was changed.
        BadInput: it is damaged, or of a newer version.
    """
    content = _decrypt(file.object, password)
    found = ImportResult()
    found.add_each(content.get("accounts"), ("issuer", "name"), _fields)
    return found


def made(file: InputFile, password: str) -> int:
    """Returns when a backup was made, in Unix seconds. Raises as `read`."""
    return number(_decrypt(file.object, password), "made")


def _decrypt(backup: dict[str, Any], passphrase: str) -> dict[str, Any]:
    if number(backup, _MARK) != VERSION:
        raise BadInput("the backup was made by a newer ticktap", "Update ticktap.")
    kdf = mapping(backup.get("kdf"), "kdf")
    if text(kdf, "name") != "argon2id" or text(backup, "cipher") != _CIPHER:
        raise damaged("its cipher is unknown")
    salt = from_base64(kdf.get("salt"), "salt")
    key = argon2id(
        _normal(passphrase), salt, number(kdf, "passes"), number(kdf, "memory"), number(kdf, "lanes")
    )
    header = {name: value for name, value in backup.items() if name != "content"}
    nonce = from_base64(backup.get("nonce"), "nonce")
    plain = decrypt_gcm(key, nonce, from_base64(backup.get("content"), "content"), _bound(header))
    return mapping(parsed(plain, "the accounts"), "the content")


def _bound(header: dict[str, Any]) -> bytes:
    """The associated data: the header as JSON with sorted names and without spaces."""
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _normal(passphrase: str) -> str:
    return unicodedata.normalize("NFC", passphrase.strip())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _entry(account: Account) -> dict[str, Any]:
    fields = ("issuer", "name", "type", "algorithm", "digits", "period", "counter", "suffix")
    about: dict[str, Any] = {name: getattr(account, name) for name in fields}
    return about | {"secret": base32.encode(account.secret)}


def _fields(entry: dict[str, Any]) -> Params:
    known = Params(
        issuer=text(entry, "issuer", ""),
        name=text(entry, "name", ""),
        secret=base32.decode(text(entry, "secret")),
        type=text(entry, "type"),
        algorithm=text(entry, "algorithm"),
        digits=number(entry, "digits"),
        counter=number(entry, "counter", 0),
        suffix=text(entry, "suffix", "none"),
    )
    known[IGNORED] = unknown_keys(entry, _ENTRY, strict=True)
    if known["type"] != "hotp":
        known["period"] = number(entry, "period")
    return known


FORMAT = Format("ticktap-backup", "ticktap backup", (".backup",), (Reader(recognise, read, always),))
