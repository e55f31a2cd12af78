"""Reads CSV with named columns: from password managers, and any list of issuer, name and secret.

Such lists are what people keep beside a YubiKey (`ykman oath accounts add` takes the same fields), or make by
hand. A row that does not fit the heading is refused by its line. A column that is not understood is named.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from ticktap.errors import BadInput
from ticktap.formats import base32, delimited, otpauth, totp_field
from ticktap.formats.file_format import Certainty, Format, Reader
from ticktap.formats.result import (
    ARCHIVED,
    IGNORED,
    ImportResult,
    InputFile,
    LeftOut,
    affects_codes,
    damaged,
    number,
)
from ticktap.otp.account import Params

# The known columns by their names, in lower case, letters and digits only. If several columns of a table have
# the same meaning, the first one that is not empty counts.
_ISSUER = [
    "issuer",
    "service",
    "servicename",
    "provider",
    "title",
    "passwordname",
    "name",
    "site",
    "website",
    "serviceprovider",
]
_NAME = [
    "accountname",
    "account",
    "username",
    "userprincipalname",
    "upn",
    "user",
    "login",
    "loginname",
    "loginusername",
    "email",
    "emailaddress",
    "label",
    "name",
    "serialnumber",
    "serial",
]
_SECRET = [
    "logintotp",
    "otpauth",
    "otpurl",
    "otpuri",
    "totpurl",
    "totpuri",
    "totpsecret",
    "otpsecret",
    "totp",
    "otp",
    "onetimepassword",
    "2fa",
    "2fasecret",
    "totpseed",
    "totpkey",
    "otpauthuri",
    "otpauthurl",
    "totpauth",
    "onetimecode",
    "twofactorsecret",
    "otpseed",
    "otpkey",
    "timeotpsecretbase32",
    "authenticatorkey",
    "secret",
    "secretkey",
    "secretbase32",
    "sharedsecret",
    "seed",
    "key",
    "uri",
]
_WEB = ["url", "link"]  # a key URI in some lists, the site's address in most
_PARAMETERS = {
    "type": ("type", "oathtype", "otptype", "tokentype"),
    "algorithm": (
        "algorithm",
        "algo",
        "hash",
        "hashalgorithm",
        "hashfunction",
        "hashalgo",
        "digest",
        "hmac",
        "hmacalgorithm",
        "otpalgorithm",
        "totpalgorithm",
    ),
    "digits": (
        "digits",
        "length",
        "otplength",
        "codelength",
        "otpdigits",
        "totpdigits",
        "codedigits",
        "numberofdigits",
        "numdigits",
        "digitcount",
        "otplen",
    ),
    "period": (
        "period",
        "interval",
        "timeinterval",
        "timestep",
        "step",
        "timeintervalinseconds",
        "periodseconds",
        "intervalseconds",
        "otpperiod",
        "totpperiod",
        "totpinterval",
        "refresh",
        "refreshtime",
        "validity",
        "seconds",
        "timeperiod",
    ),
    "counter": ("counter", "initialcounter", "hotpcounter", "movingfactor"),
}
_ARCHIVED = ("archived",)
_HARMLESS = frozenset(
    [
        "url",
        "link",
        "website",
        "websites",
        "notes",
        "note",
        "comment",
        "comments",
        "description",
        "folder",
        "group",
        "grouping",
        "tags",
        "tag",
        "favorite",
        "fav",
        "icon",
        "color",
        "created",
        "createtime",
        "creationtime",
        "modified",
        "modifytime",
        "lastmodified",
        "lastused",
        "category",
        "vault",
        "reprompt",
        "fields",
        "loginuri",
        "loginpassword",
        "password",
        "pass",
        "email",
        "username2",
        "username3",
        "archived",
        "customdata",
        "classification",
        "secretdata",
        "passwordurl",
        "foldername",
        "manufacturer",
        "model",
        "serialnumber",
        "serial",
        "id",
        "uuid",
        "extra",
        "image",
        "logo",
        "index",
        "no",
        "number",
        "label",
        "deviceid",
    ]
)
_PASSWORDS = {"password", "loginpassword", "secretdata", "pass", "loginuri"}
"""A table with one of these columns is from a password manager: most of its rows have no code."""
_BIN = re.compile(r"(^|[/\\])(recycle ?bin|trash|papierkorb|deleted items)($|[/\\])", re.IGNORECASE)
_UNIT = re.compile(r"\((?:s|sec|secs|seconds|in seconds|digits|base ?32)\)")


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: the line in which it ends, its cells by normalised column names, and all cells."""

    line: int
    cells: dict[str, str]
    all: list[str]
    fits: bool

    def first(self, names: list[str] | tuple[str, ...]) -> str:
        """Returns the first of these columns that is not empty."""
        return next((self.cells[name] for name in names if self.cells.get(name)), "")


def heading(file: InputFile) -> list[str]:
    """Returns the normalised names of the columns; empty if the file is not a table."""
    return [_plain(name) for name in _heading(file)]


