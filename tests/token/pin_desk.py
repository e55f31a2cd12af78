"""A PIN at the desk. The host's part, Argon2id, is left out: to the token a key is a key."""

from __future__ import annotations

import base64

from virtual_desk import Desk

RIGHT, OTHER, WRONG = (bytes([n]) * 64 for n in (1, 2, 3))
SALT = bytes(range(16))
DERIVED = {"salt": base64.b64encode(SALT).decode(), "memory": 65536, "passes": 3, "lanes": 4}


def key(data: bytes) -> str:
    return base64.b64encode(data).decode()


def set_pin(desk: Desk, new: bytes = RIGHT, old: bytes | None = None) -> dict:
    given = {"old": key(old)} if old else {}
    return desk.pressed("pin.set", key=key(new), **DERIVED, **given)


def unlock(desk: Desk, with_key: bytes = RIGHT) -> dict:
    return desk.call("pin.unlock", key=key(with_key))


def info(set=True, locked=False, tries=8, erases=True, replug=False, keys=False) -> dict:
    """PIN of docs/protocol.md."""
    return {"set": set, "locked": locked, "tries": tries, "erases": erases, "replug": replug, "keys": keys}
