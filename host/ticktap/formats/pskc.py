"""PSKC key containers (RFC 6030), plain or encrypted under a password or a key: read, and written.

python-pskc does the XML and the ciphers. A file that is encrypted under a key without a password takes that
key in hexadecimal for one. privacyIDEA reads the hash from `<Suite>` and knows it only as `SHA1`, `SHA256`,
`SHA512`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ticktap.errors import BadInput
from ticktap.formats import made_up_serials, otpauth
from ticktap.formats.decryption import ROUNDS
from ticktap.formats.file_format import ExportKind, Format, Reader, Writer
from ticktap.formats.result import ImportResult, InputFile, WrongPassword, damaged, has_document_type
from ticktap.otp.account import Account, Params

if TYPE_CHECKING:
    from pskc import PSKC

_TAGS = ("keycontainer", "secretcontainer")
_TYPES = {"totp": "totp", "hotp": "hotp"}
_KEY_BYTES = 64
_VALUES = ("secret", "counter", "time_offset", "time_interval", "time_drift")
_INTEGRITY = re.compile(r"gcm|kw-|kw_|keywrap|poly1305")  # authenticated ciphers
# Known elements of a Key (RFC 6030 section 4.2, and its drafts); an extension may affect codes.
_KNOWN = frozenset(
    [
        "Key",
        "Secret",
        "Issuer",
        "AlgorithmParameters",
        "Suite",
        "ChallengeFormat",
        "ResponseFormat",
        "KeyProfileId",
        "KeyReference",
        "FriendlyName",
        "UserId",
        "Data",
        "Counter",
        "Time",
        "TimeInterval",
        "TimeDrift",
        "PlainValue",
        "EncryptedValue",
        "EncryptionMethod",
        "CipherData",
        "CipherValue",
        "ValueMAC",
        "ValueDigest",
        "Value",
        "Policy",
        "StartDate",
        "ExpiryDate",
        "PINPolicy",
        "KeyUsage",
        "NumberOfTransactions",
        "Usage",
        "EncryptionScheme",
    ]
)
_ROUNDS = 600_000  # iterations of PBKDF2-HMAC-SHA-1 when writing; most readers support no other hash


def recognise(file: InputFile) -> bool:
    """Whether it is XML that starts with a key container."""
    start = (file.xml or "")[:4096].lower()
    return any(tag in start for tag in _TAGS) and "<svg" not in start


def encrypted(file: InputFile) -> bool:
    """Whether it needs a password or a key."""
    start = (file.xml or "").lower()
    return "encryptedvalue" in start or "encryptionkey" in start


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the keys of a container.

    Raises:
        WrongPassword: it is not the password, or the container was changed.
        BadInput: damaged, or encrypted in a way that is not known.
    """
    container = _parsed(file)
    if encrypted(file):
        _unlock(container, password)
    found = ImportResult()
    keys = list(container.keys)
    extensions = _extensions(file.xml or "")
    for at, key in enumerate(keys):
        name = key.friendly_name or key.userid or key.serial or key.id or ""
        found.add(str(name), partial(_fields, key, extensions[at] if len(extensions) == len(keys) else ()))
    if found.refused and not found.accounts and all(each.reason == _WRONG for each in found.refused):
        raise WrongPassword
    return found


_WRONG = WrongPassword().message


def _parsed(file: InputFile) -> PSKC:
    from pskc import PSKC

    text = file.xml or ""
    if has_document_type(text):  # allows XML bombs; containers have none
        raise damaged("it has an XML document type")
    try:
        return PSKC(io.BytesIO(text.encode()))
    except Exception as error:  # the library passes on errors of its parsers
        raise damaged(f"it is not a PSKC container ({type(error).__name__})") from None


def _unlock(container: PSKC, password: str) -> None:
    derivation = container.encryption.derivation
    rounds, length = derivation.pbkdf2_iterations or 0, derivation.pbkdf2_key_length or 0
    if not (0 <= rounds <= ROUNDS and 0 <= length <= _KEY_BYTES):
        raise damaged("its number of iterations is out of range")
    if not password:
        raise WrongPassword
    if derivation.algorithm:
        try:
            container.encryption.derive_key(password)
        except Exception as error:  # as above
            raise damaged(f"its key derivation is not supported ({type(error).__name__})") from None
    else:
        try:
            container.encryption.key = bytes.fromhex(password)
        except ValueError:
            raise BadInput(
                "the container is encrypted under a key and not a password", "Give the key in hexadecimal."
            ) from None


def _fields(key: Any, extensions: Sequence[str]) -> Params:
    kind = str(key.algorithm or "").lower().rpartition(":")[2].rpartition("#")[2]
    if kind not in _TYPES:
        raise BadInput("the token does not support its type")
    _refuse_other_codes(key)
    _require_macs(key)
    secret, counter, interval = _values(key)
    if not isinstance(secret, bytes):
        raise BadInput("it has no secret")
    return Params(
        ignored=_ignored(key, kind, extensions),
        issuer=str(key.issuer or key.manufacturer or ""),
        name=str(key.friendly_name or key.userid or key.serial or key.id or ""),
        secret=secret,
        type=_TYPES[kind],
        algorithm=otpauth.algorithm(str(key.algorithm_suite or "")),
        digits=key.response_length or 6,
        period=interval or 30,
        counter=counter or 0,
    )


