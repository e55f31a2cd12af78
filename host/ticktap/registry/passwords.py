"""Passwords of users for the web pages, hashed with Argon2id (RFC 9106). Needs the extra `ticktap[web]`.

The hash is encrypted with the registry's key, so a copy of the database alone cannot be searched for
passwords.
"""

from __future__ import annotations

import functools
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ticktap.errors import BadInput, MissingExtra
from ticktap.registry import sealed_values, web_sessions
from ticktap.registry.database import Database, Transaction, check_row
from ticktap.registry.user_names import canonical, is_name
from ticktap.registry.users import Users

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10  # characters
LONGEST = 128
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # 31: no i, l, o, 0, 1
_GENERATED = 15  # characters: 74 bits
_GROUP = 5
_AT_ONCE = threading.BoundedSemaphore(4)
"""The number of concurrent computations; each uses 64 MiB."""


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """The result of a check.

    Args:
        ok: whether the password is right.
        temporary: whether it was generated for the user, who must choose another.
    """

    ok: bool
    temporary: bool = False


class Passwords:
    """The passwords of a registry's users. A user without one cannot use a page that asks for it.

    Methods that take the name of an existing user raise NotFound if there is none.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._users = Users(database)

    def set(self, user: str, password: str) -> None:
        """Sets a user's password, and ends the user's web sessions.

        Raises:
            BadInput: the password is too short or too long, or is the user's name.
            MissingExtra: the package argon2-cffi is not installed.
            NotFound: there is no such user.
        """
        self._store(user, checked_password(password, user), temporary=False)

    def generate(self, user: str) -> str:
        """Sets a random password that the user must change after the next sign-in; returns it.

        Raises:
            MissingExtra: the package argon2-cffi is not installed.
            NotFound: there is no such user.
        """
        letters = "".join(secrets.choice(_ALPHABET) for _ in range(_GENERATED))
        password = "-".join(letters[at : at + _GROUP] for at in range(0, _GENERATED, _GROUP))
        self._store(user, password, temporary=True)
        return password

    def clear(self, user: str) -> bool:
        """Removes a user's password; returns whether there was one."""
        with self._database.writing() as tx:
            number = self._users.locked_row(tx, user)
            gone = sealed_values.clear(tx.run, number, "password")
            if gone:
                web_sessions.end_all(tx.run, number)
                self._database.note(tx, number, "password-removed", {})
        return gone

    def check(self, user: str, password: str) -> PasswordCheck:
        """Checks a password. It takes the same time for an unknown user and for one without a password.

        It counts no failures: pass its result to `SignIn.verify`.
        """
        stored = self._load(canonical(user))
        hashed = _dummy() if stored is None else str(stored["hash"])
        right = _verify(hashed, _prepared(password[: LONGEST * 2]))
        if stored is None or not right:
            return PasswordCheck(False)
        return PasswordCheck(True, bool(stored["temporary"]))

    def _load(self, name: str) -> sealed_values.Value | None:
        query = "select id from users where kind = 'person' and name = ?"
        with self._database.reading() as tx:
            row = tx.run(query, (name if is_name(name) else "",)).fetchone()
            if row is not None:
                check_row(tx.run, tx.keys, int(row[0]))
            return sealed_values.load(tx.run, tx.keys, -1 if row is None else int(row[0]), "password")

    def _store(self, user: str, password: str, temporary: bool) -> None:
        hashed = _hash(_prepared(password))
        with self._database.writing() as tx:
            number = self._users.locked_row(tx, user)
            self._write(tx, number, hashed, temporary)

    def _write(self, tx: Transaction, number: int, hashed: str, temporary: bool) -> None:
        value = {"hash": hashed, "temporary": temporary}
        sealed_values.store(tx.run, tx.keys, number, "password", value)
        web_sessions.end_all(tx.run, number)
        self._database.note(tx, number, "password-set", {"temporary": temporary})


def checked_password(password: str, user: str) -> str:
    """Returns a password that may be set.

    Raises:
        BadInput: it is too short or too long, or it is the user's name, or one character repeated.
    """
    length = len(_prepared(password))
    if not SHORTEST <= length <= LONGEST:
        raise BadInput(
            f"a password has {SHORTEST} to {LONGEST} characters", "Several words are easy to remember."
        )
    if canonical(password) == canonical(user) or len(set(password)) < 3:
        raise BadInput("this password is easy to guess", "Several words are easy to remember.")
    return password


def _prepared(password: str) -> str:
    """Converts a password to Unicode form NFKC, so that it is the same from every keyboard."""
    return unicodedata.normalize("NFKC", password)


@functools.cache
def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher, profiles
    except ImportError:
        raise MissingExtra("passwords need the package argon2-cffi", "web") from None
    return PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)


@functools.cache
def _dummy() -> str:
    """A hash that no password has, for users without one."""
    return _hash(secrets.token_hex(32))


def _hash(password: str) -> str:
    with _AT_ONCE:
        return _hasher().hash(password.encode("utf-8", "surrogatepass"))


def _verify(hashed: str, password: str) -> bool:
    from argon2.exceptions import VerifyMismatchError

    hasher = _hasher()
    with _AT_ONCE:
        try:
            return hasher.verify(hashed, password.encode("utf-8", "surrogatepass"))
        except VerifyMismatchError:
            return False
