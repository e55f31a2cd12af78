"""FreeOTP+ exports (JSON), preference files of FreeOTP 1 (XML), and backups of FreeOTP 2 (a serialised map).

FreeOTP 1 and FreeOTP+ store the HOTP counter used last, FreeOTP 2 the next one. Where that is
uncertain, one too many does no harm: servers look ahead, never back.

A backup of FreeOTP 2 has a master key under the password, a key for every token under the master key
(AES-GCM, bound to the name of its algorithm) and the unencrypted metadata of the token.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import java_hashmap, otpauth
from ticktap.formats.decryption import decrypt_gcm, pbkdf2
from ticktap.formats.file_format import Format, Reader, always
from ticktap.formats.result import (
    ImportResult,
    InputFile,
    called,
    damaged,
    from_signed,
    has_document_type,
    mapping,
    number,
    parsed,
    sequence,
    text,
    unknown_keys,
)
from ticktap.otp.account import Params

_META = "-token"
_DIGESTS = {"PBKDF2withHmacSHA1": "sha1", "PBKDF2withHmacSHA512": "sha512"}
_STEAM = "Steam"  # these apps have no Steam type: exactly this issuer selects Steam codes
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


def recognise_plus(file: InputFile) -> bool:
    """Whether it is an object with tokens and their order."""
    return "tokens" in file.object and "tokenOrder" in file.object


def recognise_xml(file: InputFile) -> bool:
    """Whether it is an Android preferences file with tokens."""
    start = (file.xml or "")[:4096]
    return "<map>" in start and any(
        each in start for each in ("&quot;secret&quot;", '"secret"', "tokenOrder")
    )


def recognise_backup(file: InputFile) -> bool:
    """Whether it is a serialised Java map with a master key."""
    return file.data.startswith(java_hashmap.MAGIC) and b"masterKey" in file.data


def read_plus(file: InputFile, password: str = "") -> ImportResult:
    """Reads the tokens of an export."""
    found = ImportResult()
    found.add_each(file.object["tokens"], _LABELS, partial(_with_secret, used=True))
    return found


def read_xml(file: InputFile, password: str = "") -> ImportResult:
    """Reads the tokens of a preference file.

    Raises:
        BadInput: damaged, or not what Android writes.
    """
    from xml.etree import ElementTree

    if has_document_type(file.xml or ""):  # Android writes none; entities allow XML bombs
        raise damaged("it has an XML document type, which no app writes")
    try:
        root = ElementTree.fromstring(file.xml or "")
    except (ElementTree.ParseError, ValueError):
        raise damaged("it is not XML") from None
    found = ImportResult()
    for each in root.iter("string"):
        if each.get("name") != "tokenOrder":
            entry = parsed((each.text or "").encode(), "a token")
            found.add_each([entry], _LABELS, partial(_with_secret, used=True))
    return found


def read_backup(file: InputFile, password: str = "") -> ImportResult:
    """Reads the tokens of a backup.

    Raises:
        WrongPassword: it is not the password.
        BadInput: damaged.
    """
    entries = java_hashmap.read(file.data)
    master = _master(entries, password)
    found = ImportResult()
    for key in sorted(entries):
        if key != "masterKey" and not key.endswith(_META):
            about = parsed(entries.get(key + _META, "null").encode(), "a token")
            found.add(called(about, *_LABELS), partial(_decrypt_value, about, entries[key], master))
    return found


def _master(entries: Mapping[str, str], password: str) -> bytes:
    about = mapping(parsed(entries.get("masterKey", "null").encode(), "masterKey"), "masterKey")
    digest = _DIGESTS.get(text(about, "mAlgorithm"))
    if not digest:
        raise damaged("it was made with an unknown key derivation")
    salt = from_signed(about.get("mSalt"), "mSalt")
    key = pbkdf2(digest, password, salt, number(about, "mIterations"))
    return _decrypt(mapping(about.get("mEncryptedKey"), "mEncryptedKey"), key)


def _decrypt_value(about: object, ciphertext: str, master: bytes) -> Params:
    entry = mapping(about, "the metadata of the token")
    key = mapping(
        parsed(text(mapping(parsed(ciphertext.encode(), "a key"), "a key"), "key").encode(), "key"), "key"
    )
    algorithm = text(entry, "algo", "") or text(key, "mToken")
    return _fields({**entry, "algo": algorithm}, _decrypt(key, master), used=False)


def _decrypt(stored: dict[str, Any], key: bytes) -> bytes:
    if text(stored, "mCipher") != "AES/GCM/NoPadding":
        raise damaged("a key is encrypted with an unknown cipher")
    parameters = from_signed(stored.get("mParameters"), "mParameters")
    content = from_signed(stored.get("mCipherText"), "mCipherText")
    return decrypt_gcm(key, _nonce(parameters), content, text(stored, "mToken").encode("utf-8", "replace"))


def _nonce(der: bytes) -> bytes:
    """Returns the OCTET STRING of a DER SEQUENCE (RFC 5084 section 3.2, GCMParameters), or a bare one
    (Android 6).
    """
    string = der[2:] if der[:1] == b"\x30" else der
    if len(string) < 2 or string[0] != 0x04 or len(string) < 2 + string[1]:
        raise damaged("the parameters of a key are not DER")
    return string[2 : 2 + string[1]]


def _with_secret(entry: dict[str, Any], used: bool) -> Params:
    return _fields(entry, from_signed(sequence(entry.get("secret"), "secret"), "secret"), used)


def _fields(entry: dict[str, Any], secret: bytes, used: bool) -> Params:
    kind = text(entry, "type", "TOTP").lower()
    if kind not in ("totp", "hotp"):
        raise BadInput("the token does not support its type")
    issuer = text(entry, "issuerExt", "") or text(entry, "issuerInt", "")
    return Params(
        issuer=issuer,
        name=text(entry, "label", ""),
        secret=secret,
        type="steam" if kind == "totp" and issuer == _STEAM else kind,
        ignored=unknown_keys(entry, _ENTRY, strict=True),
        algorithm=otpauth.algorithm(text(entry, "algo", "")),
        digits=number(entry, "digits", 6),
        period=number(entry, "period", 30),
        counter=max(0, number(entry, "counter", 0) + (1 if used else 0)),
    )


BACKUP = Format("freeotp-2", "FreeOTP 2 backup", (".xml",), (Reader(recognise_backup, read_backup, always),))
PLUS = Format("freeotp-plus", "FreeOTP+", (".json",), (Reader(recognise_plus, read_plus),))
PREFERENCES = Format("freeotp-1", "FreeOTP 1 preferences", (".xml",), (Reader(recognise_xml, read_xml),))
