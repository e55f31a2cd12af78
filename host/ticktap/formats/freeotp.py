"""FreeOTP+ exports (JSON), preference files of FreeOTP 1 (XML), and backups of FreeOTP 2 (a serialised map).

FreeOTP 1 and FreeOTP+ keep the HOTP counter that was used last, FreeOTP 2 the one to use next. Where that is
uncertain, one too many does no harm: servers look ahead, never back.

A backup of FreeOTP 2 has a master key under the password, a key for every token under the master key
(AES-GCM, bound to the name of its algorithm) and what is known of the token in the clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import java_hashmap, otpauth
from ticktap.formats.decryption import decrypt_gcm, pbkdf2
from ticktap.formats.result import (
    ImportResult,
    InputFile,
    called,
    damaged,
    from_signed,
    has_document_type,
    mapping,
    not_known,
    number,
    parsed,
    sequence,
    text,
)
from ticktap.otp.account import Params

_META = "-token"
_DIGESTS = {"PBKDF2withHmacSHA1": "sha1", "PBKDF2withHmacSHA512": "sha512"}
_STEAM = "Steam"  # these apps have no type for Steam: an issuer of exactly this text makes its codes
_ENTRY = frozenset(
    [
        "algo",
        "counter",
        "digits",
        "issuerExt",
        "issuerInt",
        "issuerAlt",
        "label",
        "labelAlt",
        "period",
        "secret",
        "type",
        "image",
        "imageAlt",
        "color",
        "lock",
        "id",
        "isSecretless",
        "tokenType",
        "ordinal",
        "imagePath",
    ]
)
_LABELS = ("issuerExt", "label")


def recognise_plus(sample: InputFile) -> bool:
    """An object with tokens and their order."""
    return "tokens" in sample.object and "tokenOrder" in sample.object


def recognise_xml(sample: InputFile) -> bool:
    """Android's preferences with tokens in them."""
    start = (sample.xml or "")[:4096]
    return "<map>" in start and any(
        each in start for each in ("&quot;secret&quot;", '"secret"', "tokenOrder")
    )


def recognise_backup(sample: InputFile) -> bool:
    """A serialised Java map with a master key."""
    return sample.data.startswith(java_hashmap.MAGIC) and b"masterKey" in sample.data


def read_plus(sample: InputFile, password: str = "") -> ImportResult:
    """The tokens of an export."""
    found = ImportResult()
    found.take_each(sample.object["tokens"], _LABELS, partial(_with_secret, used=True))
    return found


def read_xml(sample: InputFile, password: str = "") -> ImportResult:
    """The tokens of a preference file.

    Raises:
        BadInput: damaged, or not what Android writes.
    """
    from xml.etree import ElementTree

    if has_document_type(sample.xml or ""):  # Android writes none; entities are how XML is made to explode
        raise damaged("it has an XML declaration that no app writes")
    try:
        root = ElementTree.fromstring(sample.xml or "")
    except (ElementTree.ParseError, ValueError):
        raise damaged("it is no XML") from None
    found = ImportResult()
    for each in root.iter("string"):
        if each.get("name") != "tokenOrder":
            entry = parsed((each.text or "").encode(), "a token")
            found.take_each([entry], _LABELS, partial(_with_secret, used=True))
    return found


def read_backup(sample: InputFile, password: str = "") -> ImportResult:
    """The tokens of a backup.

    Raises:
        WrongPassword: it is not the password.
        BadInput: damaged.
    """
    entries = java_hashmap.read(sample.data)
    master = _master(entries, password)
    found = ImportResult()
    for key in sorted(entries):
        if key != "masterKey" and not key.endswith(_META):
            about = parsed(entries.get(key + _META, "null").encode(), "a token")
            found.take(called(about, *_LABELS), partial(_unsealed, about, entries[key], master))
    return found


def _master(entries: Mapping[str, str], password: str) -> bytes:
    about = mapping(parsed(entries.get("masterKey", "null").encode(), "masterKey"), "masterKey")
    digest = _DIGESTS.get(text(about, "mAlgorithm"))
    if not digest:
        raise damaged("it was made with an unknown key derivation")
    salt = from_signed(about.get("mSalt"), "mSalt")
    key = pbkdf2(digest, password, salt, number(about, "mIterations"))
    return _opened(mapping(about.get("mEncryptedKey"), "mEncryptedKey"), key)


def _unsealed(about: object, sealed: str, master: bytes) -> Params:
    entry = mapping(about, "what is known of the token")
    key = mapping(
        parsed(text(mapping(parsed(sealed.encode(), "a key"), "a key"), "key").encode(), "key"), "key"
    )
    algorithm = text(entry, "algo", "") or text(key, "mToken")
    return _fields({**entry, "algo": algorithm}, _opened(key, master), used=False)


def _opened(sealed: dict[str, Any], key: bytes) -> bytes:
    if text(sealed, "mCipher") != "AES/GCM/NoPadding":
        raise damaged("a key is encrypted in an unknown way")
    parameters = from_signed(sealed.get("mParameters"), "mParameters")
    content = from_signed(sealed.get("mCipherText"), "mCipherText")
    return decrypt_gcm(key, _nonce(parameters), content, text(sealed, "mToken").encode("utf-8", "replace"))


def _nonce(der: bytes) -> bytes:
    """The OCTET STRING in a DER SEQUENCE (RFC 5084 section 3.2, GCMParameters), or alone (Android 6)."""
    string = der[2:] if der[:1] == b"\x30" else der
    if len(string) < 2 or string[0] != 0x04 or len(string) < 2 + string[1]:
        raise damaged("the parameters of a key are no DER")
    return string[2 : 2 + string[1]]


def _with_secret(entry: dict[str, Any], used: bool) -> Params:
    return _fields(entry, from_signed(sequence(entry.get("secret"), "secret"), "secret"), used)


def _fields(entry: dict[str, Any], secret: bytes, used: bool) -> Params:
    kind = text(entry, "type", "TOTP").lower()
    if kind not in ("totp", "hotp"):
        raise BadInput("it is of a kind that the token does not know")
    issuer = text(entry, "issuerExt", "") or text(entry, "issuerInt", "")
    return Params(
        issuer=issuer,
        name=text(entry, "label", ""),
        secret=secret,
        type="steam" if kind == "totp" and issuer == _STEAM else kind,
        ignored=not_known(entry, _ENTRY, strict=True),
        algorithm=otpauth.algorithm(text(entry, "algo", "")),
        digits=number(entry, "digits", 6),
        period=number(entry, "period", 30),
        counter=max(0, number(entry, "counter", 0) + (1 if used else 0)),
    )
