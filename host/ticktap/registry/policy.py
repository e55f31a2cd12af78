"""The sign-in settings of a registry and their ranges."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from ticktap.errors import BadInput, NotFound
from ticktap.registry.engine import Execute
from ticktap.registry.sealed_row import Tampered


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings, with their defaults.

    Args:
        tries: wrong codes in a row before a lock-out.
        failures_before_delay: wrong codes in a row without a wait.
        wait: seconds of the first wait; each further wrong code doubles it.
        longest_wait: seconds of the longest wait.
        lock_minutes: minutes until a lock-out ends; 0: only an administrator ends it.
        origin_tries: refused attempts from one address, for any users, before all from there are refused;
            0: no limit.
        origin_minutes: minutes in which those are counted, and after which the count begins again.
        window: time steps accepted to either side (RFC 6238 section 5.2).
        look_ahead: HOTP counters accepted after the expected one (RFC 4226 section 7.4).
        resync: HOTP counters after those, of which two consecutive codes are accepted; 0: none.
        backup_codes: number of backup codes in a set.
        low_code_warning: number of unused backup codes at which the user is warned.
        issued_minutes: minutes for which a temporary code is valid.
    """

    tries: int = 8
    failures_before_delay: int = 3
    wait: int = 1
    longest_wait: int = 300
    lock_minutes: int = 30
    origin_tries: int = 100
    origin_minutes: int = 10
    window: int = 1
    look_ahead: int = 10
    resync: int = 100
    backup_codes: int = 5
    low_code_warning: int = 2
    issued_minutes: int = 10


RANGES = {
    "tries": (1, 100),
    "failures_before_delay": (0, 100),
    "wait": (0, 3600),
    "longest_wait": (0, 86_400),
    "lock_minutes": (0, 525_600),
    "origin_tries": (0, 100_000),
    "origin_minutes": (1, 1440),
    "window": (0, 10),
    "look_ahead": (0, 100),
    "resync": (0, 1000),
    "backup_codes": (1, 20),
    "low_code_warning": (0, 20),
    "issued_minutes": (1, 1440),
}
"""The lowest and the highest value of each setting."""


def load(run: Execute) -> Policy:
    """Reads the settings. It does not check that they are genuine; sign-ins do.

    Raises:
        RegistryError: one is out of its range.
    """
    found = run("select settings from users where kind = 'registry'").fetchone()
    return parsed(found[0] if found else "")


def parsed(text: str) -> Policy:
    """Returns the settings from the column of the registry's own row.

    Raises:
        RegistryError: one is out of its range, or unknown.
    """
    try:
        given = json.loads(text or "{}")
        if all(
            type(value) is int and RANGES[name][0] <= value <= RANGES[name][1]
            for name, value in given.items()
        ):
            return Policy(**given)
    except (ValueError, KeyError, AttributeError):
        pass
    raise Tampered("a setting")


def changed(text: str, name: str, value: int) -> str:
    """Returns the column of the registry's own row with a setting changed.

    Raises:
        NotFound: there is no such setting.
        BadInput: the value is out of its range.
    """
    if name not in RANGES:
        raise NotFound(f"there is no setting {name!r}", f"There are: {', '.join(RANGES)}.")
    low, high = RANGES[name]
    if not low <= value <= high:
        raise BadInput(f"{name} may be {low} to {high}", "Give another number.")
    return json.dumps({**json.loads(text or "{}"), name: value}, sort_keys=True)


def as_dict(policy: Policy) -> dict[str, Any]:
    """Returns the settings as a dict of name and value."""
    return {field.name: getattr(policy, field.name) for field in fields(policy)}
