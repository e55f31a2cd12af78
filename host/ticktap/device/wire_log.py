"""A log of protocol messages for support, without secrets or personal data.

Numbers, booleans and the strings of `SHOWN` are logged unchanged. Of every other string only the length is
logged: it may be a secret, a PIN, a code, a key's proof, or a person's name.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from ticktap.device import results
from ticktap.device.connection import Connection
from ticktap.device.protocol import METHODS
from ticktap.device.settings_table import SETTINGS

LEVELS = ("info", "debug")
"""info: each request's method, each reply's error code; debug: the lines too, redacted."""

SHOWN = frozenset(
    (
        *("jsonrpc", "method", "type", "algorithm", "suffix", "state", "mode", "product", "firmware"),
        *(
            "circuitpython",
            "board",
            "form",
            "reset",
            "last",
            "layout",
            "digits",
            "file_reason",
            "changes",
        ),
        *("fault", "fault_at"),
    )
)
"""Members whose strings are logged, because the protocol defines their values (docs/protocol.md)."""

NAMES = SHOWN.union(
    SETTINGS,
    *(results.keys(each.result) for each in METHODS.values()),
    ("id", "params", "result", "error", "code", "message", "data", "free"),
    ("issuer", "name", "secret", "period", "counter", "prove", "timeout", "position", "start"),
    ("unix", "aging", "note", "nonce", "mac", "seq", "call"),
    ("key", "old", "salt", "memory", "passes", "lanes"),
)
"""Members whose names are logged; others are not of this protocol."""

_logger = logging.getLogger("ticktap.wire")


def begin(level: str) -> None:
    """Starts logging the messages of every client to standard error; `level` is one of LEVELS."""
    logging.basicConfig(format="%(asctime)s.%(msecs)03d %(name)s %(message)s", datefmt="%H:%M:%S")
    _logger.setLevel(level.upper())
    Connection.trace = staticmethod(log_line)


def log_line(direction: str, line: bytes) -> None:
    """Logs one line. `direction`: ">" to the token, "<" from it."""
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        _logger.info("%s %d bytes that are not a message", direction, len(line))
        return
    _logger.info("%s %s", direction, _summary(message))
    _logger.debug("%s %s", direction, json.dumps(redacted(message), ensure_ascii=True))


def redacted(value: Any, name: str = "") -> Any:
    """A JSON value with every string replaced by its length, except the members named in SHOWN.

    The call inside a `session.call` is redacted too.
    """
    if isinstance(value, dict):
        return {key if key in NAMES else f"<{len(key)}>": redacted(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [redacted(each, name) for each in value]
    if not isinstance(value, str) or (name in SHOWN and _is_word(value)):
        return value
    if name == "call":
        try:
            return redacted(json.loads(value))
        except ValueError:
            pass
    return f"<{len(value)} characters>"


def _is_word(text: str) -> bool:
    """Whether a text looks like a word of the protocol: short, of a few characters only."""
    return len(text) <= 32 and all(c.isascii() and (c.isalnum() or c in "._-:") for c in text)


def _summary(message: dict[str, Any]) -> str:
    number = message.get("id")
    if "method" in message:
        method = str(redacted(message["method"], "method"))
        inner = redacted(message.get("params") or {}).get("call") if method == "session.call" else None
        return f"{number} {method}" + (f" ({inner.get('method')})" if isinstance(inner, dict) else "")
    error = message.get("error")
    return f"{number} error {error.get('code')}" if isinstance(error, dict) else f"{number} result"