def _refuse_other_codes(key: Any) -> None:
    """Refuses a key whose codes are not plain decimal codes (RFC 6030 sections 4.3.4 and 5)."""
    encoding = str(key.response_encoding or "DECIMAL").upper()
    if encoding != "DECIMAL":
        raise BadInput(f"its codes are in {encoding}, and the token makes decimal ones")
    if key.response_check:
        raise BadInput("its codes end with a check digit, which the token does not support")
    if key.challenge_encoding or key.challenge_max_length:
        raise BadInput("its codes need a challenge, which the token does not support")
    if str(key.policy.pin_usage or "").lower() == "algorithmic":
        raise BadInput("its codes need a PIN, which the token does not support")
    if key.policy.key_usage and "OTP" not in key.policy.key_usage:
        raise BadInput("it is not for one-time codes")


def _require_macs(key: Any) -> None:
    """Refuses values under an unauthenticated cipher without a MAC.

    RFC 6030 section 6.1.1 requires the MAC; without it a wrong key or a changed file gives another secret.
    """
    for name in _VALUES:
        value = getattr(key, f"_{name}", None)
        ciphertext = getattr(value, "cipher_value", None) is not None
        method = str(getattr(value, "algorithm", None) or key.device.pskc.encryption.algorithm or "").lower()
        if ciphertext and not getattr(value, "mac_value", None) and not _INTEGRITY.search(method):
            raise BadInput("its values are encrypted without a MAC, so that a change would not be noticed")


def _ignored(key: Any, kind: str, extensions: Sequence[str] = ()) -> list[str]:
    """Returns what may affect codes or their verification and is not imported."""
    found = [f"the {what} {value}" for what, value in _server_values(key) if value]
    if key.policy.unknown_policy_elements:
        found.append("a part of its policy")
    if str(key.policy.pin_usage or "").lower() in ("append", "prepend"):
        found.append("a PIN, which the server requires in addition to the code")
    if kind == "totp" and key.counter:
        found.append(f"the counter {key.counter}")
    return found + [f"the element {name!r}" for name in extensions]


def _extensions(xml: str) -> list[list[str]]:
    """Returns the unknown elements of each key, in the order of the file."""
    from xml.etree import ElementTree

    def plain(element: ElementTree.Element) -> str:
        return element.tag.rpartition("}")[2]

    keys: list[ElementTree.Element] = []
    for package in ElementTree.fromstring(xml).iter():
        if plain(package) in ("KeyPackage", "Device"):
            keys += [each for each in package if plain(each) in ("Key", "Secret")]
    return [sorted({plain(each) for each in key.iter()} - _KNOWN) for key in keys]


def _server_values(key: Any) -> tuple[tuple[str, Any], ...]:
    return ("time offset", key.time_offset), ("time drift", key.time_drift)


def _values(key: Any) -> tuple[Any, Any, Any]:
    """Returns secret, counter and interval, decrypted and with their MACs checked."""
    try:
        return key.secret, key.counter, key.time_interval
    except Exception:  # a wrong key causes an error of the padding, the MAC or the cipher
        raise BadInput(_WRONG) from None


def format(accounts: Sequence[Account], password: str = "", serials: Sequence[str] = ()) -> bytes:
    """Writes a container; with a password it uses AES-128-CBC, HMAC-SHA-1 and PBKDF2, which most servers
    read.

    Without `serials`, serial numbers are made from the position.
    """
    from pskc import PSKC

    container = PSKC()
    numbers = made_up_serials.or_made_up(serials, len(accounts))
    for at, (serial, account) in enumerate(zip(numbers, accounts, strict=True), start=1):
        given: dict[str, Any] = {
            "id": str(at),
            "serial": serial,
            "manufacturer": "ticktap",
            "algorithm": f"urn:ietf:params:xml:ns:keyprov:pskc:{account.type}",
            "algorithm_suite": account.algorithm,
            "issuer": account.issuer or None,
            "friendly_name": account.name or None,
            "response_length": account.digits,
            "response_encoding": "DECIMAL",
            "secret": account.secret,
        }
        given |= {"counter": account.counter} if account.type == "hotp" else {"time_interval": account.period}
        container.add_key(**{name: value for name, value in given.items() if value is not None})
    if password:
        container.encryption.setup_pbkdf2(password, iterations=_ROUNDS)
    out = io.BytesIO()
    container.write(out)
    return out.getvalue()


def unfit(account: Account) -> str:
    """Returns why an account does not fit a container; "" if it does."""
    return "" if account.type in _TYPES else "PSKC has no Steam codes"


def warnings(accounts: Sequence[Account]) -> list[str]:
    """Names what servers read differently."""
    if all(each.algorithm == "SHA1" for each in accounts):
        return []
    return [
        "The hash is written as privacyIDEA reads it, <Suite>SHA256</Suite>; servers that expect "
        "HMAC-SHA256 treat the token as SHA-1."
    ]


FORMAT = Format(
    "pskc",
    "PSKC (RFC 6030)",
    (".xml", ".pskc"),
    (Reader(recognise, read, encrypted),),
    Writer(
        format,
        (ExportKind("pskc", "PSKC (RFC 6030)"),),
        unfit,
        warnings,
        made_up=made_up_serials.SENTENCE,
        encrypts=True,
        for_servers=True,
    ),
)
