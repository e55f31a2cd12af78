"""Imports users from a table: adds the user of each row, or changes what differs.

The whole table is checked first, and then applied in one transaction. A missing column or an empty cell
changes nothing. Users who are not in the table are not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ticktap.errors import BadInput, TicktapError
from ticktap.formats import delimited
from ticktap.registry.database import Transaction
from ticktap.registry.networks import checked_networks
from ticktap.registry.profile import profile_columns
from ticktap.registry.registry import Registry
from ticktap.registry.sign_in_methods import METHODS, checked_methods
from ticktap.registry.user import COLUMNS as USER_COLUMNS
from ticktap.registry.user import User
from ticktap.registry.user_names import checked_name

COLUMNS = ("user", "full_name", "email", "groups", "methods", "networks")
"""The allowed columns; `user` is required."""

IGNORED_COLUMNS = (
    "state", "last_sign_in", "main_method", "tokens", "accounts", "backup_codes_left", "app_passwords",
    "created", "disabled", "locked",
)  # fmt: skip
"""Other columns of `user list --csv`, which are ignored."""

ROWS = 100_000
_FIELDS = {
    "full_name": "full_name",
    "email": "email",
    "member_of": "groups",
    "methods": "methods",
    "networks": "networks",
}
_EVENTS = {"methods": "user-methods", "networks": "user-networks"}


class TableRefused(BadInput):
    """The table cannot be used. `problems`: (line, problem), in the order of the file."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        self.problems = sorted(problems)
        told = "".join(f"\n  line {line}: {what}" for line, what in self.problems)
        count = f"{len(problems)} {'thing' if len(problems) == 1 else 'things'}"
        super().__init__(
            f"{count} in the table cannot be used:{told}", "Nothing was changed. Correct the file."
        )


@dataclass(frozen=True, slots=True)
class UserRow:
    """A row of a table.

    Args:
        line: the line of the file.
        name: the user's name in its stored spelling.
        columns: values of columns of the table `users`; without those that the row does not give.
    """

    line: int
    name: str
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Planned:
    """The planned action for a row.

    Args:
        changes: names of the columns of the table that change.
    """

    row: UserRow
    action: Literal["add", "change", "same"]
    changes: list[str] = field(default_factory=list)


def parse(data: bytes) -> list[UserRow]:
    """Parses a table with a header, delimited by commas, semicolons or tabs.

    Raises:
        BadInput: it is not text.
        TableRefused: something in it cannot be used; the error lists all problems.
    """
    try:
        lines = [(each.number, each.cells) for each in delimited.lines(delimited.decoded(data), strict=True)]
    except delimited.TableError as error:
        raise TableRefused([(error.line, "it is not a table: a quotation mark is not closed")]) from None
    if not lines:
        raise TableRefused([(1, "it is empty: the first line names the columns")])
    heading = _heading(*lines[0])
    if len(lines) > ROWS + 1:
        raise TableRefused([(lines[ROWS + 1][0], f"more than {ROWS} rows: split it")])
    problems: list[tuple[int, str]] = []
    rows: list[UserRow] = []
    for line, cells in lines[1:]:
        if any(cells[len(heading) :]):
            problems.append((line, f"it has {len(cells)} cells, and there are {len(heading)} columns"))
            continue
        row, wrong = _row(line, dict(zip(heading, cells, strict=False)))
        problems += [(line, each) for each in wrong]
        rows += [row] if row else []
    problems += _doubles(rows)
    if not lines[1:]:
        problems.append((1, "it has a header but no rows"))
    if problems:
        raise TableRefused(problems)
    return rows


def plan(registry: Registry | None, rows: Sequence[UserRow]) -> list[Planned]:
    """Plans what `apply` would do; changes nothing. `registry`: None: a new one."""
    if registry is None:
        return [Planned(row, "add") for row in rows]
    with registry.engine.reading() as run:
        known = _known(run)
    return [_planned(row, known.get(row.name)) for row in rows]


