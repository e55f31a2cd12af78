"""Reads and checks the audit log; audit_chain.py defines it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ticktap.errors import NotFound
from ticktap.registry import audit_archive, audit_chain, integrity
from ticktap.registry.anchor_file import Anchor
from ticktap.registry.audit_chain import Event
from ticktap.registry.database import Database
from ticktap.registry.engine import Execute
from ticktap.registry.integrity import AuditCheck
from ticktap.registry.sealed_row import SealedRow
from ticktap.registry.user_names import canonical
from ticktap.registry.users import Users


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry, with its user.

    Args:
        user: the user's name, or a deleted user's last name; None: no user, or an unknown name.
        deleted: whether the user was deleted.
    """

    user: str | None
    entry: int
    event: Event
    deleted: bool = False


class Audit:
    """A registry's audit log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._users = Users(database)

    def add(
        self,
        what: str,
        *,
        user: str | None,
        who: str,
        origin: str,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """Records an event of another program.

        Args:
            user: the user it is about; None: no user.
            detail: small facts; no secrets.

        Raises:
            NotFound: there is no such user.
        """
        database = self._database
        with database.writing() as tx:
            number = database.ensure_system_rows(tx) if user is None else self._users.locked_row(tx, user)
            event = Event(int(database.time()), who, origin, what, detail or {})
            database.append(tx, number, event)

    def lines(
        self,
        user: str | None = None,
        last: int | None = None,
        *,
        since: int | None = None,
        until: int | None = None,
        what: Sequence[str] = (),
    ) -> list[AuditLine]:
        """Returns events, the oldest first. An event in two chains is returned once, from the user's chain.

        Args:
            user: only events about this user, or about deleted users who had this name.
            last: only this many, the newest.
            since, until: unix times; only events at or after `since`, and before `until`.
            what: only events of these names; empty: all but `heads` and `code-used`.

        Raises:
            NotFound: no user has or had this name.
        """
        with self._database.engine.reading() as run:
            chains = _chains(run)
            conditions: list[tuple[str, Sequence[Any]]] = [_once(run)]
            if not what:
                hidden = audit_chain.HIDDEN
                conditions.append((f"what not in ({_marks(hidden)})", hidden))
            if user is not None:
                name = canonical(user)
                chosen = [number for number, each in chains.items() if each.name == name]
                if not chosen:
                    raise NotFound(f"there is no user {name}", "'ticktap user list' shows them.")
                conditions.append((f"user_id in ({_marks(chosen)})", chosen))
            if since is not None:
                conditions.append(("at >= ?", [since]))
            if until is not None:
                conditions.append(("at < ?", [until]))
            if what:
                conditions.append((f"what in ({_marks(what)})", what))
            found = audit_chain.entries(run, conditions, last)
        return [
            AuditLine(chains[each.user_id].name, each.entry, each.event, chains[each.user_id].deleted)
            for each in found
        ]

    def check(self, anchor: Anchor | Sequence[Anchor] | None = None) -> AuditCheck:
        """Checks every chain, that none is missing, and every value that decides sign-ins.

        Args:
            anchor: earlier results of `anchor`, one or several, which the chains must still contain.
        """
        anchors = [] if anchor is None else [anchor] if isinstance(anchor, Mapping) else anchor
        with self._database.reading() as tx:
            return integrity.check(tx.run, tx.keys, anchors)

    def anchor(self) -> dict[str, tuple[int, str]]:
        """Returns the ends of all chains. Kept elsewhere, they reveal a chain that was restored later."""
        with self._database.engine.reading() as run:
            return _ends(run)

    def record_ends(self) -> dict[str, tuple[int, str]]:
        """Records the ends of all chains in the registry's chain; returns the end of that, as an anchor.

        Changes by administrators do this for the users they concern; this does it for sign-ins too. The
        anchor goes to syslog and to the file of anchors as well.
        """
        with self._database.writing() as tx:
            own = self._database.own_row(tx)
            known = integrity.recorded_ends(tx.run, own)
            changed = {
                number: end
                for number, end in _ends(tx.run).items()
                if number != str(own["id"]) and known.get(int(number)) != end
            }
            if changed:
                self._database.record_ends(tx, changed)
        return {str(own["id"]): audit_chain.end(own)}

    def prune(self, before: int, write: Callable[[bytes], object]) -> int:
        """Moves old entries of users' chains into an archive, and returns how many. The rest can still be
        checked.

        Args:
            before: unix time; the entries of each chain up to its first one at or after it.
            write: stores the archive durably. If it raises an exception, nothing is removed.

        Raises:
            Tampered: a chain was changed.
        """
        with self._database.writing() as tx:
            content, moved = audit_archive.archive(self._database, tx, before)
            if moved:
                write(content)
        self._database.engine.checkpoint_wal()
        return moved

    def check_archive(self, data: bytes) -> int:
        """Checks an archive that `prune` wrote; returns how many entries it has.

        Raises:
            Tampered: it was changed, or is another registry's.
        """
        with self._database.reading() as tx:
            return audit_archive.check_archive(tx.keys, data)


def _ends(run: Execute) -> dict[str, tuple[int, str]]:
    rows = [*SealedRow.all(run, "decoys"), *SealedRow.all(run, "users")]
    return {str(row["id"]): audit_chain.end(row) for row in rows}


@dataclass(frozen=True, slots=True)
class _Chain:
    """The owner of a chain. `name` is None for decoys and for the registry itself."""

    name: str | None
    deleted: bool


def _chains(run: Execute) -> dict[int, _Chain]:
    """The chains by number: of users, deleted users, decoys, and the registry itself."""
    found = {int(number): _Chain(None, False) for (number,) in run("select id from decoys").fetchall()}
    for number, kind, name, former in run("select id, kind, name, former from users order by id").fetchall():
        found[int(number)] = _Chain({"person": name, "deleted": former}.get(kind), kind == "deleted")
    return found


def _once(run: Execute) -> tuple[str, list[Any]]:
    """The condition that leaves out entries of the registry's chain that are also in a user's chain."""
    own = sorted(_own(run))
    if not own:
        return "1 = 1", []
    return f"not (user_id in ({_marks(own)}) and what in ({_marks(audit_chain.IN_BOTH)}))", [
        *own,
        *audit_chain.IN_BOTH,
    ]


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _own(run: Execute) -> set[int]:
    return {int(number) for (number,) in run("select id from users where kind = 'registry'").fetchall()}
