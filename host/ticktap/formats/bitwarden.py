"""Bitwarden exports: JSON, CSV, and JSON protected by a password. Those locked to an account cannot be read
here.

Protected: PBKDF2 or Argon2id, HKDF-Expand (RFC 5869) to a key for AES-256-CBC and one for HMAC-SHA-256, and a
text `2.iv|ciphertext|mac`.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import generic_csv, totp_field
from ticktap.formats.decryption import argon2id, decrypt_cbc, pbkdf2
from ticktap.formats.file_format import Certainty, Format, Reader
from ticktap.formats.result import (
    ARCHIVED,
    ImportResult,
    InputFile,
    LeftOut,
    WrongPassword,
    damaged,
    from_base64,
    mapping,
    number,
    parsed,
    sequence,
    text,
)
from ticktap.otp.account import Params

_PBKDF2, _ARGON2ID = 0, 1
_COLUMN = "logintotp"


def recognise(file: InputFile) -> bool:
    """Whether it is an object with items or data and the key `encrypted`."""
    return "encrypted" in file.object and ("items" in file.object or "data" in file.object)


def recognise_csv(file: InputFile) -> bool:
    """Whether it is a table with the columns `login_totp` and `login_uri`."""
    return {_COLUMN, "loginuri"} <= set(generic_csv.heading(file))


read_csv = generic_csv.read


def encrypted(file: InputFile) -> bool:
    """Whether it needs a password."""
    return bool(file.object.get("encrypted"))


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the logins with a TOTP field.

    Raises:
        WrongPassword: it is not the password.
        BadInput: damaged, or locked to an account.
    """
    export = file.object
    if encrypted(file):
        export = mapping(_decrypt(export, password), "the export")
    found = ImportResult()
    items = [each for each in sequence(export.get("items"), "items") if _value(each)]
    found.add_each(items, ("name",), _fields)
    return found.require_any()


def _value(item: object) -> object:
    login = item.get("login") if isinstance(item, dict) else None
    return login.get("totp") if isinstance(login, dict) else None


def _fields(item: dict[str, Any]) -> Params:
    if item.get("deletedDate"):
        raise LeftOut("is in the app's trash and was left out")
    login = mapping(item.get("login"), "login")
    found = totp_field.fields(text(login, "totp"), text(item, "name", ""), text(login, "username", ""))
    found[ARCHIVED] = bool(item.get("archivedDate"))
    return found


def _decrypt(export: dict[str, Any], password: str) -> Any:
    if not export.get("passwordProtected"):
        raise BadInput(
            "the export is locked to a Bitwarden account",
            "Export again as 'json', or as '.json (encrypted)' with a password for the file.",
        )
    key = _key(export, password)
    _decrypt_value(key, text(export, "encKeyValidation_DO_NOT_EDIT"))
    return parsed(_decrypt_value(key, text(export, "data")), "data")


def _key(export: dict[str, Any], password: str) -> bytes:
    """Derives 32 bytes; the salt is the text in the file, not its decoded bytes."""
    salt = text(export, "salt").encode("utf-8", "replace")
    kind, passes = number(export, "kdfType"), number(export, "kdfIterations")
    if kind == _PBKDF2:
        return pbkdf2("sha256", password, salt, passes)
    if kind != _ARGON2ID:
        raise damaged("it was made with an unknown key derivation")
    kib = number(export, "kdfMemory") * 1024
    return argon2id(password, hashlib.sha256(salt).digest(), passes, kib, number(export, "kdfParallelism"))


def _decrypt_value(key: bytes, ciphertext: str) -> bytes:
    kind, _, rest = ciphertext.partition(".")
    pieces = [from_base64(piece, "an encrypted text") for piece in rest.split("|")]
    if kind != "2" or len(pieces) != 3:
        raise damaged("an encrypted text has an unknown type")
    iv, content, mac = pieces
    if not hmac.compare_digest(hmac.digest(_expanded(key, b"mac"), iv + content, "sha256"), mac):
        raise WrongPassword
    return decrypt_cbc(_expanded(key, b"enc"), iv, content)


def _expanded(key: bytes, info: bytes) -> bytes:
    """HKDF-Expand with SHA-256, 32 bytes: the first block suffices."""
    return hmac.digest(key, info + b"\x01", "sha256")


FORMAT = Format("bitwarden", "Bitwarden JSON", (".json",), (Reader(recognise, read, encrypted),))
CSV = Format(
    "bitwarden-csv",
    "Bitwarden CSV",
    (".csv",),
    (Reader(recognise_csv, read_csv, certainty=Certainty.COLUMNS),),
)
