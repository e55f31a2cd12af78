"""2FAS backups: JSON of schema 1 to 4, plain or encrypted (PBKDF2, AES-256-GCM).

Encrypted services are three base64 texts with colons between: ciphertext and tag, salt, nonce. `reference` is
a constant encrypted in the same way: it distinguishes a wrong password from a damaged file.
"""

from __future__ import annotations

from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import base32, otpauth
from ticktap.formats.decryption import decrypt_gcm, pbkdf2
from ticktap.formats.file_format import Format, Reader
from ticktap.formats.result import (
    ImportResult,
    InputFile,
    WrongPassword,
    damaged,
    from_base64,
    mapping,
    number,
    parsed,
    text,
    unknown_keys,
)
from ticktap.otp.account import Params

_ROUNDS = 10_000
_TYPES = ("totp", "hotp", "steam")


_SERVICE = frozenset(
    [
        "name",
        "secret",
        "updatedAt",
        "type",
        "serviceTypeID",
        "otp",
        "order",
        "icon",
        "groupId",
        "badge",
        "account",
        "issuer",
    ]
)
_OTP = frozenset(
    ["label", "account", "issuer", "digits", "period", "algorithm", "counter", "tokenType", "source", "link"]
)


def recognise(file: InputFile) -> bool:
    """Whether it is an object with services and a schema version."""
    return "services" in file.object and "schemaVersion" in file.object


def encrypted(file: InputFile) -> bool:
    """Whether it needs a password."""
    return bool(file.object.get("servicesEncrypted"))


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the services of a backup.

    Raises:
        WrongPassword: it is not the password.
        BadInput: damaged.
    """
    backup = file.object
    services = _decrypt(backup, password) if encrypted(file) else backup.get("services")
    found = ImportResult()
    found.add_each(services, ("name",), _fields)
    return found


def _decrypt(backup: dict[str, Any], password: str) -> Any:
    try:
        return parsed(_decrypt_value(text(backup, "servicesEncrypted"), password), "services")
    except WrongPassword:
        if backup.get("reference"):
            _decrypt_value(text(backup, "reference"), password)  # raises for a wrong password too
            raise damaged("the password is right, but the services were changed") from None
        raise


def _decrypt_value(ciphertext: str, password: str) -> bytes:
    pieces = ciphertext.split(":")
    if len(pieces) != 3:
        raise damaged("the encrypted services are incomplete")
    content, salt, nonce = (from_base64(piece, "a piece of the services") for piece in pieces)
    return decrypt_gcm(pbkdf2("sha256", password, salt, _ROUNDS), nonce, content)


def _fields(service: dict[str, Any]) -> Params:
    otp = mapping(service.get("otp", {}), "otp")
    kind = text(otp, "tokenType", "TOTP").lower()
    if kind not in _TYPES:
        raise BadInput("the token does not support its type")
    return Params(
        issuer=text(otp, "issuer", "") or text(service, "name", ""),
        name=text(otp, "account", "") or text(otp, "label", ""),
        secret=base32.decode(text(service, "secret")),
        type=kind,
        algorithm=otpauth.algorithm(text(otp, "algorithm", "")),
        digits=number(otp, "digits", 6),
        period=number(otp, "period", 30),
        counter=number(otp, "counter", 0),
        ignored=unknown_keys(service, _SERVICE) + unknown_keys(otp, _OTP, strict=True),
    )


FORMAT = Format("2fas", "2FAS", (".2fas",), (Reader(recognise, read, encrypted),))
