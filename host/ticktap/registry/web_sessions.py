"""Sessions of the web pages, which several instances share.

A browser has a random token; the database has its SHA-256 and the encrypted data, bound to it. So neither a
copy of the database nor the right to write to it lets a person use or make a session.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from ticktap.registry import sealed_values
from ticktap.registry.database import Database
from ticktap.registry.engine import Execute
from ticktap.registry.keys import Keys

_TOKEN_BYTES = 32
_STORE = """
insert into web_sessions values (?, ?, ?, ?)
on conflict (id) do update set expires = excluded.expires, sealed = excluded.sealed
"""


@dataclass(slots=True, repr=False)
class WebSession:
    """One session.

    Args:
        token: what the browser has.
        user_id: the registry's number for the user.
        expires: unix time after which it is not accepted.
        data: JSON values of the pages.
    """

    token: str
    user_id: int
    expires: int
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> bytes:
        """The key of its row, 32 bytes."""
        return hashlib.sha256(self.token.encode("utf-8", "replace")).digest()


class WebSessions:
    """The sessions of a registry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, user_id: int, seconds: int, data: dict[str, Any]) -> WebSession:
        """Begins a session that ends after `seconds`. Expired sessions of all users are removed."""
        now = int(self._database.time())
        session = WebSession(secrets.token_urlsafe(_TOKEN_BYTES), user_id, now + seconds, data)
        with self._database.writing() as tx:
            tx.run("delete from web_sessions where expires <= ?", (now,))
            _store(tx.run, tx.keys, session)
        return session

    def load(self, token: str) -> WebSession | None:
        """Returns the session with a token; None: there is none, or it has expired or was changed."""
        wanted = WebSession(token, 0, 0)
        with self._database.reading() as tx:
            query = "select user_id, expires, sealed from web_sessions where id = ?"
            row = tx.run(query, (wanted.id,)).fetchone()
            if row is None:
                return None
            found = WebSession(token, int(row[0]), int(row[1]))
            value = sealed_values.unseal(tx.keys, "session", _identity(found), bytes(row[2]))
        if value is None or found.expires <= self._database.time():
            return None
        found.data = value
        return found

    def save(self, session: WebSession) -> None:
        """Stores the data of a session, if it has not ended meanwhile."""
        with self._database.writing() as tx:
            if tx.run("select 1 from web_sessions where id = ?", (session.id,)).fetchone() is not None:
                _store(tx.run, tx.keys, session)

    def end(self, session: WebSession) -> None:
        """Ends a session."""
        with self._database.writing() as tx:
            tx.run("delete from web_sessions where id = ?", (session.id,))

    def end_others(self, session: WebSession) -> int:
        """Ends all sessions of the session's user but this one; returns how many."""
        with self._database.writing() as tx:
            query = "delete from web_sessions where user_id = ? and id != ?"
            return tx.run(query, (session.user_id, session.id)).rowcount

    def count(self, user_id: int) -> int:
        """Returns how many sessions a user has."""
        query = "select count(*) from web_sessions where user_id = ? and expires > ?"
        with self._database.engine.reading() as run:
            return int(run(query, (user_id, int(self._database.time()))).fetchone()[0])


def end_all(run: Execute, user_id: int) -> int:
    """Ends all sessions of a user, in a transaction; returns how many."""
    return run("delete from web_sessions where user_id = ?", (user_id,)).rowcount


def _store(run: Execute, keys: Keys, session: WebSession) -> None:
    sealed = sealed_values.seal(keys, "session", _identity(session), session.data)
    run(_STORE, (session.id, session.user_id, session.expires, sealed))


def _identity(session: WebSession) -> str:
    """The associated data: token, user and end cannot be changed without the key."""
    return f"{session.id.hex()}\0{session.user_id}\0{session.expires}"
