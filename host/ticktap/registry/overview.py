"""All users, or one, with what they have to sign in with: a few queries, however many users there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ticktap.otp.account import label
from ticktap.registry import policy
from ticktap.registry.database import Database
from ticktap.registry.policy import Policy
from ticktap.registry.user import COLUMNS, User

_TOKENS = """
select holder, label, serial from tokens where holder is not null and lost is null order by label, serial
"""
_ACCOUNTS = "select user_id, issuer, name from accounts where user_id is not null order by id"
_FACTORS = "select user_id, kind, count(*), count(used) from factors group by user_id, kind"


@dataclass(frozen=True, slots=True)
class Standing:
    """One user, and what they have.

    Args:
        tokens: labels, or serial numbers, of the tokens that they hold.
        accounts: labels of accounts whose codes are right.
        backup_codes, backup_codes_left: how many of the last set there were, and are not used.
        app_passwords: how many.
    """

    user: User
    tokens: list[str]
    accounts: list[str]
    backup_codes: int
    backup_codes_left: int
    app_passwords: int


def of_all(database: Database, only: User | None = None) -> tuple[list[Standing], Policy]:
    """Every user by name, or the one, and the settings in force, all as they are at one moment."""
    chosen, values = ("", ()) if only is None else (" and id = ?", (only.id,))
    with database.engine.reading() as run:
        rules = policy.load(run)
        users = [
            User.of(row)
            for row in run(
                f"select {COLUMNS} from users where kind = 'person'{chosen} order by name", values
            ).fetchall()
        ]
        tokens = _lists((number, text or serial) for number, text, serial in run(_TOKENS).fetchall())
        accounts = _lists((number, label(*named)) for number, *named in run(_ACCOUNTS).fetchall())
        factors = {(number, kind): (made, used) for number, kind, made, used in run(_FACTORS).fetchall()}
    nothing = (0, 0)
    found = []
    for user in users:
        made, used = factors.get((user.id, "backup-code"), nothing)
        passwords, _ = factors.get((user.id, "app-password"), nothing)
        found.append(Standing(user, tokens[user.id], accounts[user.id], made, made - used, passwords))
    return found, rules


def _lists(pairs: Iterable[tuple[Any, str]]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for number, text in pairs:
        found[int(number)].append(text)
    return found
