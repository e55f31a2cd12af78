"""Users: who they are, how they may sign in, and whether they may at the moment."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ticktap.errors import BadInput, NotFound, Refused
from ticktap.registry.profile import checked_email, checked_full_name, checked_groups

if TYPE_CHECKING:
    from ticktap.registry.policy import Policy
    from ticktap.registry.registry import Registry, Transaction

METHODS = ("token", "backup-code", "issued-code", "app-password")
"""Ways to sign in: a code of a token's account, and what factors.py has."""

COLUMNS = (
    "id, name, methods, networks, created, disabled, failures, wait_until, locked,"
    " full_name, email, member_of, signed_in"
)
"""The columns of the table that make a User, in the order of its fields."""

_SEVERAL = (2, 3, 11)  # of these, the columns with several words
_NAME = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff,:/\\]{1,64}")
_ASCII = re.compile("[!-~]+")
_TOO_LONG = 256  # characters; no spelling of a name is as long
_SELECT = f"""
select {COLUMNS}
from users where kind = 'person'
"""
_GONE = {
    "locked": None, "failures": 0, "wait_until": 0, "disabled": None, "signed_in": None,
    "full_name": "", "email": "", "member_of": "", "methods": "", "networks": "",
}  # fmt: skip
"""The columns of a user who was deleted."""


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
        full_name, email: empty: not known.
        groups: for reports and other programs; ticktap itself makes nothing of them.
        signed_in: unix time of the last sign-in; None: never.
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
    full_name: str = ""
    email: str = ""
    groups: tuple[str, ...] = ()
    signed_in: int | None = None

    @classmethod
    def of(cls, row: Sequence[Any]) -> User:
        """From a row of the table, in the order of these fields."""
        cells: list[Any] = list(row[:13])
        for at in _SEVERAL:
            cells[at] = tuple(cells[at].split())
        return cls(*cells)

    def state(self, rules: Policy, now: int) -> Literal["ok", "disabled", "locked", "waiting"]:
        """Whether codes of the user's are looked at now."""
        if self.disabled is not None:
            return "disabled"
        ends = 60 * rules.lock_minutes
        if self.locked is not None and not (ends and now >= self.locked + ends):
            return "locked"
        return "waiting" if now < self.wait_until else "ok"

    def lock_ends(self, rules: Policy) -> int | None:
        """Unix time when a lock ends by itself; None: there is none, or only an admin ends it."""
        if self.locked is None or not rules.lock_minutes:
            return None
        return self.locked + 60 * rules.lock_minutes

    @property
    def main_method(self) -> str:
        """The way that a service should ask for first."""
        return self.methods[0] if self.methods else ""


