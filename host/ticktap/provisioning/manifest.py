"""The manifest of a batch: which user gets which account on which token. Parses and checks the CSV.

A manifest contains no secret; secrets are made during provisioning (job.py). An error lists all problems of a
file with their lines. It quotes no cell except labels, because a cell may contain a secret by mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from ticktap.device.protocol import TOKEN_NAME_BYTES
from ticktap.errors import BadInput, TicktapError
from ticktap.files import private_files
from ticktap.formats import delimited, otpauth
from ticktap.formats.result import IGNORED
from ticktap.otp.account import Account, Params, Suffix, label, normal

SHORT_NAME = 12  # characters shown of an unknown column name; the shortest secret has 16 in base32
PinWish = Literal["none", "random", "ask"]

COLUMNS = ("user", "account", "label", "pin", "suffix", "methods", "networks")
NEEDED = ("user", "account")
USER_LETTERS = 64
ROWS = 10_000
# RFC 4226 section 4 asks for 20 bytes; RFC 6238 has secrets as long as the hash.
SECRET_BYTES = {"SHA1": 20, "SHA256": 32, "SHA512": 64}
_NO_NAME = ",:/\\"  # as in registry/user_names.py
_NO_SECRET = "secret=" + "A" * 32  # placeholder that otpauth requires; it is discarded


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """A row: one token to provision.

    Args:
        line: its line in the manifest.
        user: the name of the user who gets the token.
        label: the text on the token's label, also the token's name; unique.
        issuer, name, type, algorithm, digits, period, suffix: as in Account. The issuer may be empty.
        pin: "none", "random" (it is generated) or "ask" (the operator enters it).
        methods, networks: settings of a new user (registry/user.py); empty: the registry's defaults.
    """

    line: int
    user: str
    label: str
    issuer: str
    name: str
    type: str = "totp"
    algorithm: str = "SHA1"
    digits: int = 6
    period: int = 30
    suffix: str = "none"
    pin: PinWish = "none"
    methods: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()

    @property
    def account_label(self) -> str:
        """`Issuer:name`, or only the name."""
        return label(self.issuer, self.name)

    @property
    def secret_bytes(self) -> int:
        """The length of this account's secret in bytes."""
        return SECRET_BYTES[self.algorithm]

    def account(self, secret: bytes) -> Account:
        """Makes the account with a secret."""
        parameters: dict[str, Any] = {
            name: getattr(self, name) for name in ("type", "algorithm", "digits", "period", "suffix")
        }
        return Account(self.issuer, self.name, secret, **parameters)


