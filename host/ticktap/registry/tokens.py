"""The tokens of a registry: labels, holders, and lost tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict, cast

from ticktap.errors import NotFound
from ticktap.otp.account import AccountType, Algorithm, Suffix
from ticktap.registry.database import Database
from ticktap.registry.user_names import canonical
from ticktap.registry.users import Users

_SELECT = """
select serial, label, firmware, users.name, last_seen, lost, pin
from tokens left join users on users.id = tokens.holder
"""
_RECORD = """
insert into tokens (serial, label, firmware, holder, last_seen, pin) values (?, ?, ?, ?, ?, ?)
on conflict (serial) do update set label = excluded.label, firmware = excluded.firmware,
    holder = excluded.holder, last_seen = excluded.last_seen, lost = null,
    pin = coalesce(excluded.pin, tokens.pin)
"""
_PARAMETERS = ("issuer", "name", "type", "algorithm", "digits", "period", "suffix")
_REMEMBER = f"""
insert into lost_accounts (token, place, {", ".join(_PARAMETERS)})
select token, token_id, {", ".join(_PARAMETERS)} from accounts where token = ?
"""


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """One token.

    Args:
        serial: its serial number.
        label: the text on its label.
        firmware: the version at the last connection.
        holder: the name of its user; None: it has no user.
        last_seen: unix time of the last connection.
        lost: unix time at which it was marked as lost; None: it is not lost.
        pin: the PIN it was provisioned with, as in a manifest: "none", "random", "ask"; None: not known.
    """

    serial: str
    label: str
    firmware: str
    holder: str | None
    last_seen: int
    lost: int | None
    pin: str | None = None


class LostAccount(TypedDict):
    """An account of a lost token: the fields of otp.Account without secret and counter."""

    issuer: str
    name: str
    type: AccountType
    algorithm: Algorithm
    digits: int
    period: int
    suffix: Suffix


class Tokens:
    """The tokens of a registry."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._users = Users(database)

    def record(
        self,
        serial: str,
        *,
        label: str = "",
        firmware: str = "",
        holder: str | None = None,
        seen: int,
        pin: str | None = None,
    ) -> None:
        """Stores a token that is connected. If it was lost, it is no longer.

        Args:
            seen: unix time.
            pin: as in TokenRecord; None: no change.

        Raises:
            NotFound: there is no such user.
        """
        database = self._database
        with database.writing() as tx:
            number = None if holder is None else self._users.locked_row(tx, holder)
            before = tx.run("select holder, lost from tokens where serial = ?", (serial,)).fetchone()
            tx.run(_RECORD, (serial, label, firmware, number, seen, pin))
            tx.run("delete from lost_accounts where token = ?", (serial,))
            if before == (number, None):
                return
            detail = {"token": serial, "label": label, "holder": holder}
            database.note(tx, number or database.ensure_system_rows(tx), "token-recorded", detail)

    def all(self) -> list[TokenRecord]:
        """Returns all tokens, sorted by label and serial number."""
        with self._database.engine.reading() as run:
            rows = run(f"{_SELECT} order by label, serial").fetchall()
        return [TokenRecord(*row) for row in rows]

    def find(self, serial: str) -> TokenRecord:
        """Returns the token with a serial number.

        Raises:
            NotFound: there is none.
        """
        for record in self.all():
            if record.serial == serial:
                return record
        raise NotFound(f"there is no token {serial} here", "'ticktap inventory' shows them.")

    def of(self, user: str) -> list[TokenRecord]:
        """Returns the tokens that a user holds, without lost ones."""
        name = canonical(user)
        return [record for record in self.all() if record.holder == name and record.lost is None]

    def mark_lost(self, serial: str) -> int:
        """Marks a token as lost, and deletes its accounts, so that none of its codes is accepted.

        Used counters stay used. The accounts' parameters are kept, without secrets, for a successor.

        Returns:
            The number of deleted accounts.

        Raises:
            NotFound: there is no such token.
        """
        database = self._database
        holder = self.find(serial).holder
        with database.writing() as tx:
            number = database.ensure_system_rows(tx) if holder is None else self._users.locked_row(tx, holder)
            if tx.run("select exists (select 1 from accounts where token = ?)", (serial,)).fetchone()[0]:
                tx.run("delete from lost_accounts where token = ?", (serial,))
                tx.run(_REMEMBER, (serial,))
            gone = database.remove_accounts(tx, "token = ?", (serial,), noted=number)
            tx.run("update tokens set lost = ? where serial = ?", (int(database.time()), serial))
            database.note(tx, number, "token-lost", {"token": serial, "forgotten": gone})
        database.engine.checkpoint_wal()
        return gone

    def lost_accounts(self, serial: str) -> list[LostAccount]:
        """Returns the accounts that a lost token had, in the order of their numbers; often none."""
        query = f"select {', '.join(_PARAMETERS)} from lost_accounts where token = ? order by place"
        with self._database.engine.reading() as run:
            rows = run(query, (serial,)).fetchall()
        return [cast("LostAccount", dict(zip(_PARAMETERS, row, strict=True))) for row in rows]
