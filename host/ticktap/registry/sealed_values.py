"""Values that decide sign-ins on the web pages, encrypted with the registry's key.

The associated data names the row and the purpose. A person who can write to the database but has no key can
neither make a value nor move one to another user.
"""

from __future__ import annotations

import hmac
import json
from typing import Any, Literal

from ticktap.files.key_file import decrypt, encrypt
from ticktap.registry.engine import Execute, RegistryError
from ticktap.registry.keys import Keys

Purpose = Literal["password", "role"]
Value = dict[str, Any]
"""A JSON object."""

_STORE = """
insert into credentials values (?, ?, ?)
on conflict (user_id, purpose) do update set sealed = excluded.sealed
"""


def seal(keys: Keys, purpose: str, identity: str, value: Value) -> bytes:
    """Encrypts a value. `identity`: what it belongs to, for the associated data."""
    return encrypt(key_for(keys, "sealed values"), json.dumps(value).encode(), _aad(purpose, identity))


def unseal(keys: Keys, purpose: str, identity: str, sealed: bytes) -> Value | None:
    """Decrypts a value; None: it was not made with this key for this purpose and identity."""
    plaintext = decrypt(key_for(keys, "sealed values"), sealed, _aad(purpose, identity))
    return None if plaintext is None else dict(json.loads(plaintext))


def key_for(keys: Keys, purpose: str) -> bytes:
    """Derives a key of 32 bytes for a purpose of the web pages."""
    return hmac.digest(keys.secrets, f"ticktap registry web {purpose}".encode(), "sha256")


def store(run: Execute, keys: Keys, user_id: int, purpose: Purpose, value: Value) -> None:
    """Stores a user's value; it replaces an earlier one."""
    run(_STORE, (user_id, purpose, seal(keys, purpose, str(user_id), value)))


def load(run: Execute, keys: Keys, user_id: int, purpose: Purpose) -> Value | None:
    """Returns a user's value; None: there is none.

    Raises:
        RegistryError: it was changed without the key.
    """
    query = "select sealed from credentials where user_id = ? and purpose = ?"
    row = run(query, (user_id, purpose)).fetchone()
    if row is None:
        return None
    value = unseal(keys, purpose, str(user_id), bytes(row[0]))
    if value is None:
        raise RegistryError(
            f"the {purpose} of the user number {user_id} was tampered with or damaged",
            "Restore the registry from a backup; or set it again.",
        )
    return value


def clear(run: Execute, user_id: int, purpose: Purpose) -> bool:
    """Removes a user's value; returns whether there was one."""
    query = "delete from credentials where user_id = ? and purpose = ?"
    return run(query, (user_id, purpose)).rowcount == 1


def _aad(purpose: str, identity: str) -> bytes:
    return f"web {purpose}\0{identity}".encode()
