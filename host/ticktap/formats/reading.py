"""What the readers of files share: what was found in one, and looking into data that may be anything.

Readers are pure: bytes in, `Found` out. They raise BadInput (or its WrongPassword) for a file as a whole; an
entry that cannot be taken is refused by name, with the reason, and does not stop the others.
"""

from __future__ import annotations

import base64
import binascii
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from ticktap.accounts import TEXT_BYTES, Account, label
from ticktap.errors import BadInput

if TYPE_CHECKING:
    from ticktap.formats.transfer import Part

FILE_BYTES = 32 * 1024 * 1024  # no export is larger, and pictures are not either
ENTRIES = 10_000


class WrongPassword(BadInput):
    """The password does not open the file, or the file is damaged."""

    def __init__(self) -> None:
        super().__init__(
            "the password is wrong, or the file is damaged", "Give the password that the file was saved with."
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that was not taken: what the file calls it, and why."""

    name: str
    reason: str


@dataclass
class Found:
    """What one file, or several, have in them.

    Args:
        notes: sentences about what was taken and is not as it was.
        parts: transfer codes of Google Authenticator, to be put together with those of other files.
    """

    accounts: list[Account] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def take(self, what: str, fields: Callable[[], Mapping[str, Any]]) -> None:
        """Takes the account that `fields()` describes (arguments of Account), or refuses it as `what`."""
        if len(self.accounts) >= ENTRIES:
            raise BadInput(f"the file has more than {ENTRIES} entries", "Split it.")
        try:
            given = dict(fields())
            for key in ("issuer", "name"):
                given[key] = self._fitted(str(given.get(key, "")), key)
            given["name"] = _without(given["issuer"], given["name"])
            self.accounts.append(Account(**given))
        except BadInput as error:
            self.refuse(what, error.message)

    def take_each(
        self, entries: object, keys: tuple[str, ...], fields: Callable[[dict[str, Any]], Mapping[str, Any]]
    ) -> None:
        """Takes every entry of a list of objects; `keys` are those that an entry is called by."""
        for entry in sequence(entries, "the list of entries"):
            self.take(called(entry, *keys), partial(_of_object, fields, entry))

    def refuse(self, what: str, reason: str) -> None:
        """Notes an entry that cannot be taken."""
        if len(self.refused) >= ENTRIES:
            raise BadInput(f"the file has more than {ENTRIES} entries", "Split it.")
        self.refused.append(Refusal(printable(what) or "(unnamed)", reason))

    def join(self, other: Found) -> None:
        """Takes over what another file has."""
        self.accounts += other.accounts
        self.refused += other.refused
        self.notes += other.notes
        self.parts += other.parts

    def _fitted(self, text: str, what: str) -> str:
        """The text without control characters, and shortened to what the token has room for, with a note."""
        whole = printable(text)
        if len(whole.encode()) <= TEXT_BYTES:
            return whole
        short = whole.encode()[: TEXT_BYTES - 3].decode(errors="ignore").rstrip() + "\u2026"
        self.notes.append(f"The {what} {whole!r} is too long for the token and was shortened to {short!r}.")
        return short


def _of_object(fields: Callable[[dict[str, Any]], Mapping[str, Any]], entry: object) -> Mapping[str, Any]:
    return fields(mapping(entry, "the entry"))


def _without(issuer: str, name: str) -> str:
    """The name without the issuer in front of it, which several apps write a second time."""
    before, colon, after = name.partition(":")
    return after.strip() if colon and issuer and before.strip().casefold() == issuer.casefold() else name


def printable(text: str) -> str:
    """One line of text for terminal and token: control characters and half characters become blanks."""
    plain = "".join(" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in text)
    return plain.strip()


class Sample:
    """The bytes of a file, and what can be seen in them; looked at once, by every format that asks."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def text(self) -> str | None:
        """The file as text; None when it is none."""
        try:
            if self.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                return self.data.decode("utf-16")
            text = self.data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None
        return None if "\0" in text else text

    @cached_property
    def json(self) -> Any:
        """The file as JSON; None when it is none."""
        if not self.text or self.text.lstrip()[:1] not in ("{", "["):
            return None
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    @property
    def object(self) -> dict[str, Any]:
        """The JSON object that the file is; {} when it is none."""
        return self.json if isinstance(self.json, dict) else {}


# --- pieces of untrusted data ---------------------------------------------------------------------------


def damaged(what: str) -> BadInput:
    """The error for something in a file that is not as its format has it."""
    return BadInput(f"the file is damaged: {what}", "Export it once more.")


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turns what decoding untrusted bytes raises into BadInput; the bytes are not quoted."""
    try:
        yield
    except (ValueError, KeyError, IndexError, TypeError, OverflowError, RecursionError, binascii.Error):
        raise damaged(what) from None


def parsed(data: bytes, what: str) -> Any:
    """JSON in bytes that were just decrypted."""
    with explained(what):
        return json.loads(data)


def mapping(value: object, what: str) -> dict[str, Any]:
    """`value`, which must be an object."""
    if not isinstance(value, dict):
        raise damaged(f"{what} is no object")
    return value


def sequence(value: object, what: str) -> list[Any]:
    """`value`, which must be a list."""
    if not isinstance(value, list):
        raise damaged(f"{what} is no list")
    return value


def text(of: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """A text in an object; null is the default."""
    value = of.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise damaged(f"{key} is no text")
    return value


def number(of: Mapping[str, Any], key: str, default: int | None = None) -> int:
    """A whole number in an object, also when it stands there as text; null is the default."""
    value = of.get(key)
    if value is None and default is not None:
        return default
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 20:
        return int(value)
    if type(value) is not int:
        raise damaged(f"{key} is no number")
    return value


def from_base64(value: object, what: str) -> bytes:
    """Bytes of a base64 text, padded or not."""
    if not isinstance(value, str):
        raise damaged(f"{what} is no text")
    with explained(f"{what} is no base64"):
        return base64.b64decode("".join(value.split()).rstrip("=") + "===", validate=False)


def from_hex(value: object, what: str) -> bytes:
    """Bytes of a hexadecimal text."""
    if not isinstance(value, str):
        raise damaged(f"{what} is no text")
    with explained(f"{what} is no hexadecimal"):
        return bytes.fromhex(value)


def from_signed(value: object, what: str) -> bytes:
    """Bytes of a list of Java's signed ones."""
    with explained(f"{what} is no list of bytes"):
        return bytes(each & 0xFF if -128 <= each <= 255 else 256 for each in sequence(value, what))


def called(entry: object, *keys: str) -> str:
    """What an entry is called, for people, from the first of the keys that are texts; never fails."""
    if not isinstance(entry, dict):
        return ""
    parts = [entry[key] for key in keys if isinstance(entry.get(key), str)]
    return label(*parts[:2]) if len(parts) >= 2 else "".join(parts[:1])
