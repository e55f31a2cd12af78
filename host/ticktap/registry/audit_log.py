"""The audit trail, for those who read and check it; audit_chain.py has how it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ticktap.registry import audit_chain
from ticktap.registry.audit_chain import Event

if TYPE_CHECKING:
    from ticktap.registry.engine import Run
    from ticktap.registry.registry import Registry

Anchor = Mapping[str, tuple[int, str]]
"""For each chain, by its user's number: how many entries it had, and the last one's HMAC."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, with the user it is about; None: none, or a name that nobody has."""

    user: str | None
    entry: int
    event: Event


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of everything found.

    Args:
        chains: how many chains there are.
        entries: how many entries in all of them.
        faults: what is wrong, in words; empty: nothing.
    """

    chains: int
    entries: int
    faults: list[str]


class Audit:
    """A registry's audit trail."""

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
        """Writes down something that another program did.

        Args:
            user: whom it is about; None: no user.
            detail: small facts; no secrets.

        Raises:
            NotFound: there is no such user.
        """
        registry = self._registry
        with registry.writing() as desk:
            number = registry.standing(desk) if user is None else registry.users.locked_row(desk, user)
            event = Event(int(registry.time()), who, origin, what, detail or {})
            audit_chain.append(desk.run, desk.keys, number, event)

    def lines(self, user: str | None = None, last: int | None = None) -> list[Line]:
        """What happened, the oldest first.

        Args:
            user: only what is about this user.
            last: only so many, the newest.

        Raises:
            NotFound: there is no such user.
        """
        chosen = None if user is None else self._registry.users.find(user).id
        with self._registry.engine.reading() as run:
            names = _chains(run)
            entries = audit_chain.entries(run, chosen, last)
        return [Line(names[entry.user_id], entry.entry, entry.event) for entry in entries]

    def check(self, anchor: Anchor | None = None) -> Checked:
        """Checks every chain, and that no user's is missing.

        Args:
            anchor: what `anchor` gave once.
        """
        faults: list[str] = []
        entries = 0
        with self._registry.reading() as desk:
            chains = _chains(desk.run)
            added = _added(desk.run)
            for number, name in {**added, **chains}.items():
                called = name or ("the registry itself" if number in _own(desk.run) else "unknown names")
                if number not in chains:
                    faults.append(f"{called}: the whole user is missing")
                    continue
                anchored = (anchor or {}).get(str(number))
                wrong = audit_chain.faults(desk.run, desk.keys, number, anchored)
                faults += [f"{called}: {fault}" for fault in wrong]
                entries += audit_chain.anchor(desk.run, number)[0]
            faults += [
                f"chain {number}: it is missing" for number in anchor or {} if int(number) not in chains
            ]
        return Checked(len(chains), entries, faults)

    def anchor(self) -> dict[str, tuple[int, str]]:
        """Where every chain is now: kept elsewhere, it shows later whether a chain was put back."""
        with self._registry.engine.reading() as run:
            return {str(number): audit_chain.anchor(run, number) for number in _chains(run)}


def _chains(run: Run) -> dict[int, str | None]:
    """Number of each user or stand-in, and the name of those that are users."""
    rows = run("select id, kind, name from users order by id").fetchall()
    return {int(number): name if kind == "person" else None for number, kind, name in rows}


def _own(run: Run) -> set[int]:
    return {int(number) for (number,) in run("select id from users where kind = 'registry'").fetchall()}


def _added(run: Run) -> dict[int, str]:
    """The users that the registry's own chain says were added."""
    return {
        int(entry.event.detail["id"]): str(entry.event.detail["user"])
        for own in _own(run)
        for entry in audit_chain.entries(run, own)
        if entry.event.what == "user-added"
    }
