"""Accounts: their fields and limits, and finding one by name.

The limits are those of docs/protocol.md: the token accepts what this module accepts. It does no I/O and
computes no codes.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar, get_args

from ticktap.errors import BadInput, NotFound

AccountType = Literal["totp", "hotp", "steam"]
Algorithm = Literal["SHA1", "SHA256", "SHA512"]
Suffix = Literal["none", "enter", "tab"]

TEXT_BYTES = 64  # issuer and name, each, in UTF-8
SECRET_BYTES = (10, 128)
DIGITS = (5, 10)
PERIOD = (1, 3600)  # seconds
COUNTER = (0, 2**64 - 1)
LISTED = 5  # accounts listed in an error
ADVISED_SECRET_BITS = 128  # RFC 4226 section 4, R6
STEAM_DIGITS = 5

_TYPES: tuple[AccountType, ...] = get_args(AccountType)
_ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)
_SUFFIXES: tuple[Suffix, ...] = get_args(Suffix)


class Params(dict[str, Any]):
    """Parameters whose repr omits secrets, because pytest and debuggers show arguments."""

    def __repr__(self) -> str:
        return repr({name: "(hidden)" if _is_secret(name, value) else value for name, value in self.items()})


def _is_secret(name: str, value: object) -> bool:
    """Whether it is an account's secret, a key, an authenticated call, or a PIN for the buttons."""
    return name in ("secret", "key", "old", "call") or (name == "digits" and isinstance(value, str))


class Hidden(bytes):
    """Bytes of a key; repr and str do not contain them."""

    def __repr__(self) -> str:
        return "(hidden)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Account:
    """An account to enrol. Its secret appears neither in its repr nor in errors.

    Fields that do not apply to a type are set to 0 (`period` of HOTP, `counter` of TOTP and Steam) or to a
    fixed value (Steam: five characters, SHA-1). Blanks around issuer and name are removed.

    Args:
        issuer: the service; may be empty. At most 64 bytes in UTF-8.
        name: the user's name there; may be empty. At most 64 bytes in UTF-8.
        secret: the shared key, raw, 10 to 128 bytes.
        type: "totp", "hotp" or "steam".
        algorithm: the hash of HMAC: "SHA1", "SHA256" or "SHA512".
        digits: the length of a code, 5 to 10.
        period: the length of a time step in seconds, 1 to 3600.
        counter: the next HOTP counter, 0 to 2^64 - 1.
        suffix: the key that the token presses after the code: "none", "enter" or "tab".

    Raises:
        BadInput: a field is outside its limit.
    """

    issuer: str
    name: str
    secret: bytes = field(repr=False)
    type: AccountType = "totp"
    algorithm: Algorithm = "SHA1"
    digits: int = 6
    period: int = 30
    counter: int = 0
    suffix: Suffix = "none"

    def __post_init__(self) -> None:
        _check_choice("type", self.type, _TYPES)
        _check_choice("algorithm", self.algorithm, _ALGORITHMS)
        _check_choice("suffix", self.suffix, _SUFFIXES)
        fixed: dict[str, object] = {"issuer": _text("issuer", self.issuer), "name": _text("name", self.name)}
        fixed |= {"period": 0} if self.type == "hotp" else {"counter": 0}
        if self.type == "steam":
            fixed |= {"digits": STEAM_DIGITS, "algorithm": "SHA1"}
        for key, value in fixed.items():
            object.__setattr__(self, key, value)
        _check_secret(self.secret)
        _check_number("number of digits", self.digits, DIGITS)
        _check_number("counter", self.counter, COUNTER)
        if self.type != "hotp":
            _check_number("period", self.period, PERIOD)

    @classmethod
    def of_checked(cls, *fields: str | int | bytes) -> Account:
        """Makes an account from all fields, in order, that another account had; it checks nothing."""
        made = object.__new__(cls)
        for name, value in zip(cls.__match_args__, fields, strict=True):
            object.__setattr__(made, name, value)
        return made

    @property
    def label(self) -> str:
        """Issuer and name with a colon between them; only one of them if the other is empty."""
        return label(self.issuer, self.name)

    def to_params(self) -> Params:
        """Parameters of `account.add` (docs/protocol.md). Contains the secret: only for sending."""
        params: dict[str, str | int] = {
            "issuer": self.issuer,
            "name": self.name,
            "secret": base64.b64encode(self.secret).decode("ascii"),
            "type": self.type,
            "algorithm": self.algorithm,
            "digits": self.digits,
            "suffix": self.suffix,
        }
        return Params(
            params | ({"counter": self.counter} if self.type == "hotp" else {"period": self.period})
        )

    def warnings(self) -> list[str]:
        """Returns warnings about weak or unusual parameters; often none."""
        found = []
        bits = len(self.secret) * 8
        if bits < ADVISED_SECRET_BITS:
            found.append(
                f"The secret has {bits} bits; RFC 4226 requires at least {ADVISED_SECRET_BITS}. "
                "Only the site can issue a longer one."
            )
        if unusual := self._unusual():
            found.append(
                f"Some phone apps ignore {' and '.join(unusual)} and show wrong codes for this account; "
                "the token supports them."
            )
        return found

    def _unusual(self) -> list[str]:
        """The parameters that phone apps are known to ignore."""
        if self.type == "steam":
            return []
        parts = (
            (self.algorithm != "SHA1", f"the algorithm {self.algorithm}"),
            (self.digits != 6, f"the length of {self.digits} digits"),
            (self.type == "totp" and self.period != 30, f"the period of {self.period} s"),
        )
        return [text for unusual, text in parts if unusual]


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as the token lists it, without the secret. Fields as ACCOUNT in docs/protocol.md."""

    id: int
    issuer: str
    name: str
    type: AccountType
    algorithm: Algorithm
    digits: int
    period: int
    counter: int
    suffix: Suffix
    default: bool
    damaged: bool = False

    @classmethod
    def from_reply(cls, reply: Mapping[str, Any]) -> Listed:
        """Parses an element of `accounts` of an `account.list` response; ignores fields of later versions."""
        fields = [key for key in cls.__dataclass_fields__ if key != "damaged" or key in reply]
        return cls(**{key: reply[key] for key in fields})

    @property
    def label(self) -> str:
        """Issuer and name, as in Account.label."""
        return label(self.issuer, self.name)

    def __str__(self) -> str:
        return f"number {self.id}, {self.label}"


class Named(Protocol):
    """An item for `match`. `str()` of it is shown in errors."""

    @property
    def id(self) -> int:
        """The account's number on the token."""

    @property
    def issuer(self) -> str:
        """As in Account."""

    @property
    def name(self) -> str:
        """As in Account."""


