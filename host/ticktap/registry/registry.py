"""An open registry: its accounts, users, tokens, factors and audit log.

Issuer, name and parameters of accounts are readable in the database. Each secret is sealed
(files/key_file.py) under the key file, which lies elsewhere or beside it, and bound to its row, so that
sealed secrets cannot change places.
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
from ticktap.registry.database import Actor, Database
from ticktap.registry.engine import Engine
from ticktap.registry.factors import Factors
from ticktap.registry.policy import Policy
from ticktap.registry.stored_accounts import StoredAccount
from ticktap.registry.tokens import Tokens
from ticktap.registry.users import Users

if TYPE_CHECKING:
    from ticktap.registry.syslog import Syslog

_ADDRESSES = ("postgresql://", "postgres://")


class Registry(Database):
    """An open registry. Use as a context manager; every method commits durably before it returns.

    All methods raise RegistryError when the database is damaged, busy or out of reach; those that handle
    secrets raise KeyFileError when the key is missing, readable by others, or not the one that sealed them.
    Several threads may use one Registry.

    Args:
        actor: who uses it.
        time: gives unix time.
        syslog: where events go as they happen, besides the audit trail.
    """

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
        return Users(self)

    @property
    def tokens(self) -> Tokens:
        """The tokens there are, and who holds them."""
        return Tokens(self)

    @property
    def factors(self) -> Factors:
        """Backup codes, issued codes and app passwords."""
        return Factors(self)

    @property
    def audit(self) -> Audit:
        """Who did what."""
        return Audit(self)

    @property
    def policy(self) -> Policy:
        """The settings that are in force."""
        with self.engine.reading() as run:
            return policy.load(run)

    def set_policy(self, name: str, value: int) -> None:
        """Changes a setting.

        Raises:
            NotFound: there is no such setting.
            BadInput: it may not be that.
        """
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


def _receiver(given: Syslog | str | None) -> Syslog | None:
    if not given:
        return None
    from ticktap.registry.syslog import Address, Syslog

    return Syslog(Address.of(given)) if isinstance(given, str) else given
