"""An open registry: its accounts, users, tokens, factors and audit log.

Issuer, name and parameters of accounts are readable in the database. Each secret is sealed
(files/key_file.py) under the key file, which lies elsewhere or beside it, and bound to its row, so that
sealed secrets cannot change places.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ticktap.errors import NotFound
from ticktap.files.paths import data_dir
from ticktap.otp.account import Account, match
from ticktap.registry import audit_chain, stored_accounts
from ticktap.registry.engine import Engine, Execute, RegistryError
from ticktap.registry.keys import Keys, keys
from ticktap.registry.stored_accounts import StoredAccount

if TYPE_CHECKING:
    from ticktap.registry.audit_log import Audit
    from ticktap.registry.factors import Factors
    from ticktap.registry.policy import Policy
    from ticktap.registry.syslog import Syslog
    from ticktap.registry.tokens import Tokens
    from ticktap.registry.users import Users

DECOYS = 16
"""Rows of decoy users, so that an unknown name takes as long as a wrong code."""

SALT_BYTES = 16
_OWN = "\x7fregistry"  # what no user can be called

_ADDRESSES = ("postgresql://", "postgres://")
_SYSTEM_ROWS = """
insert into users (kind, name, created, head, salt) values (?, ?, ?, ?, ?)
on conflict (name) do nothing returning id
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who uses the registry, for the audit trail: a person's or program's name, and a host or address."""

    who: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Transaction:
    """The objects of one transaction. `events`, of users by name, are sent after its end."""

    run: Execute
    keys: Keys
    events: list[tuple[str | None, audit_chain.Event]] = field(default_factory=list)


class Registry:
    """An open registry. Use as a context manager; every method commits durably before it returns.

    All methods raise RegistryError when the database is damaged, busy or out of reach; those that handle
    secrets raise KeyFileError when the key is missing, readable by others, or not the one that sealed them.
    Several threads may use one Registry.

    Args:
        actor: who uses it.
        time: gives unix time.
        syslog: where events go as they happen, besides the audit trail.
    """

    def __init__(
        self,
        engine: Engine,
        actor: Actor | None = None,
        time: Callable[[], float] = time.time,
        syslog: Syslog | None = None,
    ) -> None:
        self.engine = engine
        self.actor = actor or Actor()
        self.time = time
        self.syslog = syslog

    @classmethod
    def open(
        cls,
        where: Path | str | None = None,
        key: Path | None = None,
        actor: Actor | None = None,
        time: Callable[[], float] = time.time,
        syslog: Syslog | str | None = None,
    ) -> Registry:
        """Opens a registry, made when there is none (a file with mode 0600).

        Args:
            where: a path, or an address `postgresql://[USER@]HOST[:PORT]/DATABASE`; None: what the variable
                TICKTAP_REGISTRY names, else `registry.db` among the user's own data.
            key: the key file; None: what TICKTAP_REGISTRY_KEY names, else the one beside the file.
            syslog: a receiver of events, or its address (syslog.py); None: what TICKTAP_SYSLOG names, if any.

        Raises:
            RegistryError: the file is damaged, another program's, or of a newer ticktap; the server is out
                of reach.
            BadInput: the package for PostgreSQL is not installed; the syslog receiver's address is none.
        """
        where = where or os.environ.get("TICKTAP_REGISTRY") or data_dir() / "registry.db"
        named = os.environ.get("TICKTAP_REGISTRY_KEY")
        key = key or (Path(named) if named else None)
        receiver = _receiver(os.environ.get("TICKTAP_SYSLOG") if syslog is None else syslog)
        engine: Engine
        if str(where).startswith(_ADDRESSES):
            from ticktap.registry.postgres import PostgresEngine

            engine = PostgresEngine(str(where), key)
        else:
            from ticktap.registry.sqlite import SqliteEngine

            engine = SqliteEngine(Path(where), key)
        return cls(engine, actor, time, receiver)

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the calling thread's connection; waits a little for the syslog receiver, if there is one."""
        if self.syslog is not None:
            self.syslog.flush()
        self.engine.close()

    # --- the organisation

    @property
    def users(self) -> Users:
        """Who signs in."""
        from ticktap.registry.users import Users

        return Users(self)

    @property
    def tokens(self) -> Tokens:
        """The tokens there are, and who holds them."""
        from ticktap.registry.tokens import Tokens

        return Tokens(self)

    @property
    def factors(self) -> Factors:
        """Backup codes, issued codes and app passwords."""
        from ticktap.registry.factors import Factors

        return Factors(self)

    @property
    def audit(self) -> Audit:
        """Who did what."""
        from ticktap.registry.audit_log import Audit

        return Audit(self)

    @property
    def policy(self) -> Policy:
        """The settings that are in force."""
        from ticktap.registry import policy

        with self.engine.reading() as run:
            return policy.load(run)

    def set_policy(self, name: str, value: int) -> None:
        """Changes a setting.

        Raises:
            NotFound: there is no such setting.
            BadInput: it may not be that.
        """
        from ticktap.registry import policy

        with self.writing() as tx:
            policy.store(tx.run, name, value)
            self.note(tx, self.ensure_system_rows(tx), "setting", {"name": name, "value": value})

    # --- kept accounts

    def keep(self, account: Account, token: str, token_id: int, user: str | None = None) -> int:
        """Stores an account; returns its row.

        A token uses a number twice only after its store was reset. So what was kept under the same token and
        number before is gone from the token, and is replaced here.

        Args:
            user: whose it is.

        Raises:
            NotFound: there is no such user.
        """
        with self.writing() as tx:
            owner = None if user is None else self.users.locked_row(tx, user)
            row = stored_accounts.insert(tx.run, tx.keys, account, token, token_id, owner)
            if owner is not None:
                about = {"account": account.label, "token": token, "number": token_id}
                self.note(tx, owner, "account-added", about)
        return row

    def all(self, token: str | None = None) -> list[StoredAccount]:
        """Returns the stored accounts of one token or of all, in order of addition."""
        where, values = ("where token = ?", (token,)) if token is not None else ("", ())
        return self._select(where, values)

    def of_user(self, user_id: int) -> list[StoredAccount]:
        """A user's accounts."""
        return self._select("where user_id = ?", (user_id,))

    def find(self, query: str, token: str | None = None) -> StoredAccount:
        """The one kept account that `query` means, as accounts.match has it; `3` is the number on the token.

        Raises:
            BadInput: several fit; the message lists them.
            NotFound: none fits.
        """
        found = self.all(token)
        if not found:
            raise NotFound(
                "no copies of accounts are kept on this computer",
                "Add the account again with 'ticktap account add --keep'; the site shows a new QR code for "
                "that.",
            )
        return match(found, query)

    def forget(self, row: int) -> None:
        """Removes one account, and overwrites its encrypted secret.

        Raises:
            NotFound: there is no such row.
        """
        with self.engine.writing() as run:
            gone = run("delete from accounts where id = ?", (row,)).rowcount
        if not gone:
            raise NotFound(f"no account is kept as number {row}", "It may have been forgotten already.")
        self.engine.checkpoint_wal()

    def record_use(self, row: int, counter: int, drift: int | None = None) -> bool:
        """Records a used time step or counter; False if it or a later one was used before, or the row is
        gone.

        Of several callers with the same counter, in whatever processes, exactly one gets True.

        Args:
            drift: steps that the token's clock was off, to remember as well.
        """
        with self.writing() as tx:
            found = tx.run("select secret_id from accounts where id = ?", (row,)).fetchone()
            if found is None or not stored_accounts.record_used(tx.run, bytes(found[0]), counter):
                return False
            if drift is not None:
                tx.run("update accounts set drift = ? where id = ?", (drift, row))
        return True

    def _select(self, where: str, values: tuple[Any, ...]) -> list[StoredAccount]:
        with self.engine.reading() as run:
            if not run("select exists (select 1 from accounts)").fetchone()[0]:
                return []
        with self.reading() as tx:
            return stored_accounts.select(tx.run, tx.keys, where, values)

    # --- for the modules of this package

    @contextlib.contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Opens a transaction with the keys; rolls it back after an exception."""
        with self._key_explained(), self.engine.writing() as run:
            ours = keys(self.engine, run, may_create=True)
            stored_accounts.fill_secret_ids(run, ours)
            tx = Transaction(run, ours)
            yield tx
        for user, event in tx.events:
            self.tell(user, event)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Opens a consistent read with the keys."""
        with self.engine.reading() as run:
            unmarked = run("select exists (select 1 from accounts where secret_id is null)").fetchone()[0]
        if unmarked:
            with self.writing():
                pass
        with self._key_explained(), self.engine.reading() as run:
            yield Transaction(run, keys(self.engine, run, may_create=False))

    def ensure_system_rows(self, tx: Transaction) -> int:
        """Creates the registry's own row and those of decoy users if missing; returns the former."""
        query = f"select id from users where name = ?{self.engine.for_update}"
        found = tx.run(query, (_OWN,)).fetchone()
        if found is None:
            now = int(self.time())
            for number in range(DECOYS):
                self.new_row(tx, "nobody", f"\x7f{number}", now)
            self.new_row(tx, "registry", _OWN, now)
            found = tx.run(query, (_OWN,)).fetchone()  # perhaps of another program that was faster
        return int(found[0])

    def new_row(self, tx: Transaction, kind: str, name: str, now: int) -> int | None:
        """A row of `users` with an empty chain; None when the name is taken."""
        salt = secrets.token_bytes(SALT_BYTES)
        inserted = tx.run(_SYSTEM_ROWS, (kind, name, now, b"", salt)).fetchone()
        if inserted is None:
            return None
        number = int(inserted[0])
        tx.run("update users set head = ? where id = ?", (audit_chain.begin(tx.keys, number), number))
        return number

    def note(self, tx: Transaction, user_id: int, what: str, detail: Mapping[str, Any]) -> None:
        """Records an action of the actor in the chain of a locked row."""
        event = audit_chain.Event(int(self.time()), self.actor.who, self.actor.origin, what, detail)
        self.append(tx, user_id, event)

    def append(self, tx: Transaction, user_id: int, event: audit_chain.Event) -> None:
        """Writes an event down, in the chain of a row that is locked, and has it told when it is durable."""
        audit_chain.append(tx.run, tx.keys, user_id, event)
        if self.syslog is not None:
            query = "select kind, coalesce(name, former) from users where id = ?"
            kind, name = tx.run(query, (user_id,)).fetchone()
            if kind != "registry" or event.what not in audit_chain.IN_BOTH:
                tx.events.append((name if kind in ("person", "deleted") else None, event))

    def tell(self, user: str | None, event: audit_chain.Event) -> None:
        """Sends a durable event to the syslog receiver, if there is one; never waits, never fails."""
        if self.syslog is not None:
            self.syslog.send(user, event)

    @contextlib.contextmanager
    def _key_explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RegistryError(
                f"{error.filename or self.engine.key_path} cannot be used: {error.strerror}",
                "Check the permissions of the folder.",
            ) from error


def _receiver(given: Syslog | str | None) -> Syslog | None:
    if not given:
        return None
    from ticktap.registry.syslog import Address, Syslog

    return Syslog(Address.of(given)) if isinstance(given, str) else given
