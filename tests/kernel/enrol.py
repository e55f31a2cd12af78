"""Accounts put on a token through its port in the guest."""

from __future__ import annotations

import base64
from typing import Any

from kernel.token import KernelToken
from ticktap.device.client import Client

KEY = b"12345678901234567890"
CODES = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
"""KEY's first codes as a counted account (RFC 4226, appendix D)."""
LENGTH = 6
READY_S = 60.0


def connected(token: KernelToken) -> Client:
    """A client of a token that answers and lets its accounts be changed."""
    client = Client(token.open())
    client.call("hello", timeout=READY_S)
    token.press_when_asked("session.allow")
    client.allow_changes()
    return client


def with_counted_account(token: KernelToken) -> KernelToken:
    """The token plugged into a guest with Num Lock on, with an account whose codes are CODES."""
    token.set_locks(num_lock=True, caps_lock=False)
    token.plug()
    client = connected(token)
    add(client, type="hotp")
    client.port.close()
    return token


def typed(token: KernelToken) -> str:
    """What a press types at the guest's virtual terminal."""
    token.clear_typed()
    token.press()
    token.wait_for(lambda: len(token.typed) >= LENGTH)
    return token.typed


def add(client: Client, name: str = "alice", **more: Any) -> int:
    """Adds an account with KEY; its id."""
    return client.add({"name": name, "secret": base64.b64encode(KEY).decode(), **more})