class ManifestError(BadInput):
    """The manifest cannot be used. `problems`: (line, problem), in the order of the file."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        self.problems = sorted(problems)
        told = "".join(f"\n  line {line}: {what}" for line, what in self.problems)
        count = f"{len(problems)} {'thing' if len(problems) == 1 else 'things'}"
        super().__init__(
            f"{count} in the manifest cannot be used:{told}", "Nothing was changed. Correct the file."
        )


def read(path: Path) -> list[ManifestRow]:
    """Reads the rows of a file.

    Raises:
        NotFound, BadInput: there is no such file, or it cannot be read.
        ManifestError: something in it cannot be used; the error lists all problems.
    """
    try:
        text = delimited.decoded(private_files.read(path))
    except BadInput as error:
        if error.message == delimited.NOT_UTF8[0]:
            error.message = f"{path} cannot be read: {error.message}"
        raise
    return parse(text)


def parse(text: str) -> list[ManifestRow]:
    """Parses a table with a header, delimited by commas, semicolons or tabs.

    Raises:
        ManifestError: as in `read`.
    """
    try:
        lines = [(each.number, each.cells) for each in delimited.lines(text, strict=True)]
    except delimited.TableError as error:
        raise ManifestError([(error.line, "it is not a table: a quotation mark is not closed")]) from None
    if not lines:
        raise ManifestError([(1, "it is empty: the first line names the columns")])
    heading = _heading(*lines[0])
    if len(lines) > ROWS + 1:
        raise ManifestError([(lines[ROWS + 1][0], f"more than {ROWS} rows: split it")])
    return _checked(heading, lines[1:])


def _called(at: int, name: str) -> str:
    """Describes a column by position and, if it is too short to be a secret, by name."""
    return f"column {at} ({name!r})" if len(name) <= SHORT_NAME else f"column {at}"


def _heading(line: int, cells: list[str]) -> list[str]:
    names = [cell.lower() for cell in delimited.without_empty_columns(cells)]
    problems = [f"no column is called {need!r}" for need in NEEDED if need not in names]
    if strange := [_called(at, name) for at, name in enumerate(names, start=1) if name not in COLUMNS]:
        problems.append(f"{', '.join(strange)} cannot be used; the columns are {', '.join(COLUMNS)}")
    if doubled := {name for name in names if names.count(name) > 1}:
        found = (_called(names.index(name) + 1, name) for name in sorted(doubled))
        problems.append(f"two columns have the same name: {', '.join(found)}")
    if problems:
        raise ManifestError([(line, problem) for problem in problems])
    return names


def _checked(heading: list[str], lines: list[tuple[int, list[str]]]) -> list[ManifestRow]:
    problems: list[tuple[int, str]] = []
    rows: list[ManifestRow] = []
    for line, cells in lines:
        if any(cells[len(heading) :]):
            problems.append((line, f"it has {len(cells)} cells, and there are {len(heading)} columns"))
            continue
        found, wrong = _row(line, dict(zip(heading, cells, strict=False)))
        problems += [(line, each) for each in wrong]
        if found:
            rows.append(found)
    problems += _doubles(rows)
    if not lines:
        problems.append((1, "it has a header but no rows"))
    if problems:
        raise ManifestError(problems)
    return rows


def _doubles(rows: list[ManifestRow]) -> list[tuple[int, str]]:
    first: dict[str, int] = {}
    found = []
    for row in rows:
        at = first.setdefault(row.label.casefold(), row.line)
        if at != row.line:
            found.append((row.line, f"the label {row.label!r} is also used in line {at}"))
    return found


def _row(line: int, cells: dict[str, str]) -> tuple[ManifestRow | None, list[str]]:
    """Parses a row, or returns all its problems."""
    wrong: list[str] = []

    def take(check: Callable[[str], Any], cell: str) -> Any:
        try:
            return check(cells.get(cell, ""))
        except TicktapError as error:
            wrong.append(f"{cell}: {error.message}")
            return None

    user = take(_user, "user")
    parameters = take(_account, "account")
    tag = take(_label, "label" if cells.get("label") else "user") if user else None
    pin = take(lambda text: _one_of(text, get_args(PinWish)), "pin")
    suffix = take(lambda text: _one_of(text, get_args(Suffix)), "suffix")
    networks = take(_networks, "networks")
    methods = take(_methods, "methods")
    if wrong:
        return None, wrong
    policy = {"pin": pin, "suffix": suffix, "methods": methods, "networks": networks}
    return ManifestRow(line=line, user=user, label=str(tag), **policy, **parameters), []


def _user(text: str) -> str:
    from ticktap.registry.user_names import canonical, is_name

    if not text:
        raise BadInput("there is no user")
    text = canonical(text)
    odd = text in (".", "..") or any(each.isspace() or each in _NO_NAME for each in text)
    if len(text) > USER_LETTERS or not text.isprintable() or odd or not is_name(text):
        raise BadInput(f"a user's name has at most {USER_LETTERS} letters, no blanks and none of {_NO_NAME}")
    return text


def _label(text: str) -> str:
    text = normal(text)
    if not text.isprintable() or len(text.encode()) > TOKEN_NAME_BYTES:
        raise BadInput(f"a label, which is the token's name too, takes at most {TOKEN_NAME_BYTES} bytes")
    return text


def _account(text: str) -> dict[str, Any]:
    """Issuer, name and the other parameters, from `issuer:name` or a key URI without a secret."""
    if not text:
        raise BadInput("there is no account")
    if "secret=" in text.lower():
        raise BadInput("it contains a secret, but secrets are generated: remove it from the file")
    if text.lower().startswith("otpauth"):
        given = otpauth.fields(text + ("&" if "?" in text else "?") + _NO_SECRET)
        if ignored := given.pop(IGNORED):
            raise BadInput(f"not understood: {', '.join(ignored)}")
        del given["secret"], given["counter"]
    else:
        issuer, colon, name = text.partition(":")
        given = Params(issuer=issuer if colon else "", name=name if colon else text)
    checked = Account(**given, secret=bytes(20))  # checks the limits
    if not checked.name:
        raise BadInput("it has an issuer but no account name")
    names = ("issuer", "name", "type", "algorithm", "digits", "period")
    return {name: getattr(checked, name) for name in names}


def _one_of(text: str, choices: tuple[str, ...]) -> str:
    wanted = text.lower() or "none"
    if wanted not in choices:
        raise BadInput(
            f"it must be one of {', '.join(choices)}"
        )  # the cell is not repeated: it may be a secret
    return wanted


def _methods(text: str) -> tuple[str, ...]:
    from ticktap.registry.sign_in_methods import checked_methods

    found = _words(text)
    return checked_methods(found) if found else ()


def _networks(text: str) -> tuple[str, ...]:
    from ticktap.registry.networks import checked_networks

    return checked_networks(_words(text))


def _words(text: str) -> list[str]:
    """Splits a cell at spaces or bars, because commas and semicolons may end the cell."""
    return text.replace("|", " ").split()
