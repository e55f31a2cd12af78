"""Factors other than tokens: backup codes, temporary codes and app passwords."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ticktap.errors import BadInput, NotFound
from ticktap.registry import one_time_codes, policy
from ticktap.registry.database import Database, Transaction
from ticktap.registry.engine import Execute
from ticktap.registry.one_time_codes import Kind
from ticktap.registry.policy import Policy
from ticktap.registry.users import Users

_LABEL = re.compile(r"[A-Za-z0-9._-]{1,32}")
_LONGEST_REASON = 200  # characters
_INSERT = """
insert into factors (user_id, kind, label, hash, created, expires) values (?, ?, ?, ?, ?, ?) returning id
"""


@dataclass(frozen=True, slots=True)
class AppPassword:
    """One app password, without the password.

    Args:
        label: the service that accepts it.
        id: its number, for `revoke_app_password`.
        created: unix time.
        used: unix time of the last use; None: never.
    """

    id: int
    label: str
    created: int
    used: int | None


class Factors:
    """The codes and passwords of a registry. Each is returned only once, when it is made.

    Methods that take the name of a user raise NotFound if there is no such user.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._users = Users(database)

    def new_backup_codes(self, user: str) -> list[str]:
        """Makes a new set of backup codes, in groups of four characters. The old codes no longer work.

        Raises:
            NotFound: there is no such user.
        """
        with self._database.writing() as tx:
            number = self._users.locked_row(tx, user)
            tx.run("delete from factors where user_id = ? and kind = 'backup-code'", (number,))
            codes = [one_time_codes.draw("backup-code") for _ in range(self._rules(tx).backup_codes)]
            for code in codes:
                self._insert(tx, number, "backup-code", "", code, None)
            self._database.note(tx, number, "backup-codes-made", {"codes": len(codes)})
        return [one_time_codes.shown(code) for code in codes]

    def backup_codes_left(self, user: str) -> int:
        """Returns how many unused backup codes a user has."""
        number = self._users.find(user).id
        with self._database.engine.reading() as run:
            return left(run, number)

    def issue_code(self, user: str, reason: str = "") -> tuple[str, int]:
        """Issues a temporary code, for an administrator to give to an identified user.

        An earlier temporary code of the user no longer works.

        Args:
            reason: how the user was identified, for the audit log; at most 200 characters of it are stored.

        Returns:
            The code of 8 digits, and the unix time at which it expires.

        Raises:
            NotFound: there is no such user.
        """
        with self._database.writing() as tx:
            number = self._users.locked_row(tx, user)
            tx.run("delete from factors where user_id = ? and kind = 'issued-code'", (number,))
            code = one_time_codes.draw("issued-code")
            expires = int(self._database.time()) + 60 * self._rules(tx).issued_minutes
            self._insert(tx, number, "issued-code", "", code, expires)
            told = {"reason": _one_line(reason)} if reason else {}
            self._database.note(tx, number, "code-issued", {"until": expires} | told)
        return code, expires

    def new_app_password(self, user: str, label: str) -> str:
        """Makes an app password for one service, in groups of four characters.

        Args:
            label: the label that the service passes to `SignIn.verify`.

        Raises:
            BadInput: the label is not valid.
            NotFound: there is no such user.
        """
        if not is_label(label):
            raise BadInput(
                "this is not a valid label", "Use 1 to 32 letters, digits, dots, dashes, underscores."
            )
        with self._database.writing() as tx:
            number = self._users.locked_row(tx, user)
            password = one_time_codes.draw("app-password")
            row = self._insert(tx, number, "app-password", label, password, None)
            self._database.note(tx, number, "app-password-made", {"label": label, "number": row})
        return one_time_codes.shown(password)

    def app_passwords(self, user: str) -> list[AppPassword]:
        """Returns a user's app passwords, the oldest first.

        Raises:
            NotFound: there is no such user.
        """
        number = self._users.find(user).id
        query = (
            "select id, label, created, used from factors"
            " where user_id = ? and kind = 'app-password' order by id"
        )
        with self._database.engine.reading() as run:
            return [AppPassword(*row) for row in run(query, (number,)).fetchall()]

    def revoke_app_password(self, user: str, number: int) -> None:
        """Revokes an app password.

        Raises:
            NotFound: there is no such user, or the user has no app password of this number.
        """
        with self._database.writing() as tx:
            owner = self._users.locked_row(tx, user)
            query = "delete from factors where id = ? and user_id = ? and kind = 'app-password'"
            if not tx.run(query, (number, owner)).rowcount:
                raise NotFound(
                    f"the user {user} has no app password {number}",
                    f"'ticktap app-password list {user}' shows them.",
                )
            self._database.note(tx, owner, "app-password-revoked", {"number": number})
        self._database.engine.checkpoint_wal()

    def _rules(self, tx: Transaction) -> Policy:
        """Returns the settings, checked."""
        return policy.parsed(self._database.own_row(tx)["settings"])

    def _insert(
        self, tx: Transaction, number: int, kind: Kind, label: str, code: str, expires: int | None
    ) -> int:
        (salt,) = tx.run("select salt from users where id = ?", (number,)).fetchone()
        stored = one_time_codes.hashed(tx.keys, kind, bytes(salt), label, code)
        now = int(self._database.time())
        row = tx.run(_INSERT, (number, kind, label, stored, now, expires)).fetchone()
        return int(row[0])


def _one_line(text: str) -> str:
    """Returns a text as the audit log stores it: printable, on one line, cut."""
    return "".join(each if each.isprintable() else " " for each in text)[:_LONGEST_REASON].strip()


def is_label(text: str) -> bool:
    """Whether a text is a valid label of a service."""
    return _LABEL.fullmatch(text) is not None


def left(run: Execute, user_id: int) -> int:
    """Returns the number of unused backup codes."""
    query = "select count(*) from factors where user_id = ? and kind = 'backup-code' and used is null"
    return int(run(query, (user_id,)).fetchone()[0])
