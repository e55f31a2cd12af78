"""Proton Authenticator exports: JSON, plain or encrypted (Argon2id, AES-256-GCM)."""

from __future__ import annotations

from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import totp_field
from ticktap.formats.decryption import argon2id, decrypt_gcm
from ticktap.formats.result import (
    IGNORED,
    ImportResult,
    InputFile,
    from_base64,
    mapping,
    not_known,
    parsed,
    sequence,
    text,
)
from ticktap.otp.account import Params

_BOUND_TO = b"proton.authenticator.export.v1"
_PASSES, _KIB, _LANES = 2, 19 * 1024, 1
_NONCE = 12
_CONTENT = frozenset(("uri", "name", "entry_type"))


def recognise(sample: InputFile) -> bool:
    """An object with entries that have a content, or with a salt and an encrypted content."""
    return encrypted(sample) or (
        "version" in sample.object
        and isinstance(sample.object.get("entries"), list)
        and all(isinstance(each, dict) and "content" in each for each in sample.object["entries"])
    )


def encrypted(sample: InputFile) -> bool:
    """Whether it asks for a password."""
    return "salt" in sample.object and isinstance(sample.object.get("content"), str)


def read(sample: InputFile, password: str = "") -> ImportResult:
    """The entries of an export.

    Raises:
        WrongPassword: it is not the password.
        BadInput: damaged.
    """
    export = sample.object
    if encrypted(sample):
        key = argon2id(password, from_base64(export.get("salt"), "salt"), _PASSES, _KIB, _LANES)
        sealed = from_base64(export["content"], "content")
        export = mapping(
            parsed(decrypt_gcm(key, sealed[:_NONCE], sealed[_NONCE:], _BOUND_TO), "content"), "content"
        )
    found = ImportResult()
    contents = [
        each.get("content") for each in sequence(export.get("entries"), "entries") if _is_object(each)
    ]
    found.take_each(contents, ("name",), _fields)
    return found


def _is_object(entry: object) -> bool:
    return isinstance(entry, dict)


def _fields(content: dict[str, Any]) -> Params:
    kind = text(content, "entry_type", "Totp").lower()
    if kind not in ("totp", "hotp", "steam"):
        raise BadInput("it is of a kind that the token does not know")
    found = totp_field.fields(text(content, "uri"), "", text(content, "name", ""))
    found[IGNORED] = [*found.get(IGNORED, []), *not_known(content, _CONTENT, strict=True)]
    return found
