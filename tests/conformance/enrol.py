"""What a token without an owner asks for before it is changed: the one place to change when it asks for more.

`token` is a virtual or an emulated one, ready, with button 1 up; its time passes meanwhile.
"""

from __future__ import annotations

import json
from typing import Any

from ticktap.device import owner_session
from ticktap.device.client import Client

QUIET_MS = 50
PRESS_MS = 150
"""Longer than any `debounce_ms` and shorter than any `long_press_ms` that a scenario sets."""

SHOWN_MS = 1_100
"""Until the LED has shown a whole pattern: earlier presses do not count."""

TWICE = ("token.claim", "store.reset", "pin.set", "pin.remove", "pin.keys")
"""Methods that need two presses."""

HOLD_MS = 500

PATIENCE_S = 10


def allow_changes(token: Any, client: Client) -> None:
    """Makes the token accept changes by this client, for a minute after the last one.

    "open" would be the session of an earlier client, whose key this one has not.
    """
    changes = client.status()["access"]["changes"]
    if changes == "press" or (changes == "open" and client.session is None):
        session, key = owner_session.pressed_session()
        _pressed(token, client, "session.allow", key=key)
        client.session = session


def remove(token: Any, client: Client, id: int) -> None:
    """Removes an account."""
    _pressed(token, client, "account.remove", id=id)


def allow_clock(token: Any, client: Client) -> None:
    """Makes the token accept any time from this client, for half a minute."""
    session, key = owner_session.pressed_session()
    _pressed(token, client, "clock.allow", key=key)
    client.session = session


def _pressed(token: Any, client: Client, method: str, **params: Any) -> None:
    """Asks, and presses if the token waits for it: a press that nobody asked for would type a code.

    It waits if the next question is answered first.
    """
    token.advance(QUIET_MS)  # a press that has just ended is over for the token too
    asked = {"jsonrpc": "2.0", "id": method, "method": method, "params": {**params, "timeout": PATIENCE_S}}
    after = {"jsonrpc": "2.0", "id": 0, "method": "pin.info"}
    client.port.write(b"".join(json.dumps(each).encode() + b"\n" for each in (asked, after)))
    replies = {}
    while len(replies) < 2:
        reply = json.loads(client.port.read_line(PATIENCE_S))
        replies[reply["id"]] = reply
        if len(replies) == 1 and method not in replies:
            token.advance(SHOWN_MS)
            token.press(ms=PRESS_MS)
    token.advance(QUIET_MS)
    assert "result" in replies[method], replies[method].get("error")
