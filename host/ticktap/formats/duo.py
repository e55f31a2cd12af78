"""Duo Mobile's list of third-party accounts: JSON. Duo's push accounts have no secret."""

from __future__ import annotations

from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import base32
from ticktap.formats.file_format import Format, Reader
from ticktap.formats.result import ImportResult, InputFile, mapping, number, text, unknown_keys
from ticktap.otp.account import Params

_ENTRY = frozenset(["accountType", "name", "otpGenerator", "logoUri"])
_GENERATOR = frozenset(("otpSecret", "counter"))


def recognise(file: InputFile) -> bool:
    """Whether it is a list of objects with an accountType."""
    entries = file.json
    return isinstance(entries, list) and any(
        isinstance(each, dict) and "accountType" in each for each in entries
    )


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the accounts that make codes."""
    found = ImportResult()
    found.add_each(file.json, ("name",), _fields)
    return found


def _fields(entry: dict[str, Any]) -> Params:
    if "otpGenerator" not in entry:
        raise BadInput("it uses push and has no secret")
    generator = mapping(entry["otpGenerator"], "otpGenerator")
    return Params(
        issuer="",
        name=text(entry, "name", ""),
        secret=base32.decode(text(generator, "otpSecret")),
        type="hotp" if "counter" in generator else "totp",
        counter=number(generator, "counter", 0),
        ignored=unknown_keys(entry, _ENTRY) + unknown_keys(generator, _GENERATOR, strict=True),
    )


FORMAT = Format("duo", "Duo Mobile", (".json",), (Reader(recognise, read),))
