"""Decoy users: rows that stand in for unknown names at sign-in.

An attempt for an unknown name locks, updates and logs a decoy as it would a user, so that both take the same
time. A decoy has no name, no factor and no settings. Its number is negative.
"""

from __future__ import annotations

import hmac

from ticktap.registry import audit_chain
from ticktap.registry.engine import Execute
from ticktap.registry.keys import Keys

COUNT = 16
NUMBERS = range(-COUNT, 0)


def ensure(run: Execute, keys: Keys) -> None:
    """Creates the decoys that are missing."""
    for number in NUMBERS:
        run(
            "insert into decoys (id, head) values (?, ?) on conflict (id) do nothing",
            (number, audit_chain.begin(keys, number)),
        )


def choose(keys: Keys, name: str) -> int:
    """Returns the number of the decoy for a name. It is always the same, and does not reveal the name."""
    digest = hmac.digest(keys.names, name.encode("utf-8", "surrogatepass"), "sha256")
    return -1 - digest[0] % COUNT