def apply(registry: Registry, rows: Sequence[UserRow]) -> list[Planned]:
    """Adds and changes all users or none; returns what was done."""
    with registry.writing() as tx:
        registry.ensure_system_rows(tx)  # prevents concurrent additions and renames
        known = _known(tx.run)
        planned = [_planned(row, known.get(row.name)) for row in rows]
        for each in planned:
            _apply(registry, tx, each)
    return planned


def _apply(registry: Registry, tx: Transaction, planned: Planned) -> None:
    users, columns = registry.users, planned.row.columns
    profile = {column: value for column, value in columns.items() if column not in _EVENTS}
    if planned.action == "add":
        methods, networks = columns.get("methods", " ".join(METHODS)), columns.get("networks", "")
        users.insert(tx, planned.row.name, methods.split(), networks.split(), profile)
    if planned.action == "change":
        number = users.locked_row(tx, planned.row.name)
        changing = {column: value for column, value in columns.items() if _FIELDS[column] in planned.changes}
        for column, event in _EVENTS.items():
            if column in changing:
                users.change(tx, number, event, {column: changing.pop(column)})
        if changing:
            users.change(tx, number, "user-edited", changing)


def _known(run: Any) -> dict[str, User]:
    rows = run(f"select {USER_COLUMNS} from users where kind = 'person'").fetchall()
    return {user.name: user for user in map(User.of, rows)}


def _planned(row: UserRow, there: User | None) -> Planned:
    if there is None:
        return Planned(row, "add")
    changes = [
        name for column, name in _FIELDS.items() if row.columns.get(column) not in (None, _now(there, name))
    ]
    return Planned(row, "change" if changes else "same", changes)


def _now(user: User, name: str) -> str:
    value = getattr(user, name)
    return value if isinstance(value, str) else " ".join(value)


def _heading(line: int, cells: list[str]) -> list[str]:
    names = [
        cell.lower().replace(" ", "_").replace("-", "") for cell in delimited.without_empty_columns(cells)
    ]
    problems = [] if "user" in names else ["no column is called 'user'"]
    strange = [at for at, name in enumerate(names, start=1) if name not in (*COLUMNS, *IGNORED_COLUMNS)]
    if strange:
        which = ", ".join(
            f"column {at}" for at in strange
        )  # the names are not repeated: they may be anything
        problems.append(f"{which} cannot be used; the columns are {', '.join(COLUMNS)}")
    if len(set(names)) < len(names):
        problems.append("two columns have the same name")
    if problems:
        raise TableRefused([(line, problem) for problem in problems])
    return names


def _row(line: int, cells: dict[str, str]) -> tuple[UserRow | None, list[str]]:
    """Parses a row, or returns all its problems."""
    wrong: list[str] = []
    columns: dict[str, str] = {}

    def take(cell: str, check: Callable[[str], dict[str, str]]) -> None:
        text = _without_guard(cells.get(cell, ""))
        if not text:
            return
        try:
            columns.update(check(text))
        except TicktapError as error:
            wrong.append(f"{cell}: {error.message}")

    name = ""
    try:
        name = checked_name(_without_guard(cells.get("user", "")))
    except BadInput as error:
        wrong.append(f"user: {error.message}" if cells.get("user") else "user: there is no user")
    take("full_name", lambda text: profile_columns(text, None, None))
    take("email", lambda text: profile_columns(None, text, None))
    take("groups", lambda text: profile_columns(None, None, _words(text)))
    take("methods", lambda text: {"methods": " ".join(checked_methods(_words(text)))})
    take("networks", lambda text: {"networks": " ".join(checked_networks(_words(text)))})
    return (None, wrong) if wrong else (UserRow(line, name, columns), [])


def _without_guard(text: str) -> str:
    """Removes the formula escape that `user list --csv` writes."""
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text


def _words(text: str) -> list[str]:
    """Splits a cell at spaces or bars, because commas and semicolons may end the cell."""
    return text.replace("|", " ").split()


def _doubles(rows: Sequence[UserRow]) -> Iterator[tuple[int, str]]:
    first: dict[str, int] = {}
    for row in rows:
        at = first.setdefault(row.name, row.line)
        if at != row.line:
            yield row.line, f"the user {row.name} is also in line {at}"
