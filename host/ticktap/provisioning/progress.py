"""The provisioning progress: one SQLite file next to the registry. It contains no secret.

It is written before each step that an interruption could leave incomplete.

A row that is here and not finished belongs to one token. That token is provisioned again when it returns; any
other that has an owner is refused.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from ticktap.errors import NotFound, Refused, TicktapError
from ticktap.files.sqlite_file import Kind, transaction

if TYPE_CHECKING:
    import sqlite3

Step = Literal["begun", "claimed", "locked", "proved", "recorded", "done"]
"""Of a row, the last that is certain: it is about to be claimed; has an owner; has a PIN; has an account that
was proved; the registry has it too; labels and sheets are out as well."""

FILE = "provisioning.db"
STEPS: tuple[Step, ...] = get_args(Step)

_SCHEMA = """
create table entries (
    label text primary key,
    user text not null,
    account text not null,
    serial text not null,
    step text not null,
    number integer,
    began integer not null,
    changed integer not null
);
create index entries_by_serial on entries (serial);
"""
_COLUMNS = "label, user, account, serial, step, number, began, changed"


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
    """One row of a manifest and its token. `number` is that of the account on the token."""

    label: str
    user: str
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

    def begin(self, label: str, user: str, account: str, serial: str) -> None:
        """Assigns a row to a token, or again to the same one.

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
            marks = ", ".join("?" * 8)
            values = (label, user, account, serial, STEPS[0], None, now, now)
            run(f"insert into entries ({_COLUMNS}) values ({marks})", values)

    def reach(self, label: str, step: Step, number: int | None = None) -> None:
        """Records a completed step. `number`: the account's number on the token, if known."""
        with _KIND.explained(self.path):
            self._connection.execute(
                "update entries set step = ?, number = coalesce(?, number), changed = ? where label = ?",
                (step, number, int(time.time()), label),
            )

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
