"""Rows of `users` and `decoys` whose values are authenticated under a key that is not in the database.

Each row has an HMAC-SHA256 over all its columns, among them the end of its audit chain, digests of the user's
accounts and factors, and how many entries the registry's own chain had when it was written. So a person who can
write to the database but has no key cannot change a row, exchange two, or put an account of one user under
another. A row that is put back as it was before does not fit the audit log any more, because each change of a row
is recorded there in the same transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from ticktap.registry.engine import Execute, RegistryError
from ticktap.registry.keys import Keys

_encode = json.JSONEncoder(separators=(",", ":")).encode
_USERS = (
    ("id", "kind", "name", "former", "full_name", "email", "member_of", "methods", "networks", "created",
     "disabled", "failures", "wait_until", "locked", "signed_in", "settings", "seen", "retired", "pruned", "entries", "open"),
    ("salt", "accounts", "factors", "start", "before", "head"),
)  # fmt: skip
_DECOYS = (
    ("id", "failures", "seen", "pruned", "entries", "open"),
    ("encrypted", "start", "before", "head"),
)
_TABLES = {"users": _USERS, "decoys": _DECOYS}
_SELECT = {
    table: f"select {', '.join((*plain, *data, 'mac'))} from {table} where "
    for table, (plain, data) in _TABLES.items()
}
NOTHING = hashlib.sha256(b"[]").digest()
"""The digest of no accounts, or of no factors."""


class Tampered(RegistryError):
    """A value that decides sign-ins was changed without the key, or is damaged."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} was tampered with or damaged",
            "'ticktap audit verify' shows all that was; restore the registry from a backup.",
        )


class SealedRow:
    """One row, as read or as it will be written.

    Args:
        table: "users" or "decoys".
        cells: the values of its columns, and its HMAC at the end.
    """

    __slots__ = ("_cells", "_changed", "table", "values")

    def __init__(self, table: str, cells: Sequence[Any]) -> None:
        self.table = table
        self._cells = cells
        self._changed: set[str] = set()
        plain, data = _TABLES[table]
        self.values: dict[str, Any] = dict(zip((*plain, *data), cells, strict=False))

    @classmethod
    def read(cls, run: Execute, table: str, condition: str, values: Sequence[Any]) -> SealedRow | None:
        """Reads a row without a check; None: there is none.

        Args:
            condition: the end of a `select` statement, after `where`.
        """
        cells = run(_SELECT[table] + condition, values).fetchone()
        return None if cells is None else cls(table, cells)

    @classmethod
    def all(cls, run: Execute, table: str) -> list[SealedRow]:
        """Reads all rows without a check, by number."""
        return [cls(table, cells) for cells in run(f"{_SELECT[table]}1 = 1 order by id").fetchall()]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def set(self, **columns: Any) -> None:
        """Changes values; `save` writes them."""
        self.values.update(columns)
        self._changed.update(columns)

    @property
    def cells(self) -> tuple[Any, ...]:
        """What was read, to recognise an unchanged row."""
        return tuple(self._cells)

    def is_genuine(self, keys: Keys) -> bool:
        """Whether the HMAC fits what was read."""
        return hmac.compare_digest(self._mac(keys), bytes(self._cells[-1]))

    def save(self, run: Execute, keys: Keys) -> None:
        """Writes the changed values and a new HMAC."""
        columns = sorted(self._changed)
        marks = ", ".join(f"{column} = ?" for column in (*columns, "mac"))
        run(
            f"update {self.table} set {marks} where id = ?",
            (*(self.values[column] for column in columns), self._mac(keys), self.values["id"]),
        )
        self._changed.clear()

    def _mac(self, keys: Keys) -> bytes:
        plain, data = _TABLES[self.table]
        values = self.values
        try:
            text = _encode([self.table, keys.origin.hex(), *[values[column] for column in plain]])
            text += "".join([f",{bytes(values[column]).hex()}" for column in data])
        except TypeError:  # SQLite stores a value of any type in any column
            return b""
        return hmac.digest(keys.rows, text.encode(), "sha256")


def digest(states: Sequence[Sequence[Any]]) -> bytes:
    """Returns the digest of a user's accounts or factors: 32 bytes."""
    return hashlib.sha256(_encode(states).encode()).digest()
