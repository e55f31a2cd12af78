"""PSKC key containers (RFC 6030), plain or encrypted under a password or a key: read, and written.

python-pskc does the XML and the ciphers. A file that is encrypted under a key without a password takes that
key in hexadecimal for one. privacyIDEA reads the hash from `<Suite>` and knows it only as `SHA1`, `SHA256`,
`SHA512`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ticktap.accounts import Account, Params
from ticktap.errors import BadInput
from ticktap.formats import otpauth
from ticktap.formats.ciphers import ROUNDS
from ticktap.formats.reading import Found, Sample, WrongPassword, damaged

if TYPE_CHECKING:
    from pskc import PSKC

_TAGS = ("keycontainer", "secretcontainer")
_TYPES = {"totp": "totp", "hotp": "hotp"}
_KEY_BYTES = 64
_ROUNDS = 600_000  # of PBKDF2-HMAC-SHA-1 in what is written; other hashes are lost on most readers


def recognise(sample: Sample) -> bool:
    """XML whose first words name a key container."""
    start = (sample.text or "")[:4096].lower()
    return start.lstrip().startswith("<") and any(tag in start for tag in _TAGS) and "<svg" not in start


def encrypted(sample: Sample) -> bool:
    """Whether it asks for a password or a key."""
    start = (sample.text or "").lower()
    return "encryptedvalue" in start or "encryptionkey" in start


def read(sample: Sample, password: str = "") -> Found:
    """The keys of a container.

    Raises:
        WrongPassword: it is not the password, or the container was changed.
        BadInput: damaged, or encrypted in a way that is not known.
    """
    container = _parsed(sample)
    if encrypted(sample):
        _unlock(container, password)
    found = Found()
    keys = list(container.keys)
    for key in keys:
        name = key.friendly_name or key.userid or key.serial or key.id or ""
        found.take(str(name), partial(_fields, key))
    if found.refused and not found.accounts and all(each.reason == _WRONG for each in found.refused):
        raise WrongPassword
    return found


_WRONG = WrongPassword().message


def _parsed(sample: Sample) -> PSKC:
    from pskc import PSKC

    text = (sample.text or "").strip()
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # how XML is made to explode; no container has one
        raise damaged("it has an XML document type")
    try:
        return PSKC(io.BytesIO(text.encode()))
    except Exception as error:  # the library lets errors of what it parses with through
        raise damaged(f"it is no PSKC container ({type(error).__name__})") from None


def _unlock(container: PSKC, password: str) -> None:
    derivation = container.encryption.derivation
    rounds, length = derivation.pbkdf2_iterations or 0, derivation.pbkdf2_key_length or 0
    if not (0 <= rounds <= ROUNDS and 0 <= length <= _KEY_BYTES):
        raise damaged("it asks for an impossible number of rounds")
    if not password:
        raise WrongPassword
    if derivation.algorithm:
        try:
            container.encryption.derive_key(password)
        except Exception as error:  # as above
            raise damaged(f"its key derivation is not known ({type(error).__name__})") from None
    else:
        try:
            container.encryption.key = bytes.fromhex(password)
        except ValueError:
            raise BadInput(
                "the container is encrypted under a key and not a password", "Give the key in hexadecimal."
            ) from None


def _fields(key: Any) -> Params:
    kind = str(key.algorithm or "").lower().rpartition(":")[2].rpartition("#")[2]
    if kind not in _TYPES:
        raise BadInput("it is of a kind that the token does not know")
    secret, counter, interval = _values(key)
    if not isinstance(secret, bytes):
        raise BadInput("it has no secret")
    return Params(
        issuer=str(key.issuer or key.manufacturer or ""),
        name=str(key.friendly_name or key.userid or key.serial or key.id or ""),
        secret=secret,
        type=_TYPES[kind],
        algorithm=otpauth.algorithm(str(key.algorithm_suite or "")),
        digits=key.response_length or 6,
        period=interval or 30,
        counter=counter or 0,
    )


def _values(key: Any) -> tuple[Any, Any, Any]:
    """Secret, counter and interval, decrypted; their MACs are checked."""
    try:
        return key.secret, key.counter, key.time_interval
    except Exception:  # a wrong key shows itself in the padding, in the MAC, or in an error of the cipher
        raise BadInput(_WRONG) from None


def format(accounts: Sequence[Account], password: str = "", serials: Sequence[str] = ()) -> bytes:
    """A container; with a password AES-128-CBC and HMAC-SHA-1 under PBKDF2, which most servers read.

    Without serial numbers of the tokens, they are made of the position.
    """
    from pskc import PSKC

    container = PSKC()
    for number, account in enumerate(accounts, start=1):
        given: dict[str, Any] = {
            "id": str(number),
            "serial": serials[number - 1] if serials else f"TT{number:06d}",
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
    """Why an account cannot go into a container; empty when it can."""
    return "" if account.type in _TYPES else "PSKC has no Steam codes"
