"""Rows of `users` and `decoys` whose values are authenticated under a key that is not in the database.

Each row has a keyed BLAKE2b (RFC 7693) over all its columns, among them the end of its audit chain,
digests of the user's accounts and factors, and how many entries the registry's own chain had when it was
written. So a person who can write to the database but has no key cannot change a row, exchange two, or
put an account of one user under another. A row that is put back as it was before does not fit the audit
log any more, because each change of a row is recorded there in the same transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from ticktap.registry.engine import Execute, RegistryError
from ticktap.registry.keys import Keys


class _Columns:
    """Columns of a table, by the type of their values; byte strings with their lengths.

    Attributes:
        names: all of them.
        plain: how many are no byte strings.
        form: how those are joined. They are separated by NUL, which no text of a user contains. A number
            cannot be replaced by a text that looks the same, because the database would convert it.
        lengths: of the byte strings.
    """

    __slots__ = ("form", "lengths", "names", "plain")

    def __init__(self, numbers: tuple[str, ...], texts: tuple[str, ...], data: dict[str, int]) -> None:
        self.names = (*numbers, *texts, *data)
        self.plain = len(numbers) + len(texts)
        self.form = "%s\0" * self.plain
        self.lengths = list(data.values())


_ATTEMPT = {
    "users": _Columns(
        ("id", "disabled", "failures", "wait_until", "locked", "signed_in", "seen", "entries"),
        ("name", "methods", "networks", "used", "open"),
        {"accounts": 32, "factors": 32, "before": 32, "head": 32, "fixed": 32},
    ),
    "decoys": _Columns(
        ("id", "failures", "seen", "entries"),
        ("open",),
        {"encrypted": 48, "before": 32, "head": 32, "fixed": 32},
    ),
}
"""What a sign-in reads. `fixed` is a MAC over the other columns."""
_FIXED = {
    "users": _Columns(
        ("created", "pruned"),
        ("kind", "former", "full_name", "email", "member_of", "settings"),
        {"start": 32, "salt": 16},
    ),
    "decoys": _Columns(("pruned",), (), {"start": 32}),
}
_WRITTEN = {
    "users": (
        *("failures", "wait_until", "locked", "signed_in", "seen", "entries", "used", "open"),
        *("accounts", "factors", "before", "head"),
    ),
    "decoys": ("failures", "seen", "entries", "open", "before", "head"),
}
"""What a sign-in writes."""


def _select(table: str, *parts: _Columns) -> tuple[tuple[str, ...], str]:
    names = (*itertools.chain(*(part.names for part in parts)), "mac")
    return names, f"select {', '.join(names)} from {table} where "


def _update(table: str, names: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    return names, f"update {table} set {' = ?, '.join(names)} = ?, mac = ? where id = ?"


_READ = {table: _select(table, _ATTEMPT[table], _FIXED[table]) for table in _ATTEMPT}
_READ_ATTEMPT = {table: _select(table, _ATTEMPT[table]) for table in _ATTEMPT}
_WRITE = {table: _update(table, names[1:-1]) for table, (names, _) in _READ.items()}
_WRITE_ATTEMPT = {table: _update(table, names) for table, names in _WRITTEN.items()}
NOTHING = hashlib.blake2b(b"", digest_size=32).digest()
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
        values: by column; the last one is the MAC that was read.
    """

    __slots__ = ("mac", "table", "values")

    def __init__(self, table: str, values: dict[str, Any]) -> None:
        self.table = table
        self.values = values
        self.mac = bytes(values["mac"])

    @classmethod
    def read(cls, run: Execute, table: str, condition: str, values: Sequence[Any]) -> SealedRow | None:
        """Reads a row without a check; None: there is none.

        Args:
            condition: the end of a `select` statement, after `where`.
        """
        return cls._read(run, table, _READ[table], condition, values)

    @classmethod
    def read_for_attempt(
        cls, run: Execute, table: str, condition: str, values: Sequence[Any]
    ) -> SealedRow | None:
        """As `read`, without columns that a sign-in does not need."""
        return cls._read(run, table, _READ_ATTEMPT[table], condition, values)

    @classmethod
    def all(cls, run: Execute, table: str) -> list[SealedRow]:
        """Reads all rows without a check, by number."""
        names, select = _READ[table]
        rows = run(f"{select}1 = 1 order by id").fetchall()
        return [cls(table, dict(zip(names, cells, strict=True))) for cells in rows]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def set(self, **columns: Any) -> None:
        """Changes values; `save` writes them."""
        self.values.update(columns)

    def is_genuine(self, keys: Keys) -> bool:
        """Whether the MAC fits what was read."""
        if "start" in self.values and self._mac(keys, _FIXED[self.table]) != self.values["fixed"]:
            return False
        return hmac.compare_digest(self._mac(keys, _ATTEMPT[self.table]), self.mac)

    def save(self, run: Execute, keys: Keys) -> None:
        """Writes the values and new MACs."""
        self.values["fixed"] = self._mac(keys, _FIXED[self.table])
        self._write(run, keys, *_WRITE[self.table])

    def save_attempt(self, run: Execute, keys: Keys) -> None:
        """As `save`, after a sign-in, which changes few columns."""
        self._write(run, keys, *_WRITE_ATTEMPT[self.table])

    @classmethod
    def _read(
        cls,
        run: Execute,
        table: str,
        what: tuple[tuple[str, ...], str],
        condition: str,
        values: Sequence[Any],
    ) -> SealedRow | None:
        cells = run(what[1] + condition, values).fetchone()
        return None if cells is None else cls(table, dict(zip(what[0], cells, strict=True)))

    def _write(self, run: Execute, keys: Keys, columns: tuple[str, ...], statement: str) -> None:
        values = self.values
        mac = self._mac(keys, _ATTEMPT[self.table])
        run(statement, (*[values[column] for column in columns], mac, values["id"]))

    def _mac(self, keys: Keys, columns: _Columns) -> bytes:
        cells = [self.values[name] for name in columns.names]
        data = cells[columns.plain :]
        try:
            if [*map(len, data)] != columns.lengths:
                return b""
            joined = (columns.form % tuple(cells[: columns.plain])).encode() + keys.origin + b"".join(data)
        except TypeError:  # SQLite stores a value of any type in any column
            return b""
        return hashlib.blake2b(joined, key=keys.rows, digest_size=32, person=self.table.encode()).digest()


def digest(states: Iterable[str]) -> bytes:
    """Returns the digest of a user's accounts or factors: 32 bytes."""
    return hashlib.blake2b("\n".join(states).encode(), digest_size=32).digest()
