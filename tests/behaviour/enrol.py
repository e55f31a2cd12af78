"""What a token without an owner asks for before it is changed: the one place to change when it asks for more.

`token` is a virtual or an emulated one, ready, with button 1 up; its time passes meanwhile.
"""

from __future__ import annotations

import json
from typing import Any

from ticktap.client import Client

QUIET_MS = 50
AT_ONCE_S = 0.25
PATIENCE_S = 10


def allow_changes(token: Any, client: Client) -> None:
    """Makes the token accept changes as long as this port stays open."""
    if client.status()["access"]["changes"] == "press":
        _pressed(token, client, "session.allow")


def remove(token: Any, client: Client, id: int) -> None:
    """Removes an account."""
    _pressed(token, client, "account.remove", id=id)


def set_clock(token: Any, client: Client, unix: int) -> dict[str, Any]:
    """Sets the clock, with a press where the change is larger than the token takes from anyone."""
    _pressed(token, client, "clock.allow")
    return client.set_clock(unix)


def _pressed(token: Any, client: Client, method: str, **params: Any) -> None:
    """Asks, and presses unless the token answers at once: a press that nobody asked for would type a code."""
    token.advance(QUIET_MS)  # a press that has just ended is over for the token too
    request = {"jsonrpc": "2.0", "id": method, "method": method, "params": {**params, "timeout": PATIENCE_S}}
    client.port.write(json.dumps(request).encode() + b"\n")
    try:
        line = client.port.read_line(AT_ONCE_S)
    except TimeoutError:
        token.press()
        line = client.port.read_line(PATIENCE_S)
    token.advance(QUIET_MS)
    reply = json.loads(line)
    assert reply["id"] == method and "result" in reply, reply.get("error")
