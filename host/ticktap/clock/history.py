"""What this computer has seen of its tokens' clocks: one SQLite file, next to the registry. Holds no secret.

The essentials of the last sync are on the token too (sync_note.py), so that another computer's sync is known
here: `learn` takes it in.
"""

from __future__ import annotations

from collections.abc import Mapping
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

_SAME = 5  # seconds between a sync as it is recorded here and its note, at most

_COLUMNS = "unix, kind, before, after, doubt, temperature, aging, trimmed, state, source, found, sets"
_SCHEMA = f"""
create table seen (token text not null, {_COLUMNS}, unique (token, unix, kind));
"""


class ClockHistoryError(TicktapError):
    """The ledger cannot be used. Nothing in it was changed."""

    kind = "ledger"


_KIND = Kind(
    called="the record of clocks",
    application=0x7469636C,  # "ticl"
    steps=(_SCHEMA,),
    error=ClockHistoryError,
    damaged="Move it away: it is begun anew, and the tokens remember their last sync.",
)


class ClockHistory:
    """An open ledger. Use as a context manager; every method commits before it returns.

    All methods raise LedgerError when the file is damaged, busy or not writable.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path | None = None) -> ClockHistory:
        """Opens the ledger, made (mode 0600) when there is none; without a path the user's own.

        Raises:
            LedgerError: the file is damaged, another program's, or of a newer ticktap.
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
        """Keeps what was seen; of the same kind and second, the later counts."""
        values = tuple(getattr(seen, name) for name in _COLUMNS.split(", "))
        marks = ", ".join("?" * (1 + len(values)))
        with _KIND.explained(self.path):
            self._connection.execute(
                f"insert or replace into seen (token, {_COLUMNS}) values ({marks})", (token, *values)
            )

    def of(self, token: str) -> list[Observation]:
        """What was seen of a token's clock, earliest first."""
        with _KIND.explained(self.path):
            rows = self._connection.execute(
                f"select {_COLUMNS} from seen where token = ? order by unix, rowid", (token,)
            ).fetchall()
        return [Observation(*row) for row in rows]

    def learn(self, token: str, noted: Mapping[str, Any]) -> list[Observation]:
        """`of`, with the sync of the token's note if it is not known here; that is kept.

        A note tells of two syncs: of the earlier one, that it left the clock right, as syncs do.
        """
        known, told = self.of(token), from_note(noted)
        if told is None or any(abs(each.unix - told[0].unix) <= _SAME for each in known):
            return known
        sync, since = told
        if since and sync.before is not None and not known:
            earlier = replace(sync, unix=since, before=None, after=0.0, found=None, sets=sync.found)
            self.add(token, earlier)
        self.add(token, sync)
        return self.of(token)
