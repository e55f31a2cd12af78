"""Kept accounts, so that the host can verify codes: one SQLite file, secrets sealed under a key file.

Issuer, name and parameters are readable in the file. Each secret is sealed (sealing.py) under `registry.key`,
which lies next to it, and bound to its row, so that sealed secrets cannot change places. No code is judged
here (verifier.py does that); it is made sure that each is accepted once only.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ticktap.accounts import Account, match
from ticktap.database import Kind, transaction
from ticktap.errors import NotFound, TicktapError
from ticktap.folders import data_dir
from ticktap.sealing import KeyFileError, create_key, read_key, seal, unseal

if TYPE_CHECKING:
    import sqlite3

_KEY_CHECK = b"key check"

# Steps and counters reach 2^64 - 1, past SQLite's integers: as text of 20 digits they sort as numbers do.
_SCHEMA = """
create table sealing (key_check blob not null);
create table accounts (
    id integer primary key autoincrement,
    token text not null,
    token_id integer not null,
    issuer text not null,
    name text not null,
    sealed blob not null,
    type text not null,
    algorithm text not null,
    digits integer not null,
    period integer not null,
    counter text not null check (length(counter) = 20),
    suffix text not null,
    last_used text check (length(last_used) = 20),
    drift integer not null default 0,
    unique (token, token_id)
);
"""

_INSERT = """
insert into accounts
    (token, token_id, issuer, name, type, algorithm, digits, period, counter, suffix, sealed)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, x'')
"""
_SELECT = """
select id, token, token_id, sealed, last_used, drift,
    issuer, name, type, algorithm, digits, period, counter, suffix
from accounts where token = ? or ? is null order by id
"""


class RegistryError(TicktapError):
    """The registry cannot be used as it is. Nothing in it was changed."""

    kind = "registry"


@dataclass(frozen=True, slots=True)
class Kept:
    """One account as it is kept.

    Args:
        row: the registry's own number for it.
        token: serial number of the token that has it.
        token_id: its number on that token.
        last_used: the highest time step or counter accepted so far.
        drift: steps that the token's clock was off when a code was last accepted.
    """

    row: int
    token: str
    token_id: int
    account: Account
    last_used: int | None
    drift: int

    @property
    def id(self) -> int:
        """The number that people know, the token's."""
        return self.token_id

    @property
    def issuer(self) -> str:
        """As in Account."""
        return self.account.issuer

    @property
    def name(self) -> str:
        """As in Account."""
        return self.account.name

    def __str__(self) -> str:
        return f"#{self.token_id} {self.account.label} (token {self.token})"


_KIND = Kind(
    called="the registry",
    application=0x7469636B,  # "tick"
    version=1,
    schema=_SCHEMA,
    error=RegistryError,
    damaged="Put it back from a backup; or move it away and keep the accounts again.",
    # EXTRA is FULL and also syncs the folder, without which a power cut could bring a spent code back.
    pragmas=("synchronous = extra", "secure_delete = on"),
)


