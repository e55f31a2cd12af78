"""Reads and writes Aegis vaults: JSON, plain or encrypted with a password (scrypt, AES-256-GCM).

An encrypted vault has a random master key that each slot wraps under a key of its own; slots of type 1 are
passwords.
"""

from __future__ import annotations

import base64
import json
import os
import uuid
from collections.abc import Sequence
from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import base32, otpauth
from ticktap.formats.decryption import check_work, decrypt_gcm, encoded, scrypt, scrypt_work
from ticktap.formats.file_format import ExportKind, Format, Reader, Writer
from ticktap.formats.result import (
    ImportResult,
    InputFile,
    WrongPassword,
    from_base64,
    from_hex,
    mapping,
    number,
    parsed,
    sequence,
    text,
    unknown_keys,
)
from ticktap.otp.account import Account, Params

_PASSWORD_SLOT = 1
_HMAC_BLOCK = 64  # bytes
_BUFFERS = (2.0, 1.1)  # bytes per UTF-16 unit with which the encoders of Android and of the JDK start
_N, _R, _P = 32768, 8, 1  # scrypt, as Aegis writes it
_REASONS = {
    "yandex": "the token does not support Yandex's codes, which use a PIN",
    "motp": "the token does not support mOTP, which uses MD5 and a PIN",
}


_ENTRY = frozenset(
    [
        "type",
        "uuid",
        "name",
        "issuer",
        "note",
        "favorite",
        "icon",
        "icon_mime",
        "icon_hash",
        "info",
        "group",
        "groups",
    ]
)
_INFO = frozenset(["secret", "algo", "digits", "period", "counter"])


def recognise(file: InputFile) -> bool:
    """Whether it is an object with a header and a db."""
    return "db" in file.object and "header" in file.object


def encrypted(file: InputFile) -> bool:
    """Whether it asks for a password."""
    return isinstance(file.object.get("db"), str)


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the entries of a vault.

    Raises:
        WrongPassword: no slot opens with it.
        BadInput: damaged, or locked by biometrics only.
    """
    vault = file.object
    db = _decrypt(vault, password) if encrypted(file) else vault.get("db")
    found = ImportResult()
    found.add_each(mapping(db, "db").get("entries"), ("issuer", "name"), _fields)
    return found


def _decrypt(vault: dict[str, Any], password: str) -> Any:
    header = mapping(vault.get("header"), "header")
    master = _master(sequence(header.get("slots"), "slots"), password)
    params = mapping(header.get("params"), "params")
    ciphertext = from_base64(vault["db"], "db") + from_hex(params.get("tag"), "tag")
    return parsed(decrypt_gcm(master, from_hex(params.get("nonce"), "nonce"), ciphertext), "db")


def _master(slots: list[Any], password: str) -> bytes:
    """Returns the master key from the first slot that the password decrypts."""
    ours = [each for each in slots if isinstance(each, dict) and each.get("type") == _PASSWORD_SLOT]
    if not ours:
        raise BadInput(
            "the vault has no password, only biometrics", "Set a password in Aegis and export again."
        )
    tries = [(slot, secret) for slot in ours for secret in _encodings(slot, password)]
    check_work(sum(scrypt_work(*_costs(slot)) for slot, _ in tries))
    for slot, secret in tries:
        params = mapping(slot.get("key_params"), "key_params")
        wrapped = from_hex(slot.get("key"), "key") + from_hex(params.get("tag"), "tag")
        key = scrypt(secret, from_hex(slot.get("salt"), "salt"), *_costs(slot))
        try:
            return decrypt_gcm(key, from_hex(params.get("nonce"), "nonce"), wrapped)
        except WrongPassword:
            continue
    raise WrongPassword


def _costs(slot: dict[str, Any]) -> tuple[int, int, int]:
    return number(slot, "n"), number(slot, "r"), number(slot, "p")


def _encodings(slot: dict[str, Any], password: str) -> list[bytes]:
    """The bytes of a password, and those that Aegis made of a long one before version 0.5.

    It took the whole buffer of Java's encoder, with zeros at its end. HMAC pads keys of up to 64 bytes with
    zeros anyway (RFC 2104), so that only longer ones made another key. A slot opened since then is marked.
    """
    plain = encoded(password)
    found = [plain]
    if slot.get("repaired") is not True and len(plain) > _HMAC_BLOCK // 2:
        for per_character in _BUFFERS:
            size = int(_utf16_length(password) * per_character)
            while size < len(plain):
                size = 2 * size + 1
            if size > _HMAC_BLOCK and plain.ljust(size, b"\0") not in found:
                found.append(plain.ljust(size, b"\0"))
    return found


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _fields(entry: dict[str, Any]) -> Params:
    kind = text(entry, "type").lower()
    if kind not in ("totp", "hotp", "steam"):
        raise BadInput(_REASONS.get(kind, "the token does not support its type"))
    info = mapping(entry.get("info"), "info")
    return Params(
        issuer=text(entry, "issuer", ""),
        name=text(entry, "name", ""),
        secret=base32.decode(text(info, "secret")),
        type=kind,
        algorithm=otpauth.algorithm(text(info, "algo", "")),
        digits=number(info, "digits", 6),
        period=number(info, "period", 30),
        counter=number(info, "counter", 0),
        ignored=unknown_keys(entry, _ENTRY) + unknown_keys(info, _INFO, strict=True),
    )


def format(accounts: Sequence[Account], password: str = "", serials: Sequence[str] = ()) -> bytes:
    """Writes a vault that Aegis imports; without a password it is not encrypted."""
    db = {"version": 2, "entries": [_entry(account) for account in accounts]}
    if not password:
        whole: dict[str, Any] = {"version": 1, "header": {"slots": None, "params": None}, "db": db}
    else:
        whole = _sealed(json.dumps(db).encode(), password)
    return json.dumps(whole, indent=4).encode()


def _sealed(db: bytes, password: str) -> dict[str, Any]:
    master, salt = os.urandom(32), os.urandom(32)
    key, key_params = _seal(scrypt(encoded(password), salt, _N, _R, _P), master)
    slot = {
        "type": _PASSWORD_SLOT,
        "uuid": str(uuid.uuid4()),
        "key": key.hex(),
        "key_params": key_params,
        "n": _N,
        "r": _R,
        "p": _P,
        "salt": salt.hex(),
        "repaired": True,
        "is_backup": False,
    }
    content, params = _seal(master, db)
    header = {"slots": [slot], "params": params}
    return {"version": 1, "header": header, "db": base64.b64encode(content).decode("ascii")}


def _seal(key: bytes, plain: bytes) -> tuple[bytes, dict[str, str]]:
    """Returns the ciphertext, and nonce and tag as Aegis writes them."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    ciphertext = AESGCM(key).encrypt(nonce, plain, None)
    return ciphertext[:-16], {"nonce": nonce.hex(), "tag": ciphertext[-16:].hex()}


def _entry(account: Account) -> dict[str, Any]:
    info: dict[str, Any] = {
        "secret": base32.encode(account.secret),
        "algo": account.algorithm,
        "digits": account.digits,
    }
    info |= {"counter": account.counter} if account.type == "hotp" else {"period": account.period}
    return {
        "type": account.type,
        "uuid": str(uuid.uuid4()),
        "name": account.name,
        "issuer": account.issuer,
        "note": "",
        "favorite": False,
        "icon": None,
        "info": info,
        "groups": [],
    }


FORMAT = Format(
    "aegis",
    "Aegis",
    (".json",),
    (Reader(recognise, read, encrypted),),
    Writer(format, (ExportKind("aegis", "an Aegis vault"),), encrypts=True),
)
