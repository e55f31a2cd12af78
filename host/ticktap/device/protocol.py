"""The protocol's limits, error codes and methods: who may call each, and what it returns.

A token uses the firmware's table (METHODS in firmware/fob/rpc). A test compares this one with it, and with
docs/protocol.md.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Any, NamedTuple

from ticktap.device import results

PROTOCOL = 1
LINE_LIMIT = 1536  # bytes in a request, without the newline
TOKEN_NAME_BYTES = 32  # in UTF-8
NONCE_BYTES = 16
SALT_BYTES = 16  # of an owner key
TIMEOUTS = (1, 300)  # seconds that a request may wait for a press


class ErrorCode(IntEnum):
    """The codes of errors (docs/protocol.md, Errors)."""

    PARSE = -32700
    REQUEST = -32600
    METHOD = -32601
    PARAMS = -32602
    INTERNAL = -32603
    LINE = -32001
    NOT_FOUND = 1
    FULL = 2
    STORE = 3
    CLOCK = 4
    NO_PRESS = 5
    CANCELLED = 6
    BUSY = 7
    MODE = 8
    HOST = 9
    LOCKED = 10
    OWNER = 11
    PRESS = 12
    ADJUSTMENT = 13
    PIN = 14
    ERASED = 15
    DAMAGED = 16
    STORE_FILE = 17
    REPLUG = 18
    CLAIMED = 19
    LIMIT = 20


class Level(Enum):
    """Who may call a method, as firmware/fob/rpc/access.py defines it."""

    ANYONE = "anyone"
    READ = "read"  # on a claimed token: the owner, or a connection that has unlocked it
    CHANGE = "change"  # in a session: the owner's, or one that a press has allowed
    PRESSED = "pressed"  # waits for a press; on a claimed token, only for the owner
    VARIES = "varies"  # with the parameters or the token's state


class Method(NamedTuple):
    """One method.

    Args:
        level: who may call it.
        result: the type of its result; None for that of the call inside (`session.call`).
        repeatable: it changes nothing, so it can be sent again after a lost connection.
    """

    level: Level
    result: Any
    repeatable: bool = False


METHODS = {
    "hello": Method(Level.ANYONE, results.Hello, True),
    "status": Method(Level.ANYONE, results.Status, True),
    "clock.get": Method(Level.ANYONE, results.Clock, True),
    "clock.set": Method(Level.VARIES, results.Clock),
    "clock.allow": Method(Level.PRESSED, results.Nothing),
    "clock.trim": Method(Level.VARIES, results.Clock),
    "clock.note": Method(Level.READ, results.Nothing),
    "clock.noted": Method(Level.ANYONE, results.StoredNote, True),
    "account.add": Method(Level.VARIES, results.Added | results.ProvedAccount),
    "account.list": Method(Level.READ, results.AccountPage, True),
    "account.rename": Method(Level.CHANGE, results.Nothing),
    "account.set": Method(Level.CHANGE, results.Nothing),
    "account.move": Method(Level.CHANGE, results.Nothing),
    "account.default": Method(Level.CHANGE, results.Nothing),
    "account.remove": Method(Level.PRESSED, results.Nothing),
    "code.get": Method(Level.ANYONE, results.Code),
    "code.type": Method(Level.ANYONE, results.Typed),
    "press.cancel": Method(Level.ANYONE, results.Cancelled),
    "settings.get": Method(Level.READ, results.Settings, True),
    "settings.set": Method(Level.CHANGE, results.Settings),
    "session.allow": Method(Level.ANYONE, results.Nothing),
    "session.open": Method(Level.ANYONE, results.Nonce),
    "session.prove": Method(Level.ANYONE, results.Proof),
    "session.call": Method(Level.ANYONE, None),
    "session.close": Method(Level.ANYONE, results.Nothing),
    "token.rename": Method(Level.CHANGE, results.Nothing),
    "token.identify": Method(Level.ANYONE, results.Nothing),
    "token.claim": Method(Level.ANYONE, results.Nothing),
    "token.release": Method(Level.PRESSED, results.Nothing),
    "store.compact": Method(Level.PRESSED, results.Nothing),
    "store.reset": Method(Level.PRESSED, results.Nothing),
    "pin.info": Method(Level.ANYONE, results.PinInfo, True),
    "pin.unlock": Method(Level.ANYONE, results.PinState),
    "pin.lock": Method(Level.ANYONE, results.PinState),
    "pin.set": Method(Level.VARIES, results.PinState),
    "pin.remove": Method(Level.PRESSED, results.PinState),
    "pin.keys": Method(Level.PRESSED, results.PinState),
}

SESSION_METHODS = frozenset(name for name, method in METHODS.items() if method.level is not Level.ANYONE)
"""Methods that may require a session. The client sends them through an open one."""
REPEATABLE = frozenset(name for name, method in METHODS.items() if method.repeatable)
"""Methods that change nothing."""
