"""A PIN at the desk. The host's part, Argon2id, is left out: the token accepts any key."""

from __future__ import annotations

import base64

import pytest

from support.virtual_desk import Desk, RpcFailure

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


NONE = info(set=False, tries=None)


def refused(desk: Desk, method: str, **params) -> tuple[int, object]:
    with pytest.raises(RpcFailure) as failure:
        desk.call(method, **params)
    return failure.value.code, failure.value.data


def tries(desk: Desk, count: int, with_key: bytes = WRONG) -> list[tuple[int, object]]:
    return [refused(desk, "pin.unlock", key=key(with_key)) for _ in range(count)]


def names(desk: Desk) -> list[str]:
    return [account["name"] for account in desk.call("account.list")["accounts"]]


def locked(desk: Desk) -> Desk:
    """With a PIN, replugged, and so locked."""
    set_pin(desk)
    desk.replug()
    assert desk.call("hello")["locked"] is True
    return desk


def two_accounts(desk: Desk) -> Desk:
    """A TOTP and a HOTP account."""
    desk.add()
    desk.add("counted", type="hotp", counter=5)
    return desk
