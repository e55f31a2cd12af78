"""The database of an open registry: transactions with the keys, and entries in the audit log."""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ticktap.errors import NotFound
from ticktap.registry import anchor_file, audit_chain, decoys, keys, stored_accounts
from ticktap.registry.engine import MISSING, Engine, Execute, RegistryError
from ticktap.registry.keys import Keys
from ticktap.registry.sealed_row import NOTHING, SealedRow, Tampered, digest

if TYPE_CHECKING:
    from ticktap.registry.syslog import Syslog

SALT_BYTES = 16
OWN = "\x7fregistry"  # the name of the registry's own row, which no user can have
_NEW_ROW = """
insert into users (kind, name, created, salt, accounts, factors, start, before, head, fixed, mac)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (name) do nothing returning id
"""
_FACTORS = "select id, kind, label, hash, created, expires, used from factors where user_id = ? order by id"


_CREDENTIALS = "select purpose, sealed from credentials where user_id = ? order by purpose"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who uses the registry, for the audit log.

    Args:
        who: the name of a person or a program.
        origin: where from: a host or an address.
        detail: facts about the actor, added to those of each event.
    """

    who: str = ""
    origin: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, repr=False)
class Transaction:
    """The objects of one transaction.

    Args:
        run: runs a statement in it.
        events: events to send to the syslog receiver after the commit, each with the user's name.
        own: the registry's own row, once it was locked.
        rows: the other rows of `users` that were locked, by number.
    """

    run: Execute
    keys: Keys
    events: list[tuple[str | None, audit_chain.Event]] = field(default_factory=list)
    own: SealedRow | None = None
    rows: dict[int, SealedRow] = field(default_factory=dict)


class Database:
    """Transactions of a registry. Several threads may use one Database.

    Args:
        actor: who uses it.
        time: returns unix time.
        syslog: receives events as well, as soon as they are durable.
        may_create: whether the first change of an empty registry binds it to a key file.
        anchors: a file to which each change adds the end of the registry's chain, as a line.
    """

    def __init__(
        self,
        engine: Engine,
        actor: Actor | None = None,
        time: Callable[[], float] = time.time,
        syslog: Syslog | None = None,
        may_create: bool = True,
        anchors: Path | None = None,
    ) -> None:
        self.engine = engine
        self.actor = actor or Actor()
        self.time = time
        self.syslog = syslog
        self.may_create = may_create
        self.anchors = anchors

    @contextlib.contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Opens a transaction with the keys; rolls it back after an exception.

        The first one of a new registry creates the key file. At the end the locked rows get their new
        HMACs, and the ends of their chains are recorded in the registry's chain.
        """
        with self._key_explained(), self.engine.writing() as run:
            ours = keys.load(self.engine, run) if keys.in_use(run) else self._create(run)
            tx = Transaction(run, ours)
            yield tx
            self._seal(tx)
        for user, event in tx.events:
            self.tell(user, event)
        if tx.own is not None:
            self._anchor(tx.own)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Opens a consistent read with the keys. It writes nothing."""
        with self._key_explained(), self.engine.reading() as run:
            yield Transaction(run, keys.load(self.engine, run))

    def ensure_system_rows(self, tx: Transaction) -> int:
        """Creates the decoys and the registry's own row in a new registry; returns the number of that row.

        The row is locked until the transaction ends.

        Raises:
            Tampered: the row is missing, or was changed.
        """
        return int(self.own_row(tx)["id"])

    def own_row(self, tx: Transaction) -> SealedRow:
        """Returns the registry's own row, as `ensure_system_rows` does."""
        if tx.own is None:
            if not tx.keys.origin and self.engine.lock:
                tx.run(self.engine.lock)  # another program may be faster
                tx.keys = keys.load(self.engine, tx.run)
            if not tx.keys.origin:
                self._begin(tx)
            row = SealedRow.read(tx.run, "users", f"name = ?{self.engine.for_update}", (OWN,))
            if row is None or not row.is_genuine(tx.keys):
                raise Tampered("the registry's own row")
            tx.own = row
        return tx.own

    def row(self, tx: Transaction, number: int) -> SealedRow:
        """Returns a row of `users`, locked and checked; changes of it are written when the transaction ends.

        Raises:
            Tampered: the row, an account or a factor of the user was changed.
        """
        own = self.own_row(tx)  # always locked first, so that two transactions do not wait for each other
        if number == own["id"]:
            return own
        if number not in tx.rows:
            row = SealedRow.read(tx.run, "users", f"id = ?{self.engine.for_update}", (number,))
            if row is None:
                raise Tampered(f"the user {number}")
            if (fault := row_fault(tx.run, tx.keys, row)) or row["seen"] > own["entries"]:
                raise Tampered(f"{name_of(row)}: {fault or 'the registry'}")
            tx.rows[number] = row
        return tx.rows[number]

    def new_row(self, tx: Transaction, kind: str, name: str, now: int) -> int | None:
        """Adds a row to `users`, with an empty chain; returns its number, or None if the name is taken."""
        return self._insert(tx, kind, name, now, secrets.token_bytes(SALT_BYTES))

    def remove_accounts(
        self, tx: Transaction, condition: str, values: Sequence[Any], noted: int | None = None
    ) -> int:
        """Deletes accounts; returns how many. Their used counters stay used.

        Args:
            condition: a condition of SQL.
            noted: the user in whose chain the caller records it; others get an event.
        """
        owners = tx.run(
            "select user_id, count(*) from accounts"
            f" where user_id is not null and {condition} group by user_id",
            values,
        ).fetchall()
        for owner, count in sorted(owners):
            self.row(tx, int(owner))  # checked before it changes
            if owner != noted:
                self.note(tx, int(owner), "account-removed", {"forgotten": count})
        return tx.run(f"delete from accounts where {condition}", values).rowcount

    def note(self, tx: Transaction, user_id: int, what: str, detail: Mapping[str, Any]) -> None:
        """Records an action of the actor in the chain of a row of `users`."""
        event = audit_chain.Event(
            int(self.time()), self.actor.who, self.actor.origin, what, {**detail, **self.actor.detail}
        )
        self.append(tx, user_id, event)

    def append(self, tx: Transaction, user_id: int, event: audit_chain.Event) -> None:
        """Records an event in the chain of a row of `users`; sends it to syslog after the commit."""
        row = self.row(tx, user_id)
        audit_chain.append(tx.run, tx.keys, row, event)
        if self.syslog is not None:
            own = row["kind"] == "registry"
            if not own or event.what not in audit_chain.IN_BOTH:
                tx.events.append((None if own else row["name"] or row["former"], event))

    def record_ends(self, tx: Transaction, ends: Mapping[str, tuple[int, str]]) -> None:
        """Records the ends of chains, by number, in the registry's chain."""
        actor = self.actor
        event = audit_chain.Event(int(self.time()), actor.who, actor.origin, audit_chain.HEADS, ends)
        audit_chain.append(tx.run, tx.keys, self.own_row(tx), event)

    def tell(self, user: str | None, event: audit_chain.Event) -> None:
        """Sends a durable event to the syslog receiver, if there is one; never waits, never fails."""
        if self.syslog is not None:
            self.syslog.send(user, event)

    def _create(self, run: Execute) -> Keys:
        if not self.may_create:
            raise NotFound(f"there is nothing in the registry {self.engine.name}", MISSING)
        return keys.create(self.engine, run)

    def _begin(self, tx: Transaction) -> None:
        """Gives a registry its origin, the decoys and its own row."""
        if not self.may_create:
            raise NotFound(f"there are no users in the registry {self.engine.name}", MISSING)
        if tx.run("select exists (select 1 from users)").fetchone()[0]:
            raise Tampered("the registry's origin")
        tx.keys = keys.begin(tx.run, tx.keys, secrets.token_bytes(SALT_BYTES))
        decoys.create(tx.run, tx.keys)
        self._insert(tx, "registry", OWN, int(self.time()), tx.keys.origin)
        for row in tx.rows.values():
            row.save(tx.run, tx.keys)
        tx.rows.clear()

    def _anchor(self, own: SealedRow) -> None:
        """Sends the end of the registry's chain to syslog and to the file of anchors, after a commit."""
        entries, mac = audit_chain.end(own)
        now = int(self.time())
        self.tell(
            None,
            audit_chain.Event(
                now, self.actor.who, self.actor.origin, "anchor", {"entries": entries, "mac": mac}
            ),
        )
        if self.anchors is not None:
            line = anchor_file.line({str(own["id"]): (entries, mac)}, now) + b"\n"
            try:
                descriptor = os.open(self.anchors, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(descriptor, line)
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
            except OSError as error:
                raise RegistryError(
                    f"the change was made, but {self.anchors} did not get its anchor: {error.strerror}",
                    "Check the file, then run: ticktap audit anchor",
                ) from error

    def _insert(self, tx: Transaction, kind: str, name: str, now: int, salt: bytes) -> int | None:
        inserted = tx.run(_NEW_ROW, (kind, name, now, salt, NOTHING, NOTHING, *[b""] * 5)).fetchone()
        if inserted is None:
            return None
        number = int(inserted[0])
        row = SealedRow.read(tx.run, "users", "id = ?", (number,))
        assert row is not None
        row.set(**audit_chain.begin(tx.keys, number))
        tx.rows[number] = row
        return number

    def _seal(self, tx: Transaction) -> None:
        """Writes the locked rows. What they had in `accounts` and `factors` was checked before it was
        changed.
        """
        if tx.own is None:
            return
        ends = {}
        for number, row in tx.rows.items():
            row.set(
                accounts=digest(stored_accounts.states(tx.run, number)),
                factors=factors_digest(tx.run, number, factor_states(tx.run, number)),
                seen=tx.own["entries"],
            )
            row.save(tx.run, tx.keys)
            ends[str(number)] = audit_chain.end(row)
        if ends:
            self.record_ends(tx, ends)
        tx.own.save(tx.run, tx.keys)

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


def row_fault(run: Execute, keys: Keys, row: SealedRow) -> str:
    """Returns which values of a user were changed without the key; empty: none.

    It does not decrypt the accounts (stored_accounts.select does).
    """
    number = row["id"]
    if not row.is_genuine(keys):
        return "the user's data"
    if not hmac.compare_digest(digest(stored_accounts.states(run, number)), bytes(row["accounts"])):
        return "the accounts"
    now = factors_digest(run, number, factor_states(run, number))
    if not hmac.compare_digest(now, bytes(row["factors"])):
        return "backup codes, temporary codes, app passwords, password or role"
    return ""


def check_row(run: Execute, keys: Keys, number: int) -> None:
    """Checks what decides a user's sign-ins, and locks nothing.

    Raises:
        Tampered: there is no such user, or something was changed without the key.
    """
    row = SealedRow.read(run, "users", "id = ?", (number,))
    if row is None:
        raise Tampered(f"the user {number}")
    if fault := row_fault(run, keys, row):
        raise Tampered(f"{name_of(row)}: {fault}")


def name_of(row: SealedRow) -> str:
    """Returns the name of a row of `users` for messages."""
    if row["kind"] == "registry":
        return "the registry itself"
    return str(row["name"]) if row["kind"] == "person" else f"{row['former']} (deleted)"


def factor_states(run: Execute, user_id: int) -> list[tuple[Any, ...]]:
    """Returns a user's factors: number, kind, label, hash in hexadecimal, and the times of creation, end and
    use.
    """
    return [
        (number, kind, label, bytes(stored).hex(), *times)
        for number, kind, label, stored, *times in run(_FACTORS, (user_id,)).fetchall()
    ]


def factors_digest(run: Execute, user_id: int, states: Sequence[tuple[Any, ...]]) -> bytes:
    """Returns the digest in the user's row of the factors, and of the password and role for the web pages.

    Args:
        states: what `factor_states` returns.
    """
    sealed = [(purpose, bytes(value).hex()) for purpose, value in run(_CREDENTIALS, (user_id,)).fetchall()]
    return digest(map(json.dumps, [*states, *sealed]))
