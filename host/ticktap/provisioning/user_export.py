"""Users as plain data: for `--json`, for tables, and for the pages of the administration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ticktap.files.csv_table import as_csv, utc

if TYPE_CHECKING:
    from ticktap.registry import Registry
    from ticktap.registry.overview import Standing
    from ticktap.registry.policy import Policy
    from ticktap.registry.user import User

Data = dict[str, Any]

CSV = (
    "user", "full_name", "email", "groups", "methods", "networks", "state", "last_sign_in", "tokens",
    "accounts", "backup_codes_left", "app_passwords", "created",
)  # fmt: skip
"""The columns of a table of users; user_import takes the first six, and ignores the others."""


def one(registry: Registry, about: User) -> Data:
    """Returns one user, as described in docs/cli.md."""
    from ticktap.registry import overview

    found, rules = overview.of_all(registry, about)
    return as_data(found[0], rules, int(registry.time()))


def everyone(registry: Registry) -> list[Data]:
    """Returns all users, sorted by name."""
    from ticktap.registry import overview

    found, rules = overview.of_all(registry)
    now = int(registry.time())
    return [as_data(each, rules, now) for each in found]


def table(users: list[Data]) -> bytes:
    """Returns users as CSV."""
    return as_csv(CSV, [with_times(each) for each in users])


def with_times(user: Mapping[str, Any]) -> Data:
    """Returns a user whose times are texts in UTC."""
    return {**user, **{name: utc(user[name]) for name in ("last_sign_in", "created")}}


def as_data(standing: Standing, rules: Policy, now: int) -> Data:
    """Returns a user as described in docs/cli.md."""
    user = standing.user
    state = user.state(rules, now)
    return {
        "user": user.name,
        "full_name": user.full_name,
        "email": user.email,
        "groups": list(user.groups),
        "state": state,
        "disabled": user.disabled,
        "locked": user.locked if state == "locked" else None,
        "lock_ends": user.lock_ends(rules) if state == "locked" else None,
        "retry_after": user.wait_until - now if state == "waiting" else 0,
        "methods": list(user.methods),
        "main_method": user.main_method,
        "networks": list(user.networks),
        "created": user.created,
        "last_sign_in": user.signed_in,
        "failures": user.failures,
        "wait_until": user.wait_until,
        "tokens": standing.tokens,
        "accounts": standing.accounts,
        "backup_codes_left": standing.backup_codes_left,
        "app_passwords": standing.app_passwords,
    }
