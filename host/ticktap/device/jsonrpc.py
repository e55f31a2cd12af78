"""JSON-RPC lines for the token: requests out, replies in, error codes to exceptions (docs/protocol.md).

Pure functions on bytes and dicts: no port, no time. Error texts are written here and not taken from the
token, so that nothing a token says reaches a terminal unchecked; no exception holds a parameter's value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ticktap.errors import (
    BadInput,
    ClockGuarded,
    ClockUntrusted,
    Locked,
    NotFound,
    NotOwner,
    NotPressed,
    Refused,
    TicktapError,
    TokenError,
    WrongPin,
)

PROTOCOL = 1
LINE_LIMIT = 1536  # bytes in a request, without the newline
REPLY_LIMIT = 2048  # bytes in a reply

PARSE_ERROR = -32700
_COUNT = 9999  # a number up to this, sent by a token, tells nothing of a secret

# code: (class, message, remedy). {data} is filled in only when it is a plain word or a number.
_ERRORS: dict[int, tuple[type[TicktapError], str, str]] = {
    PARSE_ERROR: (
        TokenError,
        "the token could not read the request",
        "Unplug the token and plug it in again.",
    ),
    -32600: (
        TokenError,
        "the token refused the form of the request",
        "Update ticktap and the token's firmware.",
    ),
    -32601: (TokenError, "the token does not know {method}", "Update the token's firmware."),
    -32602: (
        BadInput,
        "the token does not accept the value of {data}",
        "Give another value. If it should be right, update the token's firmware.",
    ),
    -32603: (TokenError, "the token met an error of its own ({data})", "Run 'ticktap doctor' and report it."),
    -32001: (BadInput, "the request is too long for the token", "Use shorter names or a shorter secret."),
    1: (NotFound, "the token has no such account", "'ticktap account list' shows what it has."),
    2: (
        Refused,
        "the token's memory is full (bytes free: {data})",
        "Remove accounts, or run 'ticktap token compact'. 'ticktap doctor' tells whether its vault is used.",
    ),
    3: (
        Refused,
        "the token's memory holds something that is not ticktap's, or a newer format",
        "Update the firmware, or erase it with 'ticktap token reset'.",
    ),
    4: (ClockUntrusted, "the token's clock cannot be trusted (state: {data})", ""),
    5: (NotPressed, "nobody pressed the button in time", "Try again and press while the light flashes."),
    6: (Refused, "waiting for the button was cancelled", "Try again when you are ready to press."),
    7: (Refused, "the token already waits for a press", "Press the button, or wait until that request ends."),
    8: (
        Refused,
        "the token is in maintenance mode, where it gives no codes",
        "Unplug it and plug it in without holding the button.",
    ),
    9: (
        Refused,
        "the computer takes no key presses from the token ({data})",
        "Wake or unlock the computer the token is plugged into, then try again.",
    ),
    10: (Locked, "the token is locked", "Unlock it with 'ticktap unlock'."),
    11: (
        NotOwner,
        "the token has an owner, and only the owner may do that",
        "Give the owner's key with --owner FILE or TICKTAP_OWNER.",
    ),
    12: (Refused, "the token asks for a press before it is changed", "Press its button when ticktap asks."),
    13: (
        ClockGuarded,
        "the clock would move further than it may without a press (left: {data} ms)",
        "Run 'ticktap clock sync' and press the button when it asks.",
    ),
    14: (WrongPin, "that was not the PIN (tries left: {data})", "Try again, or stop before the last try."),
    15: (
        Locked,
        "that was not the PIN, and it was the last try: the token has erased its accounts",
        "Add them again: 'ticktap account add'.",
    ),
    16: (
        TokenError,
        "the token's record of this account is damaged",
        "Take it off with 'ticktap account remove' and add it again.",
    ),
    17: (
        Refused,
        "that needs a vault on the token's drive, and there is none that can be used",
        "'ticktap doctor' says why, and what to do.",
    ),
    18: (
        Locked,
        "the token takes no more PINs until it was unplugged",
        "Unplug it, plug it in again, and think of the right PIN first.",
    ),
    19: (
        Refused,
        "the token's owner or PIN is not as this needs it",
        "'ticktap info' shows whether it has an owner and a PIN.",
    ),
}

_STORE = 3
_STORE_STATES = {
    "no-key": (
        "the record of the accounts' key is damaged",
        "Run 'ticktap token reset', then add the accounts again.",
    ),
    "unread": (
        "the token ran out of memory while it read its accounts",
        "Unplug it and plug it in again; nothing is lost.",
    ),
}
_CLOCK_REMEDIES = {
    "absent": "Check the wires of the DS3231: nothing answers at I2C address 0x68.",
    "other": "The clock chip must be a DS3231: PCF8523 and others at the same address cannot be used.",
    "bus": "Check the wires of the DS3231: SDA and SCL need pull-ups and no short.",
}


def clock_remedy(state: object) -> str:
    """What to do about a clock in a state other than "ok"."""
    return _CLOCK_REMEDIES.get(
        str(state), "Set it with 'ticktap clock sync'; renew its battery if it recurs."
    )


def request(number: int, method: str, params: Mapping[str, Any]) -> bytes:
    """One request line with its newline.

    Raises:
        BadInput: the line would be longer than the token takes.
    """
    message: dict[str, Any] = {"jsonrpc": "2.0", "id": number, "method": method}
    if params:
        message["params"] = dict(params)
    line = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    if len(line) > LINE_LIMIT:
        raise _exception(-32001, method, "")
    return line + b"\n"


def reply(line: bytes) -> dict[str, Any] | None:
    """A reply line as a dict with `id` and `result` or `error`; None when it is anything else."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return None
    return message if "result" in message or isinstance(message.get("error"), dict) else None


def exception(error: Mapping[str, Any], method: str, params: Mapping[str, Any] | None = None) -> TicktapError:
    """The exception for the `error` member of a reply to `method`; no value of `params` gets into it."""
    code = error.get("code")
    if not isinstance(code, int):
        return TokenError("the token sent an error without a code", "Update the token's firmware.")
    data = error.get("data")
    if code == -32602 and data in (params or {}):  # the name of a parameter, not a value
        return _exception(code, method, _plain(data))
    return _exception(code, method, "unknown" if _echoes(data, params) else _plain(data))


def _exception(code: int, method: str, word: str) -> TicktapError:
    if code not in _ERRORS:
        return TokenError(f"the token answered {method} with error {code}", "Update ticktap.")
    kind, message, remedy = _ERRORS[code]
    if code == _STORE:
        message, remedy = _STORE_STATES.get(word, (message, remedy))
    if kind is ClockUntrusted:
        remedy = clock_remedy(word)
    return kind(message.format(method=method, data=word), remedy)


def _echoes(data: object, params: Mapping[str, Any] | None) -> bool:
    """Whether `data` may be a piece of what was sent. A small number is not: it is a count, or tries left."""
    if type(data) is int and abs(data) <= _COUNT:
        return False
    sent = [str(value) for value in (params or {}).values() if value != ""]
    return any(str(data) in each or each in str(data) for each in sent)


def _plain(data: object) -> str:
    """`data` when it is a number or a short name; "unknown" for anything a terminal should not see."""
    text = str(data) if isinstance(data, (int, str)) else ""
    printable = text.isascii() and text.isprintable() and 0 < len(text) <= 40
    return text if printable else "unknown"
