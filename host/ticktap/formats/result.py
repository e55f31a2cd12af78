"""Shared by the readers: the result of an import, and checks of untrusted data.

Readers are pure: bytes to `ImportResult`. They raise BadInput (or its WrongPassword) for a file as a whole;
an entry that cannot be imported is refused by name, with the reason, and does not stop the others.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from ticktap.errors import BadInput
from ticktap.otp.account import TEXT_BYTES, Account, label

if TYPE_CHECKING:
    from ticktap.formats.structured_append import Piece
    from ticktap.formats.transfer_part import Part

FILE_BYTES = 32 * 1024 * 1024  # no export or picture is larger
ENTRIES = 10_000


class WrongPassword(BadInput):
    """The password is wrong, or the file is damaged."""

    def __init__(self) -> None:
        super().__init__(
            "the password is wrong, or the file is damaged", "Give the password that the file was saved with."
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that was not imported: its name in the file, and why."""

    name: str
    reason: str


class LeftOut(Exception):
    """An entry that the app no longer shows; the text continues its name: "is in the trash"."""


IGNORED = "ignored"
"""The key under which `fields()` may list, besides the arguments of Account, what it did not understand."""
ARCHIVED = "archived"
"""The key under which it may say that the account is archived in the app."""


@dataclass
class ImportResult:
    """The accounts and remarks of one or several files.

    Args:
        said: sentences about accounts that were changed or left out.
        ignored: what is not understood, with the accounts concerned.
        parts: Google Authenticator transfer codes, to be merged with those of other files.
        pieces: symbols of a text in several QR codes, to be merged likewise.
    """

    accounts: list[Account] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    ignored: dict[str, list[str]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """All sentences about what was changed, left out or not understood."""
        return self.remarks + [ignored_sentence(what, labels) for what, labels in self.ignored.items()]

    def note(self, sentence: str) -> None:
        """Adds a sentence, once."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def add(self, what: str, fields: Callable[[], Mapping[str, Any]]) -> None:
        """Adds the account that `fields()` describes (arguments of Account), or refuses it as `what`.

        `fields` may also give a list under IGNORED and True under ARCHIVED, or raise LeftOut.
        """
        if len(self.accounts) >= ENTRIES:
            raise BadInput(f"the file has more than {ENTRIES} entries", "Split it.")
        try:
            given = dict(fields())
            ignored, archived = given.pop(IGNORED, ()), given.pop(ARCHIVED, False)
            for key in ("issuer", "name"):
                given[key] = self._fitted(str(given.get(key, "")), key)
            given["name"] = _without(given["issuer"], given["name"])
            account = Account(**given)
        except BadInput as error:
            self.refuse(what, error.message)
        except LeftOut as reason:
            self.note(f"{printable(what) or 'An entry without a name'} {reason}.")
        else:
            self.accounts.append(account)
            for each in ignored:
                self.ignore(each, account.label)
            if archived:
                self.note(f"{account.label} is archived in the app; it was imported.")
            if sentence := likely_steam(account):
                self.note(sentence)

    def require_any(self) -> ImportResult:
        """Returns itself if it is not empty.

        Raises:
            BadInput: it is empty.
        """
        if not (self.accounts or self.refused or self.remarks or self.parts or self.pieces):
            raise BadInput("no entry of the file has a one-time code", "Export again, with the codes.")
        return self

    def ignore(self, what: str, label: str) -> None:
        """Records a part of an entry that is not understood; `what` as in "the column 'skew'"."""
        self.ignored.setdefault(printable(what), []).append(label)

    def add_each(
        self, entries: object, keys: tuple[str, ...], fields: Callable[[dict[str, Any]], Mapping[str, Any]]
    ) -> None:
        """Adds every entry of a list of objects; `keys` are the possible names of an entry."""
        for entry in sequence(entries, "the list of entries"):
            self.add(called(entry, *keys), partial(_of_object, fields, entry))

    def refuse(self, what: str, reason: str) -> None:
        """Records an entry that cannot be imported."""
        if len(self.refused) >= ENTRIES:
            raise BadInput(f"the file has more than {ENTRIES} entries", "Split it.")
        self.refused.append(Refusal(printable(what) or "(unnamed)", reason))

    def join(self, other: ImportResult) -> None:
        """Adds the contents of another file."""
        self.accounts += other.accounts
        self.refused += other.refused
        for each in other.remarks:
            self.note(each)
        for what, labels in other.ignored.items():
            self.ignored.setdefault(what, []).extend(labels)
        self.parts += other.parts
        self.pieces += other.pieces

    def _fitted(self, text: str, what: str) -> str:
        """Removes control characters and shortens the text to the token's limit, with a note."""
        whole = printable(text)
        if len(whole.encode()) <= TEXT_BYTES:
            return whole
        short = whole.encode()[: TEXT_BYTES - 3].decode(errors="ignore").rstrip() + "\u2026"
        self.note(f"The {what} {whole!r} is too long for the token and was shortened to {short!r}.")
        return short


_SHOWN = 3  # labels in a sentence


def ignored_sentence(what: str, labels: list[str]) -> str:
    """The sentence for the user about a part that was not understood."""
    among = ", ".join(labels[:_SHOWN]) + (f" and {len(labels) - _SHOWN} more" if labels[_SHOWN:] else "")
    return f"Not understood and ignored: {what} ({among}). If a site refuses the codes, check that setting."


def likely_steam(account: Account) -> str:
    """Returns a remark on a Steam account that would not make Steam codes; "" for others."""
    if account.type != "totp" or (account.issuer or account.name).strip().casefold() != "steam":
        return ""
    return (
        f"{account.label} seems to be a Steam account and was imported as TOTP with {account.digits} digits. "
        "Steam Guard codes have five letters and digits: if Steam expects those, add it as steam://SECRET."
    )


# Words in the names of keys that may affect codes. An app's other keys do not.
_CODE_WORDS = re.compile(
    r"algo|hash|digest|hmac|digit|length|period|interval|step|timer|counter|encod|pin\b|pin$|offset|epoch|t0$"
    r"|skew|drift|truncat|check|salt|secret|seed|format|suite|alphabet|charset|2fa|otp",
    re.IGNORECASE,
)


def unknown_keys(of: Mapping[str, Any], known: frozenset[str], strict: bool = False) -> list[str]:
    """Returns the keys of an object other than `known`, for IGNORED.

    Args:
        strict: include every unknown key, not only those whose names suggest an effect on codes.
    """
    return [
        f"{key!r}"
        for key, value in of.items()
        if key not in known and value not in (None, "", False, 0, [], {}) and (strict or affects_codes(key))
    ]


def affects_codes(name: str) -> bool:
    """Whether a key of this name may affect codes."""
    return _CODE_WORDS.search(name) is not None


def _of_object(fields: Callable[[dict[str, Any]], Mapping[str, Any]], entry: object) -> Mapping[str, Any]:
    return fields(mapping(entry, "the entry"))


def _without(issuer: str, name: str) -> str:
    """Removes the issuer from the front of the name, where several apps repeat it."""
    before, colon, after = name.partition(":")
    return after.strip() if colon and issuer and before.strip().casefold() == issuer.casefold() else name


def printable(text: str) -> str:
    """Makes one printable line: control characters and surrogates become spaces."""
    plain = "".join(" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in text)
    return plain.strip()


class InputFile:
    """The bytes of a file, with cached decodings for the formats."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def text(self) -> str | None:
        """The file as text; None if it is not text."""
        try:
            if self.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                return self.data.decode("utf-16")
            text = self.data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None
        return None if "\0" in text else text

    @cached_property
    def xml(self) -> str | None:
        """The file as XML without its declaration; None if it is not XML. Encodings as in XML 1.0, 4.3.3."""
        text = _decoded_xml(self.data)
        return None if text is None or not text.startswith("<") else text

    @cached_property
    def json(self) -> Any:
        """The file as JSON; None if it is not JSON."""
        if not self.text or self.text.lstrip()[:1] not in ("{", "["):
            return None
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    @property
    def object(self) -> dict[str, Any]:
        """The file as a JSON object; {} if it is not one."""
        return self.json if isinstance(self.json, dict) else {}


_DECLARATION = re.compile(r"""<\?xml\s[^>]{0,200}?\?>\s*""")
_ENCODING = re.compile(r"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like the UTF-16 mark
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0?\0", "utf-16-le"),  # XML 1.0, appendix F: without a mark
    (b"\0<\0?", "utf-16-be"),
)
# Allowed XML encodings; codecs with escapes or shifts (utf-7) could hide a document type.
_ENCODINGS = re.compile(
    r"utf-?8|us-ascii|ascii|(iso[-_]?)?8859-\d+|iso-8859-\d+|latin-?\d+|windows-12\d\d|cp12\d\d|koi8-[ru]|shift_jis|euc-jp"
    r"|euc-kr|gb2312|gbk|gb18030|big5",
    re.IGNORECASE,
)


def _decoded_xml(data: bytes) -> str | None:
    data = data.lstrip(b" \t\r\n")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not encoding:
        found = _ENCODING.match(data[:300].decode("latin-1"))
        encoding = found[1] if found else "utf-8"
        if not _ENCODINGS.fullmatch(encoding):
            return None
    try:
        text = data.decode(encoding).lstrip("\ufeff \t\r\n")
    except (UnicodeDecodeError, LookupError):
        return None
    return None if "\0" in text else _DECLARATION.sub("", text, count=1).strip()


def has_document_type(xml: str) -> bool:
    """Whether XML has declarations, which allow XML bombs; comments and CDATA do not count."""
    return re.search(r"<!(?!--|\[CDATA\[)", xml) is not None


# --- pieces of untrusted data ---------------------------------------------------------------------------


def damaged(what: str) -> BadInput:
    """The error for data that does not follow the file's format."""
    return BadInput(f"the file is damaged: {what}", "Export it again.")


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Converts errors of decoding untrusted bytes to BadInput; the bytes are not quoted."""
    try:
        yield
    except (ValueError, KeyError, IndexError, TypeError, OverflowError, RecursionError, binascii.Error):
        raise damaged(what) from None


def parsed(data: bytes, what: str) -> Any:
    """Parses JSON from decrypted bytes."""
    with explained(what):
        return json.loads(data)


def mapping(value: object, what: str) -> dict[str, Any]:
    """Returns `value`, which must be an object."""
    if not isinstance(value, dict):
        raise damaged(f"{what} is not an object")
    return value


def sequence(value: object, what: str) -> list[Any]:
    """Returns `value`, which must be a list."""
    if not isinstance(value, list):
        raise damaged(f"{what} is not a list")
    return value


def text(of: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """Returns a text in an object; null means the default."""
    value = of.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise damaged(f"{key} is not text")
    return value


def number(of: Mapping[str, Any], key: str, default: int | None = None) -> int:
    """Returns a whole number in an object, also if it is written as text; null means the default."""
    value = of.get(key)
    if value is None and default is not None:
        return default
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 20:
        return int(value)
    if type(value) is not int:
        raise damaged(f"{key} is not a number")
    return value


def from_base64(value: object, what: str) -> bytes:
    """Decodes a base64 text, padded or not."""
    if not isinstance(value, str):
        raise damaged(f"{what} is not text")
    with explained(f"{what} is not base64"):
        return base64.b64decode("".join(value.split()).rstrip("=") + "===", validate=False)


def from_hex(value: object, what: str) -> bytes:
    """Decodes a hexadecimal text."""
    if not isinstance(value, str):
        raise damaged(f"{what} is not text")
    with explained(f"{what} is not hexadecimal"):
        return bytes.fromhex(value)


def from_signed(value: object, what: str) -> bytes:
    """Converts a list of Java's signed bytes."""
    with explained(f"{what} is not a list of bytes"):
        return bytes(each & 0xFF if -128 <= each <= 255 else 256 for each in sequence(value, what))


def called(entry: object, *keys: str) -> str:
    """Returns an entry's name for messages: the first of the keys that is a text; never fails."""
    if not isinstance(entry, dict):
        return ""
    parts = [entry[key] for key in keys if isinstance(entry.get(key), str)]
    return label(*parts[:2]) if len(parts) >= 2 else "".join(parts[:1])
