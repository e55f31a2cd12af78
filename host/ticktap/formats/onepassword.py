"""1Password exports: CSV, and 1PUX, a zip with `export.data`, JSON, in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import Any

from ticktap.formats import generic_csv, totp_field
from ticktap.formats.file_format import Certainty, Format, Reader
from ticktap.formats.result import (
    ARCHIVED,
    FILE_BYTES,
    ImportResult,
    InputFile,
    LeftOut,
    damaged,
    mapping,
    parsed,
    sequence,
)
from ticktap.otp.account import Params

_COLUMN = "otpauth"
_DATA = "export.data"


def recognise_csv(file: InputFile) -> bool:
    """Whether it is a table with the columns `Title` and `OTPAuth`."""
    return {_COLUMN, "title"} <= set(generic_csv.heading(file))


def recognise(file: InputFile) -> bool:
    """Whether it is a zip with `export.data`."""
    archive = _archive(file)
    return archive is not None and _DATA in archive.namelist()


read_csv = generic_csv.read


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the items of all vaults that have a one-time password field.

    Raises:
        BadInput: damaged.
    """
    found = ImportResult()
    for item in _items(mapping(parsed(_content(file), _DATA), _DATA)):
        title, user = _title(item), _user(item)
        for value in _values(item):
            found.add(title, partial(_fields, item, value, title, user))
    return found.require_any()


def _fields(item: dict[str, Any], value: str, title: str, user: str) -> Params:
    if item.get("trashed") in (True, "Y") or item.get("state") in ("deleted", "trashed"):
        raise LeftOut("is in the app's trash and was left out")
    found = totp_field.fields(value, title, user)
    found[ARCHIVED] = item.get("state") == "archived"
    return found


def _archive(file: InputFile) -> zipfile.ZipFile | None:
    if not file.data.startswith(b"PK"):
        return None
    try:
        return zipfile.ZipFile(io.BytesIO(file.data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None


def _content(file: InputFile) -> bytes:
    archive = _archive(file)
    if archive is None:
        raise damaged("it is not a zip file")
    try:
        with archive.open(_DATA) as entry:
            data = entry.read(FILE_BYTES + 1)
    except Exception as error:  # zipfile and its decompressors have no other common base class of errors
        raise damaged(f"{_DATA} cannot be unpacked ({type(error).__name__})") from None
    if len(data) > FILE_BYTES:
        raise damaged(f"{_DATA} is too large")
    return data


def _items(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for account in sequence(data.get("accounts"), "accounts"):
        for vault in sequence(mapping(account, "an account").get("vaults"), "vaults"):
            for item in sequence(mapping(vault, "a vault").get("items"), "items"):
                yield mapping(item, "an item")


def _title(item: dict[str, Any]) -> str:
    title = item["overview"].get("title") if isinstance(item.get("overview"), dict) else None
    return title if isinstance(title, str) else ""


def _details(item: dict[str, Any]) -> dict[str, Any]:
    details = item.get("details")
    return details if isinstance(details, dict) else {}


def _user(item: dict[str, Any]) -> str:
    for each in _objects(_details(item).get("loginFields")):
        if each.get("designation") == "username" and isinstance(each.get("value"), str):
            return str(each["value"])
    return ""


def _values(item: dict[str, Any]) -> Iterator[str]:
    for section in _objects(_details(item).get("sections")):
        for each in _objects(section.get("fields")):
            value = each.get("value")
            if isinstance(value, dict) and isinstance(value.get("totp"), str) and value["totp"].strip():
                yield value["totp"]


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


FORMAT = Format("1pux", "1Password 1PUX", (".1pux",), (Reader(recognise, read),))
CSV = Format(
    "1password-csv",
    "1Password CSV",
    (".csv",),
    (Reader(recognise_csv, read_csv, certainty=Certainty.COLUMNS),),
)
