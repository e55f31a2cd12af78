"""The users of a registry: adds, changes, finds and removes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ticktap.errors import NotFound, Refused
from ticktap.registry import profile
from ticktap.registry.database import Database, Transaction
from ticktap.registry.networks import checked_networks
from ticktap.registry.sign_in_methods import METHODS, checked_methods
from ticktap.registry.user import COLUMNS, User
from ticktap.registry.user_names import canonical, checked_name, is_name

_SELECT = f"select {COLUMNS} from users where kind = 'person'"
_DELETED = {
    "locked": None, "failures": 0, "wait_until": 0, "disabled": None, "signed_in": None,
    "full_name": "", "email": "", "member_of": "", "methods": "", "networks": "",
    "used": "",
}  # fmt: skip
"""The columns of a deleted user."""


class Users:
    """The users of a registry.

    The row of a deleted user stays, without name or data, because the audit log refers to it. Methods that
    take the name of an existing user raise NotFound if there is none.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

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
        """Adds a user, without a token.

        Args:
            name: the name by which services know the user; not case-sensitive.
            methods: the methods by which the user may sign in, the main one first.
            networks: addresses or networks in CIDR notation; empty: all.
            full_name, email, groups: optional.

        Raises:
            BadInput: one of the arguments is not valid.
            Refused: the name is taken.
        """
        name = checked_name(name)
        methods, networks = checked_methods(methods), checked_networks(networks)
        known = profile.profile_columns(full_name, email, groups)
        with self._database.writing() as tx:
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
        """Adds a user in a transaction of the caller; returns the user's number. It checks no argument.

        Args:
            known: the columns that `profile.profile_columns` returned.
        """
        database = self._database
        own = database.ensure_system_rows(tx)
        number = database.new_row(tx, "person", name, int(database.time()))
        if number is None:
            raise Refused(f"there is a user {name} already", "Give another name.")
        self._set(tx, number, {"methods": " ".join(methods), "networks": " ".join(networks)} | dict(known))
        database.note(tx, own, "user-added", {"user": name, "id": number})
        database.note(tx, number, "user-added", {"methods": methods, "networks": networks})
        return number

    def edit(
        self,
        name: str,
        *,
        full_name: str | None = None,
        email: str | None = None,
        groups: Sequence[str] | None = None,
    ) -> User:
        """Changes full name, e-mail address or groups. None: no change; an empty value clears the field.

        The audit log records which fields changed, but not their values, because it cannot be cleared.

        Raises:
            BadInput: a value is not valid.
            NotFound: there is no such user.
        """
        known = profile.profile_columns(full_name, email, groups)
        with self._database.writing() as tx:
            self.change(tx, self.locked_row(tx, name), "user-edited", known)
        return self.find(name)

    def rename(self, name: str, to: str) -> User:
        """Renames a user. Tokens, accounts, codes, passwords and audit log stay with the user.

        Raises:
            BadInput: the new name is not valid.
            NotFound: there is no such user.
            Refused: the new name is taken, or is the user's name already.
        """
        to = checked_name(to)
        database = self._database
        with database.writing() as tx:
            own = database.ensure_system_rows(tx)  # prevents concurrent additions and renames
            number = self.locked_row(tx, name)
            taken = tx.run("select id from users where name = ?", (to,)).fetchone()
            if taken is not None:
                unchanged = int(taken[0]) == number
                raise Refused(
                    f"the user's name is {to} already" if unchanged else f"there is a user {to} already",
                    "Give another name; capitals make no difference.",
                )
            was = database.row(tx, number)["name"]
            self._set(tx, number, {"name": to})
            database.note(tx, own, "user-renamed", {"was": was, "user": to, "id": number})
            database.note(tx, number, "user-renamed", {"was": was, "now": to})
        return self.find(to)

    def delete(self, name: str) -> int:
        """Deletes a user; returns how many accounts, codes and passwords were deleted with the user.

        The name is free again. The audit log keeps the old name, and used counters stay used.

        Raises:
            NotFound: there is no such user.
        """
        database = self._database
        with database.writing() as tx:
            own = database.ensure_system_rows(tx)
            number = self.locked_row(tx, name)
            was = database.row(tx, number)["name"]
            gone = self._forget(tx, number)
            tx.run("delete from credentials where user_id = ?", (number,))
            self._set(tx, number, _DELETED | {"kind": "deleted", "name": None, "former": was})
            database.note(tx, own, "user-deleted", {"user": was, "id": number})
            database.note(tx, number, "user-deleted", {"user": was, "forgotten": gone})
        database.engine.checkpoint_wal()
        return gone

    def find(self, name: str) -> User:
        """Returns the user of that name.

        Raises:
            NotFound: there is none.
        """
        name = canonical(name)
        if not is_name(name):
            raise _unknown(name)
        with self._database.engine.reading() as run:
            row = run(f"{_SELECT} and name = ?", (name,)).fetchone()
        if row is None:
            raise _unknown(name)
        return User.of(row)

    def all(self) -> list[User]:
        """Returns all users, sorted by name."""
        with self._database.engine.reading() as run:
            return [User.of(row) for row in run(f"{_SELECT} order by name").fetchall()]

    def disable(self, name: str) -> User:
        """Disables a user, who cannot sign in until `enable`. Nothing is deleted."""
        return self._change(name, "user-disabled", {"disabled": int(self._database.time())})

    def enable(self, name: str) -> User:
        """Undoes `disable`."""
        return self._change(name, "user-enabled", {"disabled": None})

    def unlock(self, name: str) -> User:
        """Ends a lock or a wait, and sets the number of wrong codes to 0."""
        return self._change(name, "user-unlocked", {"locked": None, "failures": 0, "wait_until": 0})

    def set_main_method(self, name: str, method: str) -> User:
        """Makes a method the first; allows it if it was not allowed.

        Raises:
            BadInput: there is no such method.
            NotFound: there is no such user.
        """
        checked_methods([method])
        rest = [each for each in self.find(name).methods if each != method]
        return self.set_methods(name, [method, *rest])

    def set_methods(self, name: str, methods: Sequence[str]) -> User:
        """Sets the methods by which the user may sign in, the main one first.

        Raises:
            BadInput: a method does not exist, or none is given.
            NotFound: there is no such user.
        """
        return self._change(name, "user-methods", {"methods": " ".join(checked_methods(methods))})

    def set_networks(self, name: str, networks: Sequence[str]) -> User:
        """Sets the networks from which the user may sign in; empty: all.

        Raises:
            BadInput: one is not a network.
            NotFound: there is no such user.
        """
        return self._change(name, "user-networks", {"networks": " ".join(checked_networks(networks))})

    def reset(self, name: str) -> int:
        """Deletes all accounts, codes and passwords of a user, who must be enrolled again; returns how many.

        Used counters stay used: if an account is added again, its old codes are not accepted.
        """
        with self._database.writing() as tx:
            number = self.locked_row(tx, name)
            gone = self._forget(tx, number)
            self._set(tx, number, {"locked": None, "failures": 0, "wait_until": 0})
            self._database.note(tx, number, "user-reset", {"forgotten": gone})
        self._database.engine.checkpoint_wal()
        return gone

    def locked_row(self, tx: Transaction, name: str) -> int:
        """Returns the number of a user, and locks the row until the transaction ends.

        Raises:
            NotFound: there is no such user.
            Tampered: the user's data were changed without the key.
        """
        name = canonical(name)
        if not is_name(name):
            raise _unknown(name)
        self._database.own_row(tx)
        found = tx.run("select id from users where kind = 'person' and name = ?", (name,)).fetchone()
        if found is None:
            raise _unknown(name)
        row = self._database.row(tx, int(found[0]))
        if row["name"] != name:  # renamed meanwhile
            raise _unknown(name)
        return int(found[0])

    def change(self, tx: Transaction, number: int, what: str, columns: Mapping[str, Any]) -> None:
        """Changes columns of a locked row, and records the change."""
        self._set(tx, number, columns)
        detail = {key: value for key, value in columns.items() if key in ("methods", "networks")}
        if changed := [name for column, name in profile.FIELDS.items() if column in columns]:
            detail["changed"] = changed
        self._database.note(tx, number, what, detail)

    def _change(self, name: str, what: str, columns: Mapping[str, Any]) -> User:
        with self._database.writing() as tx:
            self.change(tx, self.locked_row(tx, name), what, columns)
        return self.find(name)

    def _forget(self, tx: Transaction, number: int) -> int:
        """Deletes accounts, codes and passwords, and returns how many. Tokens lose their holder."""
        self._database.row(tx, number)  # checked before it changes
        gone: int = self._database.remove_accounts(tx, "user_id = ?", (number,), noted=number)
        gone += tx.run("delete from factors where user_id = ?", (number,)).rowcount
        tx.run("delete from web_sessions where user_id = ?", (number,))
        tx.run("update tokens set holder = null where holder = ?", (number,))
        return gone

    def _set(self, tx: Transaction, number: int, columns: Mapping[str, Any]) -> None:
        self._database.row(tx, number).set(**columns)


def _unknown(name: str) -> NotFound:
    return NotFound(f"there is no user {name}", "'ticktap user list' shows them.")
