"""Duo Mobile's list of third-party accounts: JSON. Duo's own push accounts have no secret to take along."""

from __future__ import annotations

from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import base32
from ticktap.formats.result import ImportResult, InputFile, mapping, not_known, number, text
from ticktap.otp.account import Params

_ENTRY = frozenset(["accountType", "name", "otpGenerator", "logoUri"])
_GENERATOR = frozenset(("otpSecret", "counter"))


def recognise(sample: InputFile) -> bool:
    """A list of objects with an accountType."""
    entries = sample.json
    return isinstance(entries, list) and any(
        isinstance(each, dict) and "accountType" in each for each in entries
    )


def read(sample: InputFile, password: str = "") -> ImportResult:
    """The accounts that make codes."""
    found = ImportResult()
    found.take_each(sample.json, ("name",), _fields)
    return found


def _fields(entry: dict[str, Any]) -> Params:
    if "otpGenerator" not in entry:
        raise BadInput("it signs in by push and has no secret to take along")
    generator = mapping(entry["otpGenerator"], "otpGenerator")
    return Params(
        issuer="",
        name=text(entry, "name", ""),
        secret=base32.decode(text(generator, "otpSecret")),
        type="hotp" if "counter" in generator else "totp",
        counter=number(generator, "counter", 0),
        ignored=not_known(entry, _ENTRY) + not_known(generator, _GENERATOR, strict=True),
    )
