"""2FAS backups: JSON of schema 1 to 4, plain or encrypted (PBKDF2, AES-256-GCM).

Encrypted services are three base64 texts with colons between: ciphertext and tag, salt, nonce. `reference` is
a constant, sealed in the same way: it tells a wrong password from a damaged file.
"""

from __future__ import annotations

from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import base32, otpauth
from ticktap.formats.decryption import decrypt_gcm, pbkdf2
from ticktap.formats.result import (
    ImportResult,
    InputFile,
    WrongPassword,
    damaged,
    from_base64,
    mapping,
    not_known,
    number,
    parsed,
    text,
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


def recognise(sample: InputFile) -> bool:
    """An object with services and a schema version."""
    return "services" in sample.object and "schemaVersion" in sample.object


def encrypted(sample: InputFile) -> bool:
    """Whether it asks for a password."""
    return bool(sample.object.get("servicesEncrypted"))


def read(sample: InputFile, password: str = "") -> ImportResult:
    """The services of a backup.

    Raises:
        WrongPassword: it is not the password.
        BadInput: damaged.
    """
    backup = sample.object
    services = _opened(backup, password) if encrypted(sample) else backup.get("services")
    found = ImportResult()
    found.take_each(services, ("name",), _fields)
    return found


def _opened(backup: dict[str, Any], password: str) -> Any:
    try:
        return parsed(_unsealed(text(backup, "servicesEncrypted"), password), "services")
    except WrongPassword:
        if backup.get("reference"):
            _unsealed(text(backup, "reference"), password)  # raises for a wrong password too
            raise damaged("the password is right, but the services were changed") from None
        raise


def _unsealed(sealed: str, password: str) -> bytes:
    pieces = sealed.split(":")
    if len(pieces) != 3:
        raise damaged("the encrypted services are incomplete")
    content, salt, nonce = (from_base64(piece, "a piece of the services") for piece in pieces)
    return decrypt_gcm(pbkdf2("sha256", password, salt, _ROUNDS), nonce, content)


def _fields(service: dict[str, Any]) -> Params:
    otp = mapping(service.get("otp", {}), "otp")
    kind = text(otp, "tokenType", "TOTP").lower()
    if kind not in _TYPES:
        raise BadInput("it is of a kind that the token does not know")
    return Params(
        issuer=text(otp, "issuer", "") or text(service, "name", ""),
        name=text(otp, "account", "") or text(otp, "label", ""),
        secret=base32.decode(text(service, "secret")),
        type=kind,
        algorithm=otpauth.algorithm(text(otp, "algorithm", "")),
        digits=number(otp, "digits", 6),
        period=number(otp, "period", 30),
        counter=number(otp, "counter", 0),
        ignored=not_known(service, _SERVICE) + not_known(otp, _OTP, strict=True),
    )
