"""One user: data, settings and sign-in state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ticktap.registry.policy import Policy

COLUMNS = (
    "id, name, methods, networks, created, disabled, failures, wait_until, locked,"
    " full_name, email, member_of, signed_in"
)
"""The columns of the table `users` that make a User, in the order of its fields."""

_LISTS = (2, 3, 11)  # the positions of columns with several words


@dataclass(frozen=True, slots=True)
class User:
    """One user.

    Args:
        id: the registry's number for the user, which a new name does not change.
        methods: the methods by which the user may sign in, the main one first (sign_in_methods.METHODS).
        networks: the networks from which the user may sign in, in CIDR notation; empty: all.
        created: unix time.
        disabled: unix time at which the user was disabled; None: not disabled.
        failures: wrong codes in a row.
        wait_until: unix time before which every code is refused.
        locked: unix time at which the user was locked; None: not locked.
        full_name, email: empty: not known.
        groups: for reports and other programs; ticktap does not use them.
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
        """Makes a user from the values of COLUMNS."""
        cells: list[Any] = list(row[:13])
        for at in _LISTS:
            cells[at] = tuple(cells[at].split())
        return cls(*cells)

    @classmethod
    def of_attempt(cls, values: Mapping[str, Any]) -> User:
        """Makes a user from what a sign-in reads, by column; without the data that it does not need."""
        return cls(
            values["id"], values["name"], tuple(values["methods"].split()), tuple(values["networks"].split()),
            0, values["disabled"], values["failures"], values["wait_until"], values["locked"],
        )  # fmt: skip

    def state(self, rules: Policy, now: int) -> Literal["ok", "disabled", "locked", "waiting"]:
        """Returns whether the user's codes are accepted now ("ok"), or why not."""
        if self.disabled is not None:
            return "disabled"
        ends = 60 * rules.lock_minutes
        if self.locked is not None and not (ends and now >= self.locked + ends):
            return "locked"
        return "waiting" if now < self.wait_until else "ok"

    def lock_ends(self, rules: Policy) -> int | None:
        """Returns the unix time at which a lock ends; None: not locked, or only an administrator ends it."""
        if self.locked is None or not rules.lock_minutes:
            return None
        return self.locked + 60 * rules.lock_minutes

    @property
    def main_method(self) -> str:
        """The method that a service should ask for first; empty if there is none."""
        return self.methods[0] if self.methods else ""
