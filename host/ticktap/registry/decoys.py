"""Decoy users: rows that stand in for unknown names at sign-in.

An attempt for an unknown name locks, updates and logs a decoy as it would a user, so that both take the same
time. A decoy has no name, no factor and no settings, but an encrypted account, which is decrypted as a
user's is. Its number is negative.
"""

from __future__ import annotations

import hmac

from ticktap.registry import audit_chain, stored_accounts
from ticktap.registry.engine import Execute
from ticktap.registry.keys import Keys
from ticktap.registry.sealed_row import SealedRow

COUNT = 16
NUMBERS = range(-COUNT, 0)
_INSERT = "insert into decoys (id, encrypted, start, before, head, fixed, mac) values (?, ?, ?, ?, ?, ?, ?)"


def create(run: Execute, keys: Keys) -> None:
    """Creates the decoys of a new registry."""
    for number in NUMBERS:
        run(_INSERT, (number, stored_accounts.dummy(keys, number), *[b""] * 5))
        row = SealedRow.read(run, "decoys", "id = ?", (number,))
        assert row is not None
        row.set(**audit_chain.begin(keys, number))
        row.save(run, keys)


def choose(keys: Keys, name: str) -> int:
    """Returns the number of the decoy for a name. It is always the same, and does not reveal the name."""
    digest = hmac.digest(keys.names, name.encode("utf-8", "surrogatepass"), "sha256")
    return -1 - digest[0] % COUNT
