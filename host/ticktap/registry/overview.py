"""All users, or one, with their factors. The number of queries does not depend on the number of users."""

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
    """One user and the user's factors.

    Args:
        tokens: labels of the tokens that the user holds; serial numbers of those without a label.
        accounts: labels of the accounts whose codes are accepted.
        backup_codes, backup_codes_left: number of codes in the last set, and number of unused ones.
        app_passwords: number of app passwords.
    """

    user: User
    tokens: list[str]
    accounts: list[str]
    backup_codes: int
    backup_codes_left: int
    app_passwords: int


def of_all(database: Database, only: User | None = None) -> tuple[list[Standing], Policy]:
    """Returns all users sorted by name, or only one, and the settings, all from one read transaction."""
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
