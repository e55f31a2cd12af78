"""Proton Authenticator exports: JSON, plain or encrypted (Argon2id, AES-256-GCM)."""

from __future__ import annotations

from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import totp_field
from ticktap.formats.decryption import argon2id, decrypt_gcm
from ticktap.formats.file_format import Format, Reader
from ticktap.formats.result import (
    IGNORED,
    ImportResult,
    InputFile,
    from_base64,
    mapping,
    parsed,
    sequence,
    text,
    unknown_keys,
)
from ticktap.otp.account import Params

_AAD = b"proton.authenticator.export.v1"
_PASSES, _KIB, _LANES = 2, 19 * 1024, 1
_NONCE = 12
_CONTENT = frozenset(("uri", "name", "entry_type"))


def recognise(file: InputFile) -> bool:
    """Whether it is an object whose entries have a content, or with a salt and an encrypted content."""
    return encrypted(file) or (
        "version" in file.object
        and isinstance(file.object.get("entries"), list)
        and all(isinstance(each, dict) and "content" in each for each in file.object["entries"])
    )


def encrypted(file: InputFile) -> bool:
    """Whether it needs a password."""
    return "salt" in file.object and isinstance(file.object.get("content"), str)


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the entries of an export.

    Raises:
        WrongPassword: it is not the password.
        BadInput: damaged.
    """
    export = file.object
    if encrypted(file):
        key = argon2id(password, from_base64(export.get("salt"), "salt"), _PASSES, _KIB, _LANES)
        ciphertext = from_base64(export["content"], "content")
        export = mapping(
            parsed(decrypt_gcm(key, ciphertext[:_NONCE], ciphertext[_NONCE:], _AAD), "content"),
            "content",
        )
    found = ImportResult()
    contents = [
        each.get("content") for each in sequence(export.get("entries"), "entries") if _is_object(each)
    ]
    found.add_each(contents, ("name",), _fields)
    return found


def _is_object(entry: object) -> bool:
    return isinstance(entry, dict)


def _fields(content: dict[str, Any]) -> Params:
    kind = text(content, "entry_type", "Totp").lower()
    if kind not in ("totp", "hotp", "steam"):
        raise BadInput("the token does not support its type")
    found = totp_field.fields(text(content, "uri"), "", text(content, "name", ""))
    found[IGNORED] = [*found.get(IGNORED, []), *unknown_keys(content, _CONTENT, strict=True)]
    return found


FORMAT = Format("proton", "Proton Authenticator", (".json",), (Reader(recognise, read, encrypted),))
