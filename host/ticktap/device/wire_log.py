"""A log of the protocol's lines for support cases, without anything secret or personal in it.

Numbers, booleans and the strings of `SHOWN` are logged as they are. Of every other string only the length is
logged: it may be a secret, a PIN, a code, a key's proof, or a person's name.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from ticktap.device.client import Client
from ticktap.device.settings_table import SETTINGS

LEVELS = ("info", "debug")
"""info: each request's method, each reply's error code; debug: the lines too, redacted."""

SHOWN = frozenset(
    (
        *("jsonrpc", "method", "type", "algorithm", "suffix", "state", "mode", "product", "firmware"),
        *("circuitpython", "board", "form", "reset", "last", "layout", "digits", "vault_reason", "changes"),
        *("fault", "fault_at"),
    )
)
"""Members whose strings are logged: words that the protocol defines (docs/protocol.md)."""

NAMES = SHOWN.union(
    SETTINGS,
    ("id", "params", "result", "error", "code", "message", "data", "seq", "call", "mac", "nonce", "proof"),
    ("accounts", "next", "start", "issuer", "name", "secret", "period", "counter", "default", "damaged"),
    ("position", "timeout", "prove", "pin", "old", "key", "serial", "settings", "clock", "unix", "ms"),
    ("temperature", "aging", "sets", "moved_ms", "budget_ms", "tries", "erases", "replug", "set", "keys"),
    ("locked", "uptime", "faults", "host", "connected", "num_lock", "caps_lock", "access", "claimed"),
    ("free_heap", "store", "size", "used", "live", "free", "vault", "typed", "protocol", "limits", "line"),
    ("reply", "text"),
)
"""Members whose names are logged; others come from a token that does not speak this protocol."""

_logger = logging.getLogger("ticktap.wire")


def begin(level: str) -> None:
    """Logs the lines of every client from now on to standard error; `level` is one of LEVELS."""
    logging.basicConfig(format="%(asctime)s.%(msecs)03d %(name)s %(message)s", datefmt="%H:%M:%S")
    _logger.setLevel(level.upper())
    Client.trace = staticmethod(log_line)


def log_line(direction: str, line: bytes) -> None:
    """Logs one line. `direction`: ">" to the token, "<" from it."""
    try:
        message = json.loads(line)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        _logger.info("%s %d bytes that are no message", direction, len(line))
        return
    _logger.info("%s %s", direction, _summary(message))
    _logger.debug("%s %s", direction, json.dumps(redacted(message), ensure_ascii=True))


def redacted(value: Any, name: str = "") -> Any:
    """A JSON value with every string replaced by its length, except the members named in SHOWN.

    A sealed call (`session.call`) is redacted inside, too.
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
    """Whether a text has the form of the protocol's own words: short, and of a few characters only."""
    return len(text) <= 32 and all(c.isascii() and (c.isalnum() or c in "._-:") for c in text)


def _summary(message: dict[str, Any]) -> str:
    number = message.get("id")
    if "method" in message:
        method = str(redacted(message["method"], "method"))
        inner = redacted(message.get("params") or {}).get("call") if method == "session.call" else None
        return f"{number} {method}" + (f" ({inner.get('method')})" if isinstance(inner, dict) else "")
    error = message.get("error")
    return f"{number} error {error.get('code')}" if isinstance(error, dict) else f"{number} result"
