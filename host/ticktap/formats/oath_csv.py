"""OATH CSV, as privacyIDEA imports tokens: `serial, key in hexadecimal, totp or hotp, digits, period or
counter`.

With `# version: 2` on the first line user, resolver and realm come first. There is no column for the hash:
privacyIDEA (3.14, tried) takes it from the length of the key, and so does this.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from ticktap.errors import BadInput
from ticktap.formats import made_up_serials
from ticktap.formats.file_format import Certainty, ExportKind, Format, Reader, Writer
from ticktap.formats.result import ImportResult, InputFile, damaged, from_hex, number
from ticktap.otp.account import Account, Params

_HEX = frozenset("0123456789abcdefABCDEF")
_COLUMNS = 5
_USER_COLUMNS = 3  # of version 2
_HASHES = {28: "SHA224", 32: "SHA256", 48: "SHA384", 64: "SHA512"}  # by the key's bytes; all others: SHA-1


def recognise(file: InputFile) -> bool:
    """Whether every line has a hexadecimal key in its second column, or in its fifth."""
    rows = _rows(file) if file.text and len(file.text) < 1 << 22 else []
    return bool(rows) and all(len(row) >= 2 and len(row[1]) >= 20 and set(row[1]) <= _HEX for row in rows)


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the tokens of a list; each is named after its user, or else after its serial number."""
    found = ImportResult()
    users = _users(file)
    for at, row in enumerate(_rows(file)):
        known = dict(zip(("serial", "key", "type", "digits", "moving"), row, strict=False))
        known["user"] = users[at]
        if any(row[len(known) - 1 :]):
            found.refuse(known["serial"], f"it has {len(row)} cells, and this format has at most {_COLUMNS}")
            continue
        found.add_each([known], ("serial",), _fields)
    return found


def _fields(row: dict[str, str]) -> Params:
    kind = (row.get("type") or "hotp").lower()
    if kind not in ("hotp", "totp"):
        raise BadInput("the token does not support its type")
    secret = from_hex(row["key"], "the key")
    algorithm = _hash(secret)
    if algorithm not in ("SHA1", "SHA256", "SHA512"):
        raise BadInput(f"a key of {len(secret)} bytes means {algorithm}, which the token does not support")
    moving = number(row, "moving") if row.get("moving") else None
    return Params(
        issuer="",
        name=row.get("user") or row["serial"],
        secret=secret,
        type=kind,
        algorithm=algorithm,
        digits=number(row, "digits") if row.get("digits") else 6,
        period=(moving or 30) if kind == "totp" else 30,
        counter=(moving or 0) if kind == "hotp" else 0,
    )


def _hash(secret: bytes) -> str:
    """Returns the hash that a key of this length means."""
    return _HASHES.get(len(secret), "SHA1")


def _version_2(file: InputFile) -> bool:
    first = (file.text or "").lstrip().partition("\n")[0].replace(" ", "").strip().lower()
    return first == "#version:2"


def _cells(file: InputFile) -> list[list[str]]:
    lines = [line for line in (file.text or "").splitlines() if line.strip() and not line.startswith("#")]
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines)]
    except csv.Error:
        raise damaged("it is not a table") from None


def _rows(file: InputFile) -> list[list[str]]:
    """Returns the rows, starting with the serial number."""
    try:
        return [row[_USER_COLUMNS:] if _version_2(file) else row for row in _cells(file)]
    except BadInput:
        return []


def _users(file: InputFile) -> list[str]:
    return [row[0] if _version_2(file) and row else "" for row in _cells(file)]


def format(accounts: Sequence[Account], password: str = "", serials: Sequence[str] = ()) -> bytes:
    """Writes a list for privacyIDEA; without `serials`, serial numbers are made from the position."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    numbers = made_up_serials.or_made_up(serials, len(accounts))
    for serial, account in zip(numbers, accounts, strict=True):
        moving = account.counter if account.type == "hotp" else account.period
        writer.writerow([serial, account.secret.hex(), account.type, account.digits, moving])
    return out.getvalue().encode()


def unfit(account: Account) -> str:
    """Returns why an account does not fit the list; "" if it does."""
    if account.type == "steam":
        return "it does not support Steam codes"
    if account.algorithm != _hash(account.secret):
        return (
            f"it has no column for the hash: with a key of {len(account.secret)} bytes {account.algorithm} "
            f"would be read as {_hash(account.secret)}; use PSKC"
        )
    return ""


FORMAT = Format(
    "oath-csv",
    "OATH CSV",
    (".csv",),
    (Reader(recognise, read, certainty=Certainty.COLUMNS),),
    Writer(
        format,
        (ExportKind("csv", "OATH CSV for privacyIDEA"),),
        unfit,
        made_up=made_up_serials.SENTENCE,
        for_servers=True,
    ),
)
