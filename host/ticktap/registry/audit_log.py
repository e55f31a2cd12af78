"""Reads and checks the audit log; audit_chain.py defines it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ticktap.errors import NotFound
from ticktap.registry import audit_chain
from ticktap.registry.audit_chain import Event
from ticktap.registry.users import canonical

if TYPE_CHECKING:
    from ticktap.registry.engine import Execute
    from ticktap.registry.registry import Registry

Anchor = Mapping[str, tuple[int, str]]
"""For each chain, by its user's number: how many entries it had, and the last one's HMAC."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, with the user it is about.

    Args:
        user: the name; of a deleted user the last one; None: no user, or an unknown name.
        deleted: whether the user was deleted.
    """

    user: str | None
    entry: int
    event: Event
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check of all chains.

    Args:
        chains: how many chains there are.
        entries: how many entries in all of them.
        faults: what is wrong, in words; empty: nothing.
    """

    chains: int
    entries: int
    faults: list[str]


class Audit:
    """A registry's audit log."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

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
            user: whom it is about; None: no user.
            detail: small facts; no secrets.

        Raises:
            NotFound: there is no such user.
        """
        registry = self._registry
        with registry.writing() as tx:
            number = registry.ensure_system_rows(tx) if user is None else registry.users.locked_row(tx, user)
            event = Event(int(registry.time()), who, origin, what, detail or {})
            registry.append(tx, number, event)

    def lines(
        self,
        user: str | None = None,
        last: int | None = None,
        *,
        since: int | None = None,
        until: int | None = None,
        what: Sequence[str] = (),
    ) -> list[Line]:
        """What happened, the oldest first, each event once: what two chains have, only from the user's own.

        Args:
            user: only what is about this user, or about deleted ones who were called so.
            last: only so many, the newest.
            since, until: unix times; only events from then on, and before then.
            what: only events that are called so.

        Raises:
            NotFound: there is no such user, and was none.
        """
        with self._registry.engine.reading() as run:
            chains = _chains(run)
            conditions: list[tuple[str, Sequence[Any]]] = [_once(run)]
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
            Line(chains[each.user_id].name, each.entry, each.event, chains[each.user_id].deleted)
            for each in found
        ]

    def check(self, anchor: Anchor | None = None) -> Checked:
        """Checks every chain, and that none is missing.

        Args:
            anchor: what `anchor` gave once.
        """
        faults: list[str] = []
        entries = 0
        with self._registry.reading() as tx:
            chains = _chains(tx.run)
            added = _added(tx.run)
            own = _own(tx.run)
            for number in sorted({*added, *chains}):
                called = chains[number].title(number in own) if number in chains else added[number]
                if number not in chains:
                    faults.append(f"{called}: the whole user is missing")
                    continue
                anchored = (anchor or {}).get(str(number))
                wrong = audit_chain.faults(tx.run, tx.keys, number, anchored)
                faults += [f"{called}: {fault}" for fault in wrong]
                entries += audit_chain.anchor(tx.run, number)[0]
            faults += [
                f"chain {number}: it is missing" for number in anchor or {} if int(number) not in chains
            ]
        return Checked(len(chains), entries, faults)

    def anchor(self) -> dict[str, tuple[int, str]]:
        """Returns the ends of all chains; stored elsewhere, they reveal a chain that was restored."""
        with self._registry.engine.reading() as run:
            return {str(number): audit_chain.anchor(run, number) for number in _chains(run)}


@dataclass(frozen=True, slots=True)
class _Chain:
    """Whose a chain is; `name` is None of stand-ins and of the registry's own."""

    name: str | None
    deleted: bool

    def title(self, own: bool) -> str:
        if self.name is None:
            return "the registry itself" if own else "unknown names"
        return f"{self.name} (deleted)" if self.deleted else self.name


def _chains(run: Execute) -> dict[int, _Chain]:
    """Number of each user or stand-in, and the name of those that are, or were, users."""
    rows = run("select id, kind, name, former from users order by id").fetchall()
    return {
        int(number): _Chain({"person": name, "deleted": former}.get(kind), kind == "deleted")
        for number, kind, name, former in rows
    }


def _once(run: Execute) -> tuple[str, list[Any]]:
    """The condition that leaves out what the registry's own chain has of an event of a user's chain."""
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


def _added(run: Execute) -> dict[int, str]:
    """The users that the registry's own chain says were added, by the names that they had last."""
    return {
        int(entry.event.detail["id"]): str(entry.event.detail["user"])
        for own in _own(run)
        for entry in audit_chain.entries(run, [("user_id = ?", [own])])
        if entry.event.what in audit_chain.IN_BOTH
    }
