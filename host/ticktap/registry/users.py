"""Users: who they are, how they may sign in, and whether they may at the moment."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ticktap.errors import BadInput, NotFound, Refused

if TYPE_CHECKING:
    from ticktap.registry.policy import Policy
    from ticktap.registry.registry import Desk, Registry

METHODS = ("token", "backup-code", "issued-code", "app-password")
"""Ways to sign in: a code of a token's account, and what factors.py has."""

_NAME = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff,:/\\]{1,64}")
_SELECT = """
select id, name, methods, networks, created, disabled, failures, wait_until, locked
from users where kind = 'person'
"""


@dataclass(frozen=True, slots=True)
class User:
    """One user.

    Args:
        methods: the ways in which the user may sign in, the main one first.
        networks: where from, in CIDR notation; empty: from anywhere.
        created: unix time.
        disabled: since when the user may not sign in; None: may.
        failures: wrong codes in a row.
        wait_until: unix time before which no code is looked at.
        locked: since when too many were wrong; None: not.
    """

    id: int
    name: str
    methods: tuple[str, ...]
    networks: tuple[str, ...]
    created: int
    disabled: int | None
    failures: int
    wait_until: int
    locked: int | None

    @classmethod
    def of(cls, row: Sequence[Any]) -> User:
        """From a row of the table, in the order of these fields."""
        return cls(row[0], row[1], tuple(row[2].split()), tuple(row[3].split()), *row[4:9])

    def state(self, rules: Policy, now: int) -> Literal["ok", "disabled", "locked", "waiting"]:
        """Whether codes of the user's are looked at now."""
        if self.disabled is not None:
            return "disabled"
        ends = 60 * rules.lock_minutes
        if self.locked is not None and not (ends and now >= self.locked + ends):
            return "locked"
        return "waiting" if now < self.wait_until else "ok"

    @property
    def main_method(self) -> str:
        """The way that a service should ask for first."""
        return self.methods[0] if self.methods else ""