class Registry:
    """An open registry. Use as a context manager; every method commits durably before it returns.

    All methods raise RegistryError when the file is damaged, busy or not writable; those that handle secrets
    raise KeyFileError when the key is missing, readable by others, or not the one that sealed them.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.key_path = path.with_suffix(".key")
        self._connection = connection

    @classmethod
    def open(cls, path: Path | None = None) -> Registry:
        """Opens the registry file, made (mode 0600) when there is none; without a path the user's own.

        Raises:
            RegistryError: the file is damaged, another program's, or of a newer ticktap.
        """
        path = path or data_dir() / "registry.db"
        return cls(path, _KIND.open(path))

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def keep(self, account: Account, token: str, token_id: int) -> int:
        """Keeps a copy of an account; returns its row.

        A token uses a number twice only after its store was reset. So what was kept under the same token and
        number before is gone from the token, and is replaced here.
        """
        with _KIND.explained(self.path), transaction(self._connection) as run:
            key = self._key(may_create=True)
            run("delete from accounts where token = ? and token_id = ?", (token, token_id))
            row: int | None = run(_INSERT, (token, token_id, *_columns(account))).lastrowid
            assert row is not None  # an insert has one
            sealed = seal(key, account.secret, _identity(row, token, token_id))
            run("update accounts set sealed = ? where id = ?", (sealed, row))
        return row

    def all(self, token: str | None = None) -> list[Kept]:
        """What is kept, for one token or for all, in the order in which it came."""
        with _KIND.explained(self.path):
            rows = self._connection.execute(_SELECT, (token, token)).fetchall()
            if not rows:
                return []
            key = self._key(may_create=False)
            return [self._kept(key, row) for row in rows]

    def find(self, query: str, token: str | None = None) -> Kept:
        """The one kept account that `query` means, as accounts.match has it; `#3` is the number on the token.

        Raises:
            BadInput: several fit; the message lists them.
            NotFound: none fits.
        """
        kept = self.all(token)
        if not kept:
            raise NotFound(
                "no account is kept on this computer", "Keep one with 'ticktap account add --keep'."
            )
        return match(kept, query)

    def forget(self, row: int) -> None:
        """Removes one account; its sealed secret is overwritten.

        Raises:
            NotFound: there is no such row.
        """
        with _KIND.explained(self.path):
            gone = self._connection.execute("delete from accounts where id = ?", (row,)).rowcount
        if not gone:
            raise NotFound(f"no account is kept as number {row}", "It may have been forgotten already.")

    def record_use(self, row: int, counter: int, drift: int | None = None) -> bool:
        """Spends a time step or counter; False when it, or a later one, was spent before or the row is gone.

        Of several callers with the same counter, in whatever processes, exactly one gets True.

        Args:
            drift: steps that the token's clock was off, to remember as well.
        """
        with _KIND.explained(self.path):
            spent = self._connection.execute(
                "update accounts set last_used = :used, drift = coalesce(:drift, drift)"
                " where id = :row and (last_used is null or last_used < :used)",
                {"row": row, "used": _as_text(counter), "drift": drift},
            ).rowcount
        return spent == 1

    def _kept(self, key: bytes, row: tuple[Any, ...]) -> Kept:
        number, token, token_id, sealed, last_used, drift = row[:6]
        issuer, name, kind, algorithm, digits, period, counter, suffix = row[6:]
        secret = unseal(key, sealed, _identity(number, token, token_id))
        if secret is None:
            raise RegistryError(
                f"the entry {number} of {self.path} was tampered with or damaged",
                "Put the file back from a backup; or move it away and keep the accounts again.",
            )
        account = Account(issuer, name, secret, kind, algorithm, digits, period, int(counter), suffix)
        return Kept(number, token, token_id, account, None if last_used is None else int(last_used), drift)

    def _key(self, may_create: bool) -> bytes:
        """The key, checked to be the one that sealed what is here. A new one only while nothing is sealed."""
        run = self._connection.execute
        in_use = run("select exists (select 1 from accounts)").fetchone()[0]
        if may_create and not in_use and not self.key_path.exists():
            create_key(self.key_path)
        key = read_key(self.key_path)
        check = run("select key_check from sealing").fetchone()
        if not in_use:
            run("delete from sealing")
            run("insert into sealing values (?)", (seal(key, b"", _KEY_CHECK),))
        elif check is None or unseal(key, check[0], _KEY_CHECK) is None:
            raise KeyFileError(
                f"the key file {self.key_path} is not the one that {self.path.name} was sealed with",
                "Put the right key file back; or move both files away and keep the accounts again.",
            )
        return key


# --- the database ---------------------------------------------------------------------------------------


def _columns(account: Account) -> tuple[str | int, ...]:
    """The readable part of a row, in the order of _INSERT."""
    counter = _as_text(account.counter)
    return (
        *(account.issuer, account.name, account.type, account.algorithm),
        *(account.digits, account.period, counter, account.suffix),
    )


def _as_text(counter: int) -> str:
    return f"{counter:020d}"


def _identity(row: int, token: str, token_id: int) -> bytes:
    """What a sealed secret is bound to."""
    return f"account\0{row}\0{token_id}\0{token}".encode()
