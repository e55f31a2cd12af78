"""The provisioning progress: one SQLite file next to the registry. It contains no secret.

It is written before each step that an interruption could leave incomplete.

An unfinished row belongs to one token, which is provisioned again when it is plugged in. Other tokens that
have an owner are refused. Entries have users' numbers besides their names, because users can be renamed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from ticktap.errors import NotFound, Refused, TicktapError
from ticktap.files.sqlite_file import Kind, transaction

if TYPE_CHECKING:
    import sqlite3

Step = Literal["begun", "claimed", "locked", "proved", "recorded", "done"]
"""The last completed step of a row. "begun": its token is about to be claimed. "claimed": the token has an
owner. "locked": it has a PIN. "proved": it has the account, and a code of it was checked. "recorded": the
registry has token and account. "done": the sheets and letters are written."""

FILE = "provisioning.db"
STEPS: tuple[Step, ...] = get_args(Step)

_SCHEMA = """
create table entries (
    label text primary key,
    user text not null,
    user_id integer,
    account text not null,
    serial text not null,
    step text not null,
    number integer,
    began integer not null,
    changed integer not null
);
create index entries_by_serial on entries (serial);
"""
_COLUMNS = "label, user, user_id, account, serial, step, number, began, changed"


class ProvisionProgressError(TicktapError):
    """The provisioning progress cannot be used. It was not changed."""

    kind = "progress"


_KIND = Kind(
    called="the provisioning progress",
    application=0x74696370,  # "ticp"
    steps=(_SCHEMA,),
    error=ProvisionProgressError,
    damaged="Move it away: begun tokens must then be reset ('ticktap token reset').",
    pragmas=("synchronous = extra",),
)


@dataclass(frozen=True, slots=True)
class ProgressEntry:
    """One row of a manifest and its token.

    Args:
        user: the user's name.
        user_id: the registry's number for the user; None: the registry did not have the user yet.
        number: the number of the account on the token; None: not known yet.
        began, changed: unix time of the start and of the last completed step.
    """

    label: str
    user: str
    user_id: int | None
    account: str
    serial: str
    step: Step
    number: int | None
    began: int
    changed: int

    @property
    def done(self) -> bool:
        """Whether the row is finished."""
        return self.step == "done"


def renamed(entries: Sequence[ProgressEntry], names: Mapping[int, str]) -> list[ProgressEntry]:
    """Returns the entries of renamed users, with their present names (as in `update_names`)."""
    return [
        replace(each, user=names[each.user_id])
        for each in entries
        if each.user_id is not None and names.get(each.user_id, each.user) != each.user
    ]


class ProvisionProgress:
    """An open progress file, also a context manager. Every method commits durably before it returns.

    All methods raise ProvisionProgressError if the file is damaged, busy or not writable.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> ProvisionProgress:
        """Opens the file, or creates it with mode 0600."""
        return cls(path, _KIND.open(path))

    def __enter__(self) -> ProvisionProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def all(self) -> list[ProgressEntry]:
        """Returns every entry, in order of their start."""
        return self._select("")

    def of_token(self, serial: str) -> ProgressEntry | None:
        """Returns a token's unfinished entry, or else its latest finished one."""
        found = self._select("where serial = ?", serial)
        return next((each for each in found if not each.done), found[-1] if found else None)

    def of_label(self, label: str) -> ProgressEntry | None:
        """Returns the entry of a row."""
        return next(iter(self._select("where label = ?", label)), None)

    def begin(self, label: str, user: str, account: str, serial: str, user_id: int | None = None) -> None:
        """Assigns a row to a token, or again to the same one.

        Args:
            user_id: the registry's number for the user, if it has the user already.

        Raises:
            Refused: it belongs to another token, or is finished.
        """
        now = int(time.time())
        with _KIND.explained(self.path), transaction(self._connection) as run:
            taken = run("select serial, step from entries where label = ?", (label,)).fetchone()
            if taken and (taken[0] != serial or taken[1] == "done"):
                raise Refused(
                    f"the label {label} is already assigned to the token {taken[0]}",
                    "Another ticktap may be running with the same manifest.",
                )
            run("delete from entries where label = ?", (label,))
            marks = ", ".join("?" * 9)
            values = (label, user, user_id, account, serial, STEPS[0], None, now, now)
            run(f"insert into entries ({_COLUMNS}) values ({marks})", values)

    def reach(self, label: str, step: Step, number: int | None = None, user_id: int | None = None) -> None:
        """Records a completed step.

        Args:
            number: the number of the account on the token, if it is known now.
            user_id: the registry's number for the user, if it is known now.
        """
        with _KIND.explained(self.path):
            self._connection.execute(
                "update entries set step = ?, number = coalesce(?, number), user_id = coalesce(?, user_id),"
                " changed = ? where label = ?",
                (step, number, user_id, int(time.time()), label),
            )

    def update_names(self, names: Mapping[int, str]) -> None:
        """Gives users who were renamed their present names.

        Args:
            names: the names of users by the registry's number.
        """
        with _KIND.explained(self.path), transaction(self._connection) as run:
            for each in renamed(self.all(), names):
                run("update entries set user = ? where label = ?", (each.user, each.label))

    def release(self, label: str) -> ProgressEntry:
        """Frees a row for another token; returns its entry.

        Raises:
            NotFound: no such row was begun.
            Refused: it is finished.
        """
        found = self.of_label(label)
        if not found:
            raise NotFound(f"no token was begun for {label!r}", "'ticktap provision --dry-run' lists them.")
        if found.done:
            raise Refused(f"the token of {label!r} is finished", "For a lost token, run 'ticktap user lost'.")
        with _KIND.explained(self.path):
            self._connection.execute("delete from entries where label = ?", (label,))
        return found

    def retire(self, label: str, serial: str) -> None:
        """Removes the row of a lost token, so that another token can be prepared for it."""
        with _KIND.explained(self.path):
            self._connection.execute("delete from entries where label = ? and serial = ?", (label, serial))

    def _select(self, where: str, *values: str) -> list[ProgressEntry]:
        with _KIND.explained(self.path):
            rows = self._connection.execute(
                f"select {_COLUMNS} from entries {where} order by began, rowid", values
            ).fetchall()
        return [ProgressEntry(*row) for row in rows]
