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
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ticktap.registry.engine import Execute, RegistryError
from ticktap.registry.keys import Keys

_NUMBERS = (
    *("id", "created", "disabled", "failures", "wait_until", "locked", "signed_in"),
    *("seen", "pruned", "entries"),
)
_TEXTS = (
    *("kind", "name", "former", "full_name", "email", "member_of", "methods", "networks"),
    *("settings", "used", "open"),
)
_DATA = ("salt", "accounts", "factors", "start", "before", "head")
_COLUMNS = {
    "users": (_NUMBERS, _TEXTS, _DATA),
    "decoys": (
        ("id", "failures", "seen", "pruned", "entries"),
        ("open",),
        ("encrypted", "start", "before", "head"),
    ),
}
_ALL = {table: tuple(itertools.chain(*columns)) for table, columns in _COLUMNS.items()}
_SELECT = {table: f"select {', '.join(columns)}, mac from {table} where " for table, columns in _ALL.items()}
_BY_ATTEMPTS = {
    "users": (
        *("failures", "wait_until", "locked", "signed_in", "seen", "used"),
        *("accounts", "factors", "entries", "open", "before", "head"),
    ),
    "decoys": ("failures", "seen", "entries", "open", "before", "head"),
}


def _updates(chosen: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[tuple[str, ...], str]]:
    """For each table, the columns and the statement that writes them."""
    return {
        table: (columns, f"update {table} set {' = ?, '.join(columns)} = ?, mac = ? where id = ?")
        for table, columns in chosen.items()
    }


_WRITE = _updates({table: columns[1:] for table, columns in _ALL.items()})
_WRITE_ATTEMPT = _updates(_BY_ATTEMPTS)
NOTHING = hashlib.sha256(b"").digest()
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

    __slots__ = ("_cells", "table", "values")

    def __init__(self, table: str, cells: Sequence[Any]) -> None:
        self.table = table
        self._cells = cells
        self.values: dict[str, Any] = dict(zip(_ALL[table], cells, strict=False))

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

    @property
    def mac(self) -> bytes:
        """The HMAC that was read."""
        return bytes(self._cells[-1])

    def is_genuine(self, keys: Keys) -> bool:
        """Whether the HMAC fits what was read."""
        return hmac.compare_digest(self._mac(keys), self.mac)

    def save(self, run: Execute, keys: Keys) -> None:
        """Writes the values and a new HMAC."""
        self._write(run, keys, *_WRITE[self.table])

    def save_attempt(self, run: Execute, keys: Keys) -> None:
        """As `save`, after a sign-in, which changes few columns."""
        self._write(run, keys, *_WRITE_ATTEMPT[self.table])

    def _write(self, run: Execute, keys: Keys, columns: tuple[str, ...], statement: str) -> None:
        values = self.values
        run(statement, (*[values[column] for column in columns], self._mac(keys), values["id"]))

    def _mac(self, keys: Keys) -> bytes:
        numbers, texts, data = _COLUMNS[self.table]
        values = self.values
        try:
            # Separated by NUL, which no text of a user contains. A number cannot be replaced by a text that
            # looks the same, because the database would convert it.
            parts = [self.table, keys.origin.hex(), *[str(values[name]) for name in numbers]]
            parts += ["\1" if (text := values[name]) is None else text for name in texts]
            parts += [values[name].hex() for name in data]
            joined = "\0".join(parts)
        except (TypeError, AttributeError):  # SQLite stores a value of any type in any column
            return b""
        return hmac.digest(keys.rows, joined.encode(), "sha256")


def digest(states: Iterable[str]) -> bytes:
    """Returns the digest of a user's accounts or factors: 32 bytes."""
    return hashlib.sha256("\n".join(states).encode()).digest()
