"""The clock history: observations of the tokens' clocks in an SQLite file next to the registry. It contains
no secret.

A token stores a note of its last sync too (sync_note.py). `learn` adds the sync of another computer from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ticktap.clock.drift import Observation
from ticktap.clock.sync_note import from_note
from ticktap.errors import TicktapError
from ticktap.files.paths import data_dir
from ticktap.files.sqlite_file import Kind

if TYPE_CHECKING:
    import sqlite3

_SAME = 5  # seconds, at most, between a recorded sync and its note

_COLUMNS = "unix, kind, before, after, doubt, temperature, aging, trimmed, state, source, found, sets"
_SCHEMA = f"""
create table seen (token text not null, {_COLUMNS}, unique (token, unix, kind));
"""


class ClockHistoryError(TicktapError):
    """The clock history cannot be used. It was not changed."""

    kind = "clock-history"


_KIND = Kind(
    called="the clock history",
    application=0x7469636C,  # "ticl"
    steps=(_SCHEMA,),
    error=ClockHistoryError,
    damaged="Move it away: a new one is created, and each token stores its last sync.",
)


def record_code(token: str, steps: int, period: int, unix: int, path: Path | None = None) -> None:
    """Records what a right time-based code shows about a token's clock; errors of the history are ignored.

    Args:
        token: its serial number.
        steps: time steps that the code was ahead of `unix`; negative when behind.
        period: seconds of a step.
        unix: when the code was checked.
        path: of the history; None: the user's.
    """
    off = float(steps * period)
    # The code was made anywhere in its time step, and entered up to one step later.
    seen = Observation(unix, "verify", off, off, 1.5 * period)
    with suppress(ClockHistoryError), ClockHistory.open(path) as history:
        history.add(token, seen)


class ClockHistory:
    """An open clock history, also a context manager. Every method commits before it returns.

    All methods raise ClockHistoryError if the file is damaged, busy or not writable.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path | None = None) -> ClockHistory:
        """Opens the history, or creates it with mode 0600; without a path, the user's.

        Raises:
            ClockHistoryError: the file is damaged, or belongs to another program or a newer ticktap.
        """
        path = path or data_dir() / "clocks.db"
        return cls(path, _KIND.open(path))

    def __enter__(self) -> ClockHistory:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def add(self, token: str, seen: Observation) -> None:
        """Stores an observation; it replaces one of the same kind and second."""
        values = tuple(getattr(seen, name) for name in _COLUMNS.split(", "))
        marks = ", ".join("?" * (1 + len(values)))
        with _KIND.explained(self.path):
            self._connection.execute(
                f"insert or replace into seen (token, {_COLUMNS}) values ({marks})", (token, *values)
            )

    def of(self, token: str) -> list[Observation]:
        """Returns the observations of a token's clock, earliest first."""
        with _KIND.explained(self.path):
            rows = self._connection.execute(
                f"select {_COLUMNS} from seen where token = ? order by unix, rowid", (token,)
            ).fetchall()
        return [Observation(*row) for row in rows]

    def learn(self, token: str, noted: Mapping[str, Any]) -> list[Observation]:
        """Adds the sync of the token's note if it is not recorded; returns the observations as `of` does.

        A note describes two syncs; the earlier one is taken to have left an offset of 0.
        """
        known, read = self.of(token), from_note(noted)
        if read is None or any(abs(each.unix - read[0].unix) <= _SAME for each in known):
            return known
        sync, since = read
        if since and sync.before is not None and not known:
            earlier = replace(sync, unix=since, before=None, after=0.0, found=None, sets=sync.found)
            self.add(token, earlier)
        self.add(token, sync)
        return self.of(token)