def recognise(file: InputFile) -> bool:
    """Whether it is a table with a column for the secret and one for its issuer or name."""
    names = set(heading(file))
    return bool(names & {*_SECRET, *_WEB}) and bool(names & {*_ISSUER, *_NAME})


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the accounts of a table; the secret may be base32 or a key URI.

    Rows of a password manager's table without a code are skipped, unless there is no other row.
    """
    names = heading(file)
    ignored = _ignored(file)
    is_manager = bool(_PASSWORDS & set(names))
    found = ImportResult()
    without: list[CsvRow] = []
    for row in _rows(file):
        if not row.fits:
            _take_unfit(found, row, len(names))
        elif _code(row):
            found.add(_called(row, names), partial(_fields, row, names, ignored))
        else:
            without.append(row)
    if without and is_manager and (found.accounts or found.refused or found.remarks):
        count = f"{len(without)} {'row has' if len(without) == 1 else 'rows have'}"
        found.note(f"{count} no code; the others were read.")
    else:
        for row in without:
            found.refuse(_where(row, names), "it has no secret")
    return found


def _heading(file: InputFile) -> list[str]:
    if not file.text or file.text.lstrip()[:1] in ("{", "[", "<"):
        return []
    try:
        first = next(delimited.lines(file.text), None)
    except csv.Error:
        return []
    cells = delimited.without_empty_columns(first.cells) if first else []
    return cells if len(cells) > 1 else []


def _rows(file: InputFile) -> Iterator[CsvRow]:
    """Yields the rows below the header. A row with more cells than columns does not fit.

    Raises:
        BadInput: what follows is no table.
    """
    names = heading(file)
    try:
        above, *rows = list(delimited.lines(file.text or ""))
    except csv.Error:
        raise damaged("it is not a table") from None
    width = len(above.cells)  # including unnamed empty columns of Excel
    for line in rows:
        cells: dict[str, str] = {}
        for name, cell in zip(names, line.cells, strict=False):
            cells[name] = cells.get(name) or cell
        fits = len(line.cells) <= width and not any(line.cells[len(names) :])
        yield CsvRow(line.number, cells, line.cells, fits)


def _take_unfit(found: ImportResult, row: CsvRow, columns: int) -> None:
    """Handles a row with too many cells: only a key URI in it is unambiguous."""
    uris = [cell for cell in row.all if "://" in cell and cell.lower().startswith(("otpauth://", "steam://"))]
    rest = [cell for cell in row.all if cell not in uris]
    if len(uris) != 1 or "secret=" not in uris[0].lower() or any("=" in cell for cell in rest):
        found.refuse(
            f"line {row.line}",
            f"it has {len(row.all)} cells and there are {columns} columns: "
            "put cells that contain a comma in quotation marks",
        )
        return
    before = len(found.accounts)
    found.add(f"line {row.line}", partial(totp_field.fields, uris[0], "", ""))
    if len(found.accounts) > before:
        found.note(f"Line {row.line} has more cells than columns: only the otpauth URI in it was read.")


def _code(row: CsvRow) -> str:
    if code := row.first(_SECRET):
        return code
    web = row.first(_WEB)
    return web if web.lower().startswith(("otpauth:", "steam:", "motp:")) else ""


def _called(row: CsvRow, names: list[str]) -> str:
    from ticktap.otp.account import label

    return label(*_issuer_and_name(row, names)) if any(_issuer_and_name(row, names)) else f"line {row.line}"


def _where(row: CsvRow, names: list[str]) -> str:
    issuer, name = _issuer_and_name(row, names)
    return f"line {row.line}" + (f", {issuer or name}" if issuer or name else "")


def _issuer_and_name(row: CsvRow, names: list[str]) -> tuple[str, str]:
    """`name` is the account, or the title if there is an account column."""
    others = [each for each in _NAME if each not in ("name", "label", "serialnumber", "serial")]
    titled = bool(set(names) & set(others))
    issuer = row.first([each for each in _ISSUER if each != "name" or titled])
    return issuer, row.first(others if titled and "name" in names else _NAME)


def _fields(row: CsvRow, names: list[str], ignored: list[str]) -> Params:
    if _BIN.search(row.first(["group", "grouping", "folder", "foldername"])):
        raise LeftOut("is in the app's trash and was left out")
    issuer, name = _issuer_and_name(row, names)
    found = totp_field.fields(_code(row), issuer, name)
    _refuse_another(row, found)
    more = list(found.get(IGNORED, []))
    found[ARCHIVED] = row.first(_ARCHIVED).lower() in ("true", "1", "yes")
    given = {key: row.first(aliases) for key, aliases in _PARAMETERS.items()}
    kind = given["type"].lower()
    if kind in ("totp", "hotp", "steam"):
        found["type"] = "steam" if found.get("type") == "steam" else kind
    elif kind and not _PASSWORDS & set(names):  # there it is "login" or "note"
        raise BadInput("the token does not support its type")
    if given["algorithm"]:
        found["algorithm"] = otpauth.algorithm(given["algorithm"])
    for key in ("digits", "period", "counter"):
        if given[key]:
            found[key] = number(given, key)
    found[IGNORED] = more + [f"the column {each!r}" for each in ignored if row.cells.get(_plain(each))]
    return found


def _refuse_another(row: CsvRow, found: Params) -> None:
    """Refuses a row whose columns contain two different secrets."""
    for column in _SECRET:
        if cell := row.cells.get(column):
            try:
                other = otpauth.fields(cell)["secret"] if "://" in cell else base32.decode(cell)
            except BadInput:
                continue  # `key`, for instance, may be something else
            if other != found["secret"]:
                raise BadInput("two columns contain different secrets")


def _ignored(file: InputFile) -> list[str]:
    """Returns the columns that are not understood; of a password manager's table those that may affect
    codes.
    """
    known = {*_ISSUER, *_NAME, *_SECRET, *_WEB, *_HARMLESS, *(x for xs in _PARAMETERS.values() for x in xs)}
    names = [name for name in _heading(file) if _plain(name) not in known and name]
    if _PASSWORDS & set(heading(file)):
        return [name for name in names if affects_codes(name)]
    return names


def _plain(name: str) -> str:
    """Normalises a name: lower case, letters and digits only, without the usual unit in brackets."""
    return "".join(each for each in _UNIT.sub("", name.lower()) if each.isalnum())


FORMAT = Format(
    "csv",
    "CSV with issuer, name and secret",
    (".csv",),
    (Reader(recognise, read, certainty=Certainty.COLUMNS),),
)