class Users:
    """A registry's users. A user is never removed, so that the audit trail stays whole; see `disable`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def add(self, name: str, *, methods: Sequence[str] = METHODS, networks: Sequence[str] = ()) -> User:
        """A new user, without a token yet.

        Args:
            name: as the service has it, case included.
            methods: the ways to sign in, the main one first.
            networks: addresses or networks in CIDR notation; none: from anywhere.

        Raises:
            BadInput: no name, method or network looks like that.
            Refused: the name is taken.
        """
        name = canonical(name)
        if not is_name(name):
            raise BadInput(
                "that cannot be a user's name",
                "Use 1 to 64 characters without blanks, commas, colons or slashes.",
            )
        methods, networks = checked_methods(methods), checked_networks(networks)
        registry = self._registry
        with registry.writing() as desk:
            book = registry.standing(desk)
            number = registry.new_row(desk, "person", name, int(registry.time()))
            if number is None:
                raise Refused(f"there is a user {name} already", "Give another name.")
            self._set(desk, number, "methods", " ".join(methods))
            self._set(desk, number, "networks", " ".join(networks))
            registry.note(desk, book, "user-added", {"user": name, "id": number})
            registry.note(desk, number, "user-added", {"methods": methods, "networks": networks})
        return self.find(name)

    def find(self, name: str) -> User:
        """The user of that name.

        Raises:
            NotFound: there is none.
        """
        name = canonical(name)
        if not is_name(name):
            raise _unknown(name)
        with self._registry.engine.reading() as run:
            row = run(f"{_SELECT} and name = ?", (name,)).fetchone()
        if row is None:
            raise _unknown(name)
        return User.of(row)

    def all(self) -> list[User]:
        """All users, by name."""
        with self._registry.engine.reading() as run:
            return [User.of(row) for row in run(f"{_SELECT} order by name").fetchall()]

    def disable(self, name: str) -> User:
        """From now on the user cannot sign in; nothing is forgotten."""
        return self._change(name, "user-disabled", {"disabled": int(self._registry.time())})

    def enable(self, name: str) -> User:
        """Undoes `disable`."""
        return self._change(name, "user-enabled", {"disabled": None})

    def unlock(self, name: str) -> User:
        """Ends a lock or a wait, and forgets the wrong codes."""
        return self._change(name, "user-unlocked", {"locked": None, "failures": 0, "wait_until": 0})

    def set_main_method(self, name: str, method: str) -> User:
        """Puts a way to sign in first; allowed it is then as well."""
        checked_methods([method])
        rest = [each for each in self.find(name).methods if each != method]
        return self.set_methods(name, [method, *rest])

    def set_methods(self, name: str, methods: Sequence[str]) -> User:
        """Sets the ways in which the user may sign in, the main one first."""
        return self._change(name, "user-methods", {"methods": " ".join(checked_methods(methods))})

    def set_networks(self, name: str, networks: Sequence[str]) -> User:
        """Sets from where; none: from anywhere."""
        return self._change(name, "user-networks", {"networks": " ".join(checked_networks(networks))})

    def reset(self, name: str) -> int:
        """Forgets all accounts, codes and passwords of a user, who has to be enrolled anew; returns how many.

        What was spent is remembered: an account that comes back accepts no old code.
        """
        with self._registry.writing() as desk:
            number = self.locked_row(desk, name)
            gone: int = sum(
                desk.run(f"delete from {table} where user_id = ?", (number,)).rowcount
                for table in ("accounts", "factors")
            )
            for column, value in {"locked": None, "failures": 0, "wait_until": 0}.items():
                self._set(desk, number, column, value)
            desk.run("update tokens set holder = null where holder = ?", (number,))
            self._registry.note(desk, number, "user-reset", {"forgotten": gone})
        self._registry.engine.scrub()
        return gone

    def locked_row(self, desk: Desk, name: str) -> int:
        """The number of a user whose row is this transaction's until it ends.

        Raises:
            NotFound: there is no such user.
        """
        name = canonical(name)
        if not is_name(name):
            raise _unknown(name)
        update = self._registry.engine.for_update
        found = desk.run(
            f"select id from users where kind = 'person' and name = ?{update}", (name,)
        ).fetchone()
        if found is None:
            raise _unknown(name)
        return int(found[0])

    def _change(self, name: str, what: str, columns: Mapping[str, Any]) -> User:
        with self._registry.writing() as desk:
            number = self.locked_row(desk, name)
            for column, value in columns.items():
                self._set(desk, number, column, value)
            detail = {key: value for key, value in columns.items() if key in ("methods", "networks")}
            self._registry.note(desk, number, what, detail)
        return self.find(name)

    @staticmethod
    def _set(desk: Desk, number: int, column: str, value: Any) -> None:
        desk.run(f"update users set {column} = ? where id = ?", (value, number))


def canonical(name: str) -> str:
    """The spelling in which names are compared: RFC 8265 section 3.4, width mapping, form C; case counts."""
    narrow = (
        unicodedata.normalize("NFKC", each) if unicodedata.east_asian_width(each) in ("F", "H") else each
        for each in name
    )
    return unicodedata.normalize("NFC", "".join(narrow))


def is_name(text: str) -> bool:
    """Whether a user can be called so."""
    return _NAME.fullmatch(text) is not None


def checked_methods(methods: Sequence[str]) -> tuple[str, ...]:
    """Ways to sign in, each once.

    Raises:
        BadInput: there is none, or no such one.
    """
    for method in methods:
        if method not in METHODS:
            raise BadInput(
                f"there is no way to sign in called {method!r}", f"There are: {', '.join(METHODS)}."
            )
    if not methods:
        raise BadInput("a user needs a way to sign in", f"There are: {', '.join(METHODS)}.")
    return tuple(dict.fromkeys(methods))


def _shown(network: str) -> str:
    """What was given as a network, if it looks like one: anything else may be a secret in the wrong place."""
    looks = re.fullmatch(r"(?=.*[.:/])[0-9A-Fa-f.:/]{1,50}", network)
    return repr(network) if looks else "what was given"


def checked_networks(networks: Sequence[str]) -> tuple[str, ...]:
    """Networks in CIDR notation.

    Raises:
        BadInput: one is none.
    """
    found = []
    for network in networks:
        try:
            found.append(str(ipaddress.ip_network(network, strict=False)))
        except ValueError:
            raise BadInput(
                f"{_shown(network)} is not a network",
                "Give addresses or networks like 10.0.0.0/8 or 2001:db8::/32.",
            ) from None
    return tuple(found)


def within(networks: Sequence[str], origin: str) -> bool:
    """Whether an address is in one of the networks; no networks hold every address."""
    if not networks:
        return True
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in networks)


def _unknown(name: str) -> NotFound:
    return NotFound(f"there is no user {name}", "'ticktap user list' shows them.")