Choice = TypeVar("Choice", bound=Named)


def label(issuer: str, name: str) -> str:
    """Returns the name of an account for messages and queries: `Issuer:name`."""
    return ":".join(part for part in (issuer, name) if part) or "(unnamed)"


def match(accounts: Iterable[Choice], query: str) -> Choice:
    """Finds the one account that matches `query`.

    Tried in this order: exactly `issuer:name`; the number as `#3`; the label, issuer or name in any case; the
    number as `3`; the beginning of one of these; a part of the label. The first that matches any account
    decides.

    Raises:
        BadInput: the query is empty, or matches several accounts; the message lists them.
        NotFound: it matches none.
    """
    everyone = list(accounts)
    wanted = _folded(query)
    if not wanted:
        raise BadInput("no account was given", "Give its issuer:name, a part of it, or its number.")
    tests: Sequence[Callable[[Choice], bool]] = (
        lambda account: label(account.issuer, account.name) == query,
        lambda account: f"#{account.id}" == wanted,
        lambda account: wanted in _handles(account),
        lambda account: str(account.id) == wanted,  # a shell reads "#3" as a comment
        lambda account: any(handle.startswith(wanted) for handle in _handles(account)),
        lambda account: wanted in _handles(account)[0],
    )
    for test in tests:
        if fitting := [account for account in everyone if test(account)]:
            return _only(fitting, query)
    raise NotFound(f"no account matches {query!r}", _listing(everyone))


def _only(fitting: list[Choice], query: str) -> Choice:
    if len(fitting) == 1:
        return fitting[0]
    shown = "".join(f"\n  {account}" for account in fitting)
    raise BadInput(f"{query!r} matches several accounts:{shown}", "Give more of the name, or the number.")


def _listing(everyone: Sequence[Named]) -> str:
    if not everyone:
        return "There are no accounts."
    if len(everyone) > LISTED:
        return "'ticktap account list' lists the accounts."
    return f"There {'is' if len(everyone) == 1 else 'are'}: {', '.join(map(str, everyone))}."


def _handles(account: Named) -> tuple[str, str, str]:
    """Returns the casefolded names of an account, the label first."""
    whole = label(account.issuer, account.name)
    return _folded(whole), _folded(account.issuer), _folded(account.name)


def normal(text: str) -> str:
    """Normalises a name: stripped, in Unicode's form C."""
    return unicodedata.normalize("NFC", text.strip())


def _folded(text: str) -> str:
    return normal(text).casefold()


def _text(what: str, value: object) -> str:
    if not isinstance(value, str):
        raise BadInput(f"the {what} is not text")
    text = normal(value)
    if not text.isprintable() and any(unicodedata.category(character) == "Cc" for character in text):
        raise BadInput(f"the {what} contains a control character", f"Give the {what} as plain text.")
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise BadInput(f"the {what} is not valid Unicode", f"Give the {what} as plain text.") from None
    if size > TEXT_BYTES:
        raise BadInput(f"the {what} is {size} bytes long; the limit is {TEXT_BYTES}", f"Shorten the {what}.")
    return text


def _check_secret(secret: object) -> None:
    low, high = SECRET_BYTES
    if not isinstance(secret, bytes):
        raise BadInput("the secret is not bytes")
    if not low <= len(secret) <= high:
        raise BadInput(
            f"the secret has {len(secret)} bytes; the token accepts {low} to {high}",
            "Copy the whole secret from the site, or scan its QR code.",
        )


def _check_number(what: str, value: object, limits: tuple[int, int]) -> None:
    low, high = limits
    if type(value) is not int or not low <= value <= high:
        raise BadInput(f"the {what} is not a number from {low} to {high}", f"Give a {what} in that range.")


def _check_choice(what: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise BadInput(f"the token does not support this {what}", f"Supported: {', '.join(choices)}.")