class Users:
    """A registry's users. A deleted user's row stays, without name or data, so that the trail stays whole."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def add(
        self,
        name: str,
        *,
        methods: Sequence[str] = METHODS,
        networks: Sequence[str] = (),
        full_name: str = "",
        email: str = "",
        groups: Sequence[str] = (),
    ) -> User:
        """A new user, without a token yet.

        Args:
            name: as the service has it; case does not matter.
            methods: the ways to sign in, the main one first.
            networks: addresses or networks in CIDR notation; none: from anywhere.
            full_name, email, groups: optional.

        Raises:
            BadInput: no name, method, network, address or group looks like that.
            Refused: the name is taken.
        """
        name = checked_name(name)
        methods, networks = checked_methods(methods), checked_networks(networks)
        known = profile_columns(full_name, email, groups)
        with self._registry.writing() as tx:
            self.insert(tx, name, methods, networks, known)
        return self.find(name)

    def insert(
        self,
        tx: Transaction,
        name: str,
        methods: Sequence[str],
        networks: Sequence[str],
        known: Mapping[str, str],
    ) -> int:
        """`add` in a transaction of the caller's, of what was checked; returns the user's number.

        Args:
            known: as `profile_columns` gives it.
        """
        registry = self._registry
        book = registry.ensure_system_rows(tx)
        number = registry.new_row(tx, "person", name, int(registry.time()))
        if number is None:
            raise Refused(f"there is a user {name} already", "Give another name.")
        self._set(tx, number, {"methods": " ".join(methods), "networks": " ".join(networks)} | dict(known))
        registry.note(tx, book, "user-added", {"user": name, "id": number})
        registry.note(tx, number, "user-added", {"methods": methods, "networks": networks})
        return number

    def edit(
        self,
        name: str,
        *,
        full_name: str | None = None,
        email: str | None = None,
        groups: Sequence[str] | None = None,
    ) -> User:
        """Changes what is given of a user's full name, e-mail address and groups; empty ones clear it.

        The trail has which of them were changed, and not their values: it cannot forget.
        """
        known = profile_columns(full_name, email, groups)
        with self._registry.writing() as tx:
            self.change(tx, self.locked_row(tx, name), "user-edited", known)
        return self.find(name)

    def rename(self, name: str, to: str) -> User:
        """Gives a user another name. Tokens, accounts, codes, passwords and trail stay theirs.

        Raises:
            BadInput: the new name is none.
            NotFound: there is no such user.
            Refused: the new name is taken, or is the one the user has.
        """
        to = checked_name(to)
        registry = self._registry
        with registry.writing() as tx:
            book = registry.ensure_system_rows(tx)  # who adds or renames at the same moment waits here
            number = self.locked_row(tx, name)
            taken = tx.run("select id from users where name = ?", (to,)).fetchone()
            if taken is not None:
                own = int(taken[0]) == number
                raise Refused(
                    f"the user is called {to} already" if own else f"there is a user {to} already",
                    "Give another name; capitals make no difference.",
                )
            (was,) = tx.run("select name from users where id = ?", (number,)).fetchone()
            self._set(tx, number, {"name": to})
            registry.note(tx, book, "user-renamed", {"was": was, "user": to, "id": number})
            registry.note(tx, number, "user-renamed", {"was": was, "now": to})
        return self.find(to)

    def delete(self, name: str) -> int:
        """Removes a user with all accounts, codes, passwords and data; returns how much was forgotten.

        The name is free for somebody else. What stays is the chain of the trail, under the old name, and what
        was spent.
        """
        registry = self._registry
        with registry.writing() as tx:
            book = registry.ensure_system_rows(tx)
            number = self.locked_row(tx, name)
            (was,) = tx.run("select name from users where id = ?", (number,)).fetchone()
            gone = self._forget(tx, number)
            self._set(tx, number, _GONE | {"kind": "deleted", "name": None, "former": was})
            registry.note(tx, book, "user-deleted", {"user": was, "id": number})
            registry.note(tx, number, "user-deleted", {"user": was, "forgotten": gone})
        registry.engine.checkpoint_wal()
        return gone

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
        """Forgets all accounts, codes and passwords of a user, who must be enrolled again; returns how many.

        What was spent is remembered: an account that comes back accepts no old code.
        """
        with self._registry.writing() as tx:
            number = self.locked_row(tx, name)
            gone = self._forget(tx, number)
            self._set(tx, number, {"locked": None, "failures": 0, "wait_until": 0})
            self._registry.note(tx, number, "user-reset", {"forgotten": gone})
        self._registry.engine.checkpoint_wal()
        return gone

    def locked_row(self, tx: Transaction, name: str) -> int:
        """The number of a user whose row is this transaction's until it ends.

        Raises:
            NotFound: there is no such user.
        """
        name = canonical(name)
        if not is_name(name):
            raise _unknown(name)
        update = self._registry.engine.for_update
        found = tx.run(f"select id from users where kind = 'person' and name = ?{update}", (name,)).fetchone()
        if found is None:
            raise _unknown(name)
        return int(found[0])

    def change(self, tx: Transaction, number: int, what: str, columns: Mapping[str, Any]) -> None:
        """Sets columns of a row that is locked, and writes that down."""
        self._set(tx, number, columns)
        detail = {key: value for key, value in columns.items() if key in ("methods", "networks")}
        if changed := [name for column, name in _PROFILE.items() if column in columns]:
            detail["changed"] = changed
        self._registry.note(tx, number, what, detail)

    def _change(self, name: str, what: str, columns: Mapping[str, Any]) -> User:
        with self._registry.writing() as tx:
            self.change(tx, self.locked_row(tx, name), what, columns)
        return self.find(name)

    @staticmethod
    def _forget(tx: Transaction, number: int) -> int:
        """Removes all that gets a user in; returns how many accounts, codes and passwords that were."""
        gone: int = sum(
            tx.run(f"delete from {table} where user_id = ?", (number,)).rowcount
            for table in ("accounts", "factors")
        )
        tx.run("update tokens set holder = null where holder = ?", (number,))
        return gone

    @staticmethod
    def _set(tx: Transaction, number: int, columns: Mapping[str, Any]) -> None:
        for column, value in columns.items():
            tx.run(f"update users set {column} = ? where id = ?", (value, number))


_PROFILE = {"full_name": "full_name", "email": "email", "member_of": "groups"}  # column: what people call it


def profile_columns(full_name: str | None, email: str | None, groups: Sequence[str] | None) -> dict[str, str]:
    """The columns of what is given.

    Raises:
        BadInput: one cannot be that.
    """
    columns = {}
    if full_name is not None:
        columns["full_name"] = checked_full_name(full_name)
    if email is not None:
        columns["email"] = checked_email(email)
    if groups is not None:
        columns["member_of"] = " ".join(checked_groups(groups))
    return columns


@functools.cache
def _name_profile() -> Any:
    """RFC 8265 section 3.3, UsernameCaseMapped: width and case are mapped, and form C."""
    from precis_i18n import get_profile

    return get_profile("UsernameCaseMapped")


def canonical(name: str) -> str:
    """The spelling in which names are kept and compared; a text that is no name stays as it is."""
    if len(name) > _TOO_LONG:
        return name
    if _ASCII.fullmatch(name):
        return name.lower()  # as the profile has it, in a tenth of the time
    try:
        return str(_name_profile().enforce(name))
    except UnicodeEncodeError:
        return name


def is_name(text: str) -> bool:
    """Whether a user can be called so, in this spelling."""
    if _NAME.fullmatch(text) is None:
        return False
    if _ASCII.fullmatch(text):
        return text == text.lower()
    try:
        return bool(_name_profile().enforce(text) == text)
    except UnicodeEncodeError:
        return False


def checked_name(text: str) -> str:
    """A name in the spelling in which it is kept.

    Raises:
        BadInput: it cannot be one.
    """
    name = canonical(text)
    if not is_name(name):
        raise BadInput(
            "that cannot be a user's name",
            "Use 1 to 64 letters, digits and signs like . - _ @ +, no blanks, commas, colons or slashes.",
        )
    return name


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
