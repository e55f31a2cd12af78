"""Roles in the administration: what each may see and do.

A user without a role may do nothing there.
"""

from __future__ import annotations

from typing import Literal, cast, get_args

from ticktap.errors import BadInput, Refused
from ticktap.registry import sealed_values, web_sessions
from ticktap.registry.database import Database, check_row
from ticktap.registry.engine import Execute
from ticktap.registry.keys import Keys
from ticktap.registry.users import Users

Role = Literal["admin", "help-desk", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)

Right = Literal["see-users", "help-users", "manage-users", "see-audit", "manage-policies"]
"""What a role allows:

- see-users: users, tokens and reports.
- help-users: unlock, issue temporary codes, revoke lost tokens; only for users without a role.
- manage-users: everything else about users, roles included.
- see-audit: the whole audit log.
- manage-policies: the settings of sign-ins.
"""

RIGHTS: dict[Role, frozenset[Right]] = {
    "admin": frozenset(get_args(Right)),
    "help-desk": frozenset(("see-users", "help-users")),
    "auditor": frozenset(("see-users", "see-audit")),
}


def check(actor: str, role: Role | None, right: Right, target: str, target_role: Role | None) -> None:
    """Checks whether a person may do something to a user.

    Args:
        actor, target: names of users.

    Raises:
        Refused: the role does not have the right; or the target is the person, or has a role and the person
            is no admin.
    """
    if role is None or right not in RIGHTS[role]:
        raise Refused("this role does not allow it", "Ask an administrator.")
    if actor == target:
        raise Refused("you cannot do this to your own user", "Ask another administrator.")
    if target_role is not None and "manage-users" not in RIGHTS[role]:
        raise Refused("only an admin can do this to a user with a role", "Ask an administrator.")


class Roles:
    """The roles of a registry's users."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._users = Users(database)

    def set(self, user: str, role: Role | None) -> None:
        """Sets a user's role, and ends the user's web sessions. None: no role.

        Raises:
            BadInput: there is no such role.
            NotFound: there is no such user.
        """
        if role is not None and role not in ROLES:
            raise BadInput(f"there is no role {role!r}", f"There are: {', '.join(ROLES)}.")
        database = self._database
        with database.writing() as tx:
            number = self._users.locked_row(tx, user)
            if role is None:
                sealed_values.clear(tx.run, number, "role")
            else:
                sealed_values.store(tx.run, tx.keys, number, "role", {"role": role})
            web_sessions.end_all(tx.run, number)
            database.note(tx, number, "user-role", {"role": role or ""})

    def of(self, user: str) -> Role | None:
        """Returns a user's role; None: no role.

        Raises:
            NotFound: there is no such user.
            RegistryError: it was changed without the registry's key.
        """
        number = self._users.find(user).id
        with self._database.reading() as tx:
            return load(tx.run, tx.keys, number)

    def all(self) -> dict[int, Role]:
        """Returns the roles of all users who have one, by the registry's number for the user."""
        with self._database.reading() as tx:
            rows = tx.run("select user_id from credentials where purpose = 'role'").fetchall()
            found = {int(number): load(tx.run, tx.keys, int(number)) for (number,) in rows}
        return {number: role for number, role in found.items() if role is not None}


def load(run: Execute, keys: Keys, user_id: int) -> Role | None:
    """Returns the role of a user, in a transaction."""
    check_row(run, keys, user_id)
    value = sealed_values.load(run, keys, user_id, "role")
    return None if value is None else cast("Role", value["role"])
