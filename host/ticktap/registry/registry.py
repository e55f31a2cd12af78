"""An open registry: its accounts, users, tokens, factors and audit log.

Issuer, name and parameters of accounts are readable in the database. Each secret is encrypted with the key
file (files/key_file.py), with user and parameters as associated data. sealed_row.py authenticates the rest.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ticktap.errors import NotFound
from ticktap.files.paths import data_dir
from ticktap.otp.account import Account, match
from ticktap.registry import policy, stored_accounts
from ticktap.registry.audit_log import Audit
from ticktap.registry.database import Actor, Database, Transaction
from ticktap.registry.engine import Engine
from ticktap.registry.factors import Factors
from ticktap.registry.policy import Policy
from ticktap.registry.sealed_row import Tampered
from ticktap.registry.stored_accounts import StoredAccount
from ticktap.registry.tokens import Tokens
from ticktap.registry.users import Users

if TYPE_CHECKING:
    from ticktap.registry.syslog import Syslog

_ADDRESSES = ("postgresql://", "postgres://")


class Registry(Database):
    """An open registry, also a context manager. Make one with `Registry.open`.

    Every change is durable when its method returns. Several threads may use one Registry.

    Raises:
        RegistryError: by every method, if the database is damaged, busy or out of reach.
        KeyFileError: by methods that handle secrets, and by the first change of a new registry, if the key
            file is missing, readable by others, or another registry's.
    """

    @classmethod
    def open(
        cls,
        where: Path | str | None = None,
        key: Path | None = None,
        actor: Actor | None = None,
        time: Callable[[], float] = time.time,
        syslog: Syslog | str | None = None,
        create: bool = True,
        anchors: Path | None = None,
    ) -> Registry:
        """Opens a registry, or creates it (a file with mode 0600). Only this migrates it to this version.

        Args:
            where: a path, or an address `postgresql://[USER@]HOST[:PORT]/DATABASE`. None: the value of the
                environment variable TICKTAP_REGISTRY, or else `registry.db` in the user's data folder.
            key: the key file. None: the value of TICKTAP_REGISTRY_KEY, or else the file with the suffix
                `.key` beside the registry.
            actor: who uses it, for the audit log.
            time: returns unix time.
            syslog: also receives the events of the audit log: a receiver, or its address (`/dev/log`,
                `udp://HOST:PORT`, `tcp://HOST:PORT`). None: the value of TICKTAP_SYSLOG, or else none.
            create: False: it must exist, with its key file.
            anchors: a file to which each change adds an anchor, as a line. None: the value of
                TICKTAP_ANCHORS, or else none.

        Raises:
            NotFound: it does not exist, and `create` is False.
            RegistryError: the file is damaged, or belongs to another program or a newer ticktap; or the
                server is out of reach.
            BadInput: the package for PostgreSQL is not installed, or the address of syslog is not valid.
        """
        where = where or os.environ.get("TICKTAP_REGISTRY") or data_dir() / "registry.db"
        named = os.environ.get("TICKTAP_REGISTRY_KEY")
        file = os.environ.get("TICKTAP_ANCHORS")
        key = key or (Path(named) if named else None)
        receiver = _receiver(os.environ.get("TICKTAP_SYSLOG") if syslog is None else syslog)
        engine: Engine
        if str(where).startswith(_ADDRESSES):
            from ticktap.registry.postgres import PostgresEngine

            engine = PostgresEngine(str(where), key, create)
        else:
            from ticktap.registry.sqlite import SqliteEngine

            engine = SqliteEngine(Path(where), key, create)
        return cls(engine, actor, time, receiver, create, anchors or (Path(file) if file else None))

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes this thread's connection. Waits up to two seconds until the events are sent to syslog."""
        if self.syslog is not None:
            self.syslog.flush()
        self.engine.close()

    # --- parts

    @property
    def users(self) -> Users:
        """The users who sign in."""
        return Users(self)

    @property
    def tokens(self) -> Tokens:
        """The tokens and their holders."""
        return Tokens(self)

    @property
    def factors(self) -> Factors:
        """Backup codes, temporary codes and app passwords."""
        return Factors(self)

    @property
    def audit(self) -> Audit:
        """The audit log."""
        return Audit(self)

    @property
    def policy(self) -> Policy:
        """The present settings."""
        with self.engine.reading() as run:
            return policy.load(run)

    def set_policy(self, name: str, value: int) -> None:
        """Changes a setting.

        Raises:
            NotFound: there is no such setting.
            BadInput: the value is out of its range.
        """
        with self.writing() as tx:
            own = self.own_row(tx)
            own.set(settings=policy.changed(own["settings"], name, value))
            self.note(tx, own["id"], "setting", {"name": name, "value": value})

    # --- stored accounts

    def keep(self, account: Account, token: str, token_id: int, user: str | None = None) -> int:
        """Stores an account; returns its row.

        It replaces an account with the same token and number, because a token uses a number again only after
        its store was reset.

        Args:
            token: the serial number of the token.
            token_id: the number of the account on the token.
            user: the name of its user; None: no user.

        Raises:
            NotFound: there is no such user.
        """
        with self.writing() as tx:
            owner = None if user is None else self.users.locked_row(tx, user)
            self.remove_accounts(tx, "token = ? and token_id = ?", (token, token_id), noted=owner)
            row = stored_accounts.insert(tx.run, tx.keys, account, token, token_id, owner)
            if owner is not None:
                self._check_used(tx, owner, stored_accounts.secret_id_of(tx.keys, account))
                about = {"account": account.label, "token": token, "number": token_id}
                self.note(tx, owner, "account-added", about)
        return row

    def all(self, token: str | None = None) -> list[StoredAccount]:
        """Returns the stored accounts of one token or of all, in order of addition."""
        where, values = ("where token = ?", (token,)) if token is not None else ("", ())
        return self._select(where, values)

    def of_user(self, user_id: int) -> list[StoredAccount]:
        """Returns the stored accounts of a user. `user_id`: the registry's number for the user."""
        return self._select("where user_id = ?", (user_id,))

    def find(self, query: str, token: str | None = None) -> StoredAccount:
        """Returns the account that matches `query` (otp.account.match); `3` is the number on the token.

        Raises:
            BadInput: several match; the message lists them.
            NotFound: none matches.
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
        with self.engine.writing() as run:  # without the key
            gone = run("delete from accounts where id = ? and user_id is null", (row,)).rowcount
        if not gone:
            with self.writing() as tx:
                gone = self.remove_accounts(tx, "id = ?", (row,))
        if not gone:
            raise NotFound(f"no account is kept as number {row}", "It may have been forgotten already.")
        self.engine.checkpoint_wal()

    def record_use(self, row: int, counter: int, drift: int | None = None) -> bool:
        """Records a used time step or counter.

        Args:
            row: the registry's number for the account.
            drift: time steps that the token's clock is off, to be stored as well.

        Returns:
            False if this or a later counter was used before, or the account was removed. Of several callers
            with the same counter, in any processes, exactly one gets True.
        """
        with self.writing() as tx:
            found = tx.run(
                "select secret_id, user_id, token, token_id from accounts where id = ?", (row,)
            ).fetchone()
            if found is None:
                return False
            secret_id, (owner, token, token_id) = bytes(found[0]), found[1:]
            if owner is not None:
                self._check_used(tx, owner, secret_id)
            if not stored_accounts.record_used(tx.run, secret_id, counter):
                return False
            if drift is not None:
                tx.run("update accounts set drift = ? where id = ?", (drift, row))
            if owner is not None:
                self._check_used(tx, owner, secret_id)
                self.note(tx, owner, "code-used", {"token": token, "number": token_id})
        return True

    def _check_used(self, tx: Transaction, owner: int, secret_id: bytes) -> None:
        """Takes the used counter of a secret into the row of a user, after a check that it was not
        lowered.
        """
        row = self.row(tx, owner)
        found = tx.run("select counter from used_counters where secret_id = ?", (secret_id,)).fetchone()
        used, name = stored_accounts.used_by(row), stored_accounts.used_name(secret_id)
        if name in used and (found is None or found[0] < used[name]):
            raise Tampered("a used code")
        if found is not None:
            stored_accounts.set_used(row, used | {name: found[0]})

    def _select(self, where: str, values: tuple[Any, ...]) -> list[StoredAccount]:
        with self.engine.reading() as run:
            if not run("select exists (select 1 from accounts)").fetchone()[0]:
                return []
        with self.reading() as tx:
            return stored_accounts.select(tx.run, tx.keys, where, values)


def _receiver(given: Syslog | str | None) -> Syslog | None:
    if not given:
        return None
    from ticktap.registry.syslog import Address, Syslog

    return Syslog(Address.of(given)) if isinstance(given, str) else given
