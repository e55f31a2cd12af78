"""Reads lists of key URIs in a text: one per line, as most apps export them, or separated by commas, as Ente
Auth does; and URIs below or within other text, as in an entry of `pass` or a list in JSON.

It also reads Google Authenticator transfer codes among them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from ticktap.errors import BadInput
from ticktap.formats import base32, google_migration, otpauth, phone_apps
from ticktap.formats.file_format import Certainty, ExportKind, Format, Reader, Writer
from ticktap.formats.result import ImportResult, InputFile, LeftOut, from_base64
from ticktap.otp.account import Account, Params

_SCHEMES = ("otpauth:", "otpauth-migration:", "motp:", "steam:")
_BEGIN = r"(?:otpauth|otpauth-migration|motp|steam)://"
# A comma ends a URI only if another one follows, because labels may contain raw commas.
_BETWEEN = re.compile(rf",(?=\s*{_BEGIN})", re.IGNORECASE)
_WITHIN = re.compile(rf"(?<![a-z0-9+.-]){_BEGIN}", re.IGNORECASE)
_CLOSING = {'"': '"', "'": "'", "`": "`", "<": ">", "(": ")", "[": "]"}
_DISPLAY = re.compile(r"[?&]codedisplay=([^&]*)", re.IGNORECASE)
_LIKE_ONE = re.compile(r"secret\s*=|\b[a-z]*otp[a-z-]*:/|\bo[a-z]{3,6}://", re.IGNORECASE)
_DEPTH = 32  # depth of JSON that is searched


def is_one(text: str) -> bool:
    """Whether a text is a URI of a one-time password of any kind."""
    return text.lstrip().lower().startswith(_SCHEMES)


def recognise(file: InputFile) -> bool:
    """Whether the first line that is neither empty nor a comment is such a URI."""
    return any(is_one(line) for line in _lines(file.text or "")[:1])


def recognise_within(file: InputFile) -> bool:
    """Whether it is a text that contains such a URI."""
    return file.json is None and _WITHIN.search(file.text or "") is not None


def recognise_json(file: InputFile) -> bool:
    """Whether it is JSON that contains such a URI, or a file of Steam's app."""
    if isinstance(file.object.get("shared_secret"), str):
        return True
    return any(is_one(text) for _, text in _texts(file.json))


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads all of them. Other lines are reported by number, and refused if they resemble URIs."""
    found = ImportResult()
    others: list[int] = []
    for at, line in enumerate((file.text or "").splitlines(), start=1):
        if _is_silent(line):
            continue
        start = _WITHIN.search(line)
        if start is None:
            if _LIKE_ONE.search(line) or _is_secret(line):
                found.refuse(f"line {at}", "it is not an otpauth URI")
            else:
                others.append(at)
            continue
        for text in _BETWEEN.split(_cut(line, start.start())):
            add_uri(found, text.strip(), f"line {at}")
    if others:
        found.note(f"{_numbered('line', others)} no otpauth URI and was skipped. ")
    return found


def read_json(file: InputFile, password: str = "") -> ImportResult:
    """Reads all texts in JSON that are such URIs; other texts in a list of them are refused by position."""
    found = ImportResult()
    if isinstance(file.object.get("shared_secret"), str):
        found.add("Steam", lambda: _of_steam(file.object))
        return found
    for where, text in _texts(file.json):
        if is_one(text):
            add_uri(found, text.strip(), where)
    if isinstance(file.json, list):
        for at, each in enumerate(file.json, start=1):
            if not any(is_one(text) for _, text in _texts(each)):
                found.refuse(f"entry {at}", "there is no otpauth URI in it")
    return found


def _of_steam(entry: dict[str, Any]) -> Params:
    """Reads Steam's app data, which tools save as a `.maFile`. Its URI does not identify it as Steam's."""
    secret = from_base64(entry["shared_secret"], "shared_secret")
    name = entry.get("account_name")
    return Params(issuer="Steam", name=name if isinstance(name, str) else "", secret=secret, type="steam")


def add_uri(found: ImportResult, text: str, where: str) -> None:
    """Adds one URI to `found`."""
    if google_migration.is_one(text):
        try:
            found.parts.append(google_migration.parse(text))
        except BadInput as error:
            found.refuse(where, error.message)
        return

    def fields() -> dict[str, Any]:
        given = otpauth.fields(text)
        if _is_trashed(text):
            raise LeftOut("is in the app's trash and was left out")
        return given

    found.add(_called(text) or where, fields)


def _is_trashed(text: str) -> bool:
    """Whether it is in Ente Auth's trash, which a parameter with JSON says."""
    display = _DISPLAY.search(text)
    try:
        about = json.loads(unquote(display[1])) if display else None
    except (ValueError, RecursionError):
        return False
    return isinstance(about, dict) and about.get("trashed") is True


def _cut(line: str, start: int) -> str:
    """Returns the line from there, up to the closing mark if an opening one precedes."""
    closing = _CLOSING.get(line[start - 1 : start], "")
    end = line.find(closing, start) if closing else -1
    return line[start:] if end < 0 else line[start:end]


def _is_secret(line: str) -> bool:
    """Whether a line may be a bare secret."""
    try:
        return len(base32.decode(line.strip())) >= 10
    except BadInput:
        return False


def _texts(value: object, where: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yields all texts in JSON with their positions."""
    if isinstance(value, str):
        yield where or "the text", value
    elif depth < _DEPTH and isinstance(value, (list, dict)):
        entries = enumerate(value, start=1) if isinstance(value, list) else value.items()
        for key, each in entries:
            yield from _texts(each, where or f"entry {key}", depth + 1)


def _numbered(what: str, numbers: list[int]) -> str:
    """`Line 3 has`, `Lines 1, 2 and 5 have`."""
    if len(numbers) == 1:
        return f"{what.capitalize()} {numbers[0]} has"
    shown = [str(each) for each in numbers[:20]]
    rest = f" and {len(numbers) - 20} more" if numbers[20:] else f" and {shown.pop()}"
    return f"{what.capitalize()}s {', '.join(shown)}{rest} have"


def _called(text: str) -> str:
    """Returns the label of a URI, which is not secret: the part between type and parameters."""
    found = re.match(r"[a-z-]+://[^/?]*/([^?]{1,200})\?", text, re.IGNORECASE)
    return unquote(found[1]) if found and "=" not in found[1] else ""


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if not _is_silent(line)]


def _is_silent(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith(("#", "//"))


def format(accounts: Sequence[Account], password: str = "", serials: Sequence[str] = ()) -> bytes:
    """Writes one key URI in each line."""
    return "".join(otpauth.format(each) + "\n" for each in accounts).encode()


FORMAT = Format(
    "uris",
    "otpauth URIs",
    (".txt",),
    (
        Reader(recognise, read),
        Reader(recognise_within, read, certainty=Certainty.CONTAINED),
        Reader(recognise_json, read_json, certainty=Certainty.CONTAINED),
    ),
    Writer(
        format,
        (
            ExportKind("uri", "otpauth URIs, one per line"),
            ExportKind("qr", "a folder of QR code pictures", "pictures"),
            ExportKind("terminal", "QR codes on this terminal", "terminal"),
        ),
        warn=phone_apps.warnings,
        line_per_account=True,
    ),
)
