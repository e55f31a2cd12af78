"""The database of an open registry: transactions with the keys, and entries in the audit log."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ticktap.registry import audit_chain, decoys, keys
from ticktap.registry.engine import Engine, Execute, RegistryError
from ticktap.registry.keys import Keys

if TYPE_CHECKING:
    from ticktap.registry.syslog import Syslog

SALT_BYTES = 16
_OWN = "\x7fregistry"  # the name of the registry's own row, which no user can have
_NEW_ROW = """
insert into users (kind, name, created, head, salt) values (?, ?, ?, ?, ?)
on conflict (name) do nothing returning id
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who uses the registry, for the audit log.

    Args:
        who: the name of a person or a program.
        origin: where from: a host or an address.
    """

    who: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Transaction:
    """The objects of one transaction.

    Args:
        run: runs a statement in it.
        events: events to send to the syslog receiver after the commit, each with the user's name.
    """

    run: Execute
    keys: Keys
    events: list[tuple[str | None, audit_chain.Event]] = field(default_factory=list)


class Database:
    """Transactions of a registry. Several threads may use one Database.

    Args:
        actor: who uses it.
        time: returns unix time.
        syslog: receives events as well, as soon as they are durable.
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

    @contextlib.contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Opens a transaction with the keys; rolls it back after an exception.

        The first one of a new registry creates the key file.
        """
        with self._key_explained(), self.engine.writing() as run:
            ours = keys.load(self.engine, run) if keys.in_use(run) else keys.create(self.engine, run)
            tx = Transaction(run, ours)
            yield tx
        for user, event in tx.events:
            self.tell(user, event)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Opens a consistent read with the keys. It writes nothing."""
        with self._key_explained(), self.engine.reading() as run:
            yield Transaction(run, keys.load(self.engine, run))

    def ensure_system_rows(self, tx: Transaction) -> int:
        """Creates the decoys and the registry's own row if they are missing; returns the number of that row.

        The row is locked until the transaction ends.
        """
        query = f"select id from users where name = ?{self.engine.for_update}"
        found = tx.run(query, (_OWN,)).fetchone()
        if found is None:
            decoys.ensure(tx.run, tx.keys)
            self.new_row(tx, "registry", _OWN, int(self.time()))
            found = tx.run(query, (_OWN,)).fetchone()  # another program may have been faster
        return int(found[0])

    def new_row(self, tx: Transaction, kind: str, name: str, now: int) -> int | None:
        """Adds a row to `users`, with an empty chain; returns its number, or None if the name is taken."""
        salt = secrets.token_bytes(SALT_BYTES)
        inserted = tx.run(_NEW_ROW, (kind, name, now, b"", salt)).fetchone()
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
        """Records an event in the chain of a locked row of `users`; sends it to syslog after the commit."""
        audit_chain.append(tx.run, tx.keys, user_id, event)
        if self.syslog is not None:
            query = "select kind, coalesce(name, former) from users where id = ?"
            kind, name = tx.run(query, (user_id,)).fetchone()
            if kind != "registry" or event.what not in audit_chain.IN_BOTH:
                tx.events.append((None if kind == "registry" else name, event))

    def tell(self, user: str | None, event: audit_chain.Event) -> None:
        """Sends a durable event to the syslog receiver, if there is one; never waits, never fails."""
        if self.syslog is not None:
            self.syslog.send(user, event)

    @contextlib.contextmanager
    def _key_explained(self) -> Iterator[None]:
        """Converts errors of the file system to RegistryError."""
        try:
            yield
        except OSError as error:
            raise RegistryError(
                f"{error.filename or self.engine.key_path} cannot be used: {error.strerror}",
                "Check the permissions of the folder.",
            ) from error
