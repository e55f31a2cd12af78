"""CSV with named columns: what password managers write, and any list with issuer, name and secret in a row.

Such lists are what people keep beside a YubiKey (`ykman oath accounts add` takes the same fields), or make by
hand.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ticktap.accounts import Params
from ticktap.errors import BadInput
from ticktap.formats import loose, otpauth
from ticktap.formats.reading import Found, Sample, damaged, number

# The columns that are known, by what they may be called; lower case, without blanks, dashes and underscores.
_COLUMNS = {
    "issuer": ("issuer", "service", "provider", "site"),
    "name": ("name", "account", "accountname", "label", "username", "user", "upn"),
    "secret": ("secret", "secretkey", "key", "seed", "otpauth", "uri", "url", "totp"),
    "type": ("type", "oathtype", "otptype", "tokentype"),
    "algorithm": ("algorithm", "algo", "hash", "hashalgorithm"),
    "digits": ("digits", "length"),
    "period": ("period", "interval", "timeinterval", "timestep", "step"),
    "counter": ("counter",),
}
_MEANING = {alias: column for column, aliases in _COLUMNS.items() for alias in aliases}
_DELIMITERS = ",;\t"


def heading(sample: Sample) -> list[str]:
    """The names of the columns, lower case; empty when the file is no table."""
    if not sample.text or sample.text.lstrip()[:1] in ("{", "[", "<"):
        return []
    first = next((line for line in sample.text.splitlines() if line.strip()), "")
    try:
        cells = next(csv.reader([first], delimiter=_delimiter(first)), [])
    except csv.Error:
        return []
    return [cell.strip().lower() for cell in cells] if len(cells) > 1 else []


def rows(sample: Sample) -> Iterator[dict[str, str]]:
    """Each row as an object, by the names in `heading`.

    Raises:
        BadInput: what follows is no table.
    """
    columns = heading(sample)
    text = (sample.text or "").lstrip("\r\n \ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text.partition("\n")[0]))
    try:
        next(reader, None)
        for row in reader:
            if any(cell.strip() for cell in row):
                yield dict(zip(columns, (cell.strip() for cell in row), strict=False))
    except csv.Error:
        raise damaged("it is no table") from None


def recognise(sample: Sample) -> bool:
    """A table with a column for the secret and one that says whose it is."""
    meant = {_meaning(name) for name in heading(sample)}
    return "secret" in meant and bool({"issuer", "name"} & meant)


def read(sample: Sample, password: str = "") -> Found:
    """The accounts of a table; the secret may be base32 or a key URI."""
    found = Found()
    for row in rows(sample):
        known = {_meaning(name): cell for name, cell in row.items() if cell}
        known["type"] = known.get("type", "")
        if "secret" in known:
            found.take_each([known], ("issuer", "name"), _fields)
        else:
            found.refuse(known.get("issuer") or known.get("name") or "", "it has no secret")
    return found


def _fields(row: dict[str, str]) -> Params:
    found = loose.fields(row["secret"], row.get("issuer", ""), row.get("name", ""))
    kind = row["type"].lower()
    if kind in ("totp", "hotp", "steam"):
        found["type"] = kind
    elif kind:
        raise BadInput("it is of a kind that the token does not know")
    if "algorithm" in row:
        found["algorithm"] = otpauth.algorithm(row["algorithm"])
    for key in ("digits", "period", "counter"):
        if key in row:
            found[key] = number(row, key)
    return found


def _meaning(name: str) -> str:
    plain = name.replace(" ", "").replace("_", "").replace("-", "")
    return _MEANING.get(plain, plain)


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)
