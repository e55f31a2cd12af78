"""JSON-RPC lines for the token: requests out, replies in, error codes to exceptions (docs/protocol.md).

Pure functions on bytes and dicts: no port, no time. The error texts are defined here, not taken from the
token, so that no unchecked text from a token reaches a terminal. No exception contains a parameter's value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ticktap.device.protocol import LINE_LIMIT, ErrorCode
from ticktap.errors import (
    BadInput,
    ClockGuarded,
    ClockUntrusted,
    Locked,
    NotFound,
    NotOwner,
    NotPressed,
    PressRequired,
    Refused,
    TicktapError,
    TokenError,
    WrongPin,
)

_COUNT = 9999  # a number up to this cannot reveal a secret

# code: (class, message, remedy). {data} is inserted only if it is a short name or a number.
_ERRORS: dict[int, tuple[type[TicktapError], str, str]] = {
    ErrorCode.PARSE: (
        TokenError,
        "the token could not parse the request",
        "Unplug the token and plug it in again.",
    ),
    ErrorCode.REQUEST: (
        TokenError,
        "the token rejected the format of the request",
        "Update ticktap and the token's firmware.",
    ),
    ErrorCode.METHOD: (
        TokenError,
        "the token does not support the method {method}",
        "Update the token's firmware.",
    ),
    ErrorCode.PARAMS: (
        BadInput,
        "the token does not accept the value of {data}",
        "Give another value. If the value is valid, update the token's firmware.",
    ),
    ErrorCode.INTERNAL: (
        TokenError,
        "the token had an internal error ({data})",
        "Run 'ticktap doctor' and report it.",
    ),
    ErrorCode.LINE: (
        BadInput,
        "the request is too long for the token",
        "Use shorter names or a shorter secret.",
    ),
    ErrorCode.NOT_FOUND: (
        NotFound,
        "the token has no such account",
        "'ticktap account list' shows what it has.",
    ),
    ErrorCode.FULL: (
        Refused,
        "the token's memory is full (bytes free: {data})",
        "Remove accounts, or run 'ticktap token compact'. 'ticktap doctor' shows if it has a store file.",
    ),
    ErrorCode.STORE: (
        Refused,
        "the token's memory contains data that is not ticktap's, or a newer format",
        "Update the firmware, or erase it with 'ticktap token reset'.",
    ),
    ErrorCode.CLOCK: (ClockUntrusted, "the token's clock cannot be trusted (state: {data})", ""),
    ErrorCode.NO_PRESS: (
        NotPressed,
        "the button was not pressed in time",
        "Try again and press while the LED flashes.",
    ),
    ErrorCode.CANCELLED: (
        Refused,
        "waiting for the button was cancelled",
        "Try again when you are ready to press.",
    ),
    ErrorCode.BUSY: (
        Refused,
        "the token already waits for a press",
        "Press the button, or wait until that request ends.",
    ),
    ErrorCode.MODE: (
        Refused,
        "the token is in maintenance mode, in which it makes no codes",
        "Unplug it and plug it in without holding the button.",
    ),
    ErrorCode.HOST: (
        Refused,
        "the computer accepts no key presses from the token ({data})",
        "Wake or unlock the computer that the token is plugged into, then try again.",
    ),
    ErrorCode.LOCKED: (Locked, "the token is locked", "Unlock it with 'ticktap unlock'."),
    ErrorCode.OWNER: (
        NotOwner,
        "the token has an owner, and only the owner may do that",
        "Give the owner's key with --owner FILE or TICKTAP_OWNER.",
    ),
    ErrorCode.PRESS: (
        PressRequired,
        "the token requires a press before a change",
        "Press its button when ticktap asks for it.",
    ),
    ErrorCode.ADJUSTMENT: (
        ClockGuarded,
        "the clock would move by more than the adjustment limit allows without a press (left: {data} ms)",
        "Run 'ticktap clock sync' and press the button when it asks.",
    ),
    ErrorCode.PIN: (WrongPin, "wrong PIN (tries left: {data})", "Try again, or stop before the last try."),
    ErrorCode.ERASED: (
        Locked,
        "wrong PIN, and it was the last try: the token has erased its accounts",
        "Add them again: 'ticktap account add'.",
    ),
    ErrorCode.DAMAGED: (
        TokenError,
        "the token's record of this account is damaged",
        "Remove it with 'ticktap account remove' and add it again.",
    ),
    ErrorCode.STORE_FILE: (
        Refused,
        "this needs a store file on the token's drive, and there is no usable one",
        "'ticktap doctor' shows the reason and a remedy.",
    ),
    ErrorCode.REPLUG: (
        Locked,
        "the token accepts no PIN until it is unplugged",
        "Unplug the token before trying another PIN.",
    ),
    ErrorCode.LIMIT: (
        Refused,
        "the token got too many requests without a press (seconds to wait: {data})",
        "Wait, or unplug it and plug it in again. If this recurs, another program uses the token.",
    ),
    ErrorCode.CLAIMED: (
        Refused,
        "the token's owner or PIN does not allow this",
        "'ticktap info' shows whether it has an owner and a PIN.",
    ),
}

_STORE_STATES = {
    "no-key": (
        "the record with the key of the accounts is damaged",
        "Run 'ticktap token reset', then add the accounts again.",
    ),
    "unread": (
        "the token ran out of memory while reading its accounts",
        "Unplug it and plug it in again; nothing is lost.",
    ),
}
_CLOCK_REMEDIES = {
    "absent": "Check the wires of the DS3231: nothing answers at I2C address 0x68.",
    "other": "The clock chip must be a DS3231: PCF8523 and others at the same address cannot be used.",
    "bus": "Check the wires of the DS3231: SDA and SCL need pull-ups and no short.",
}


def clock_remedy(state: object) -> str:
    """Returns the remedy for a clock state other than "ok"."""
    return _CLOCK_REMEDIES.get(
        str(state), "Set it with 'ticktap clock sync'; replace its battery if this recurs."
    )


def request(number: int, method: str, params: Mapping[str, Any]) -> bytes:
    """Makes one request line, with its newline.

    Raises:
        BadInput: the line is longer than the token accepts.
    """
    message: dict[str, Any] = {"jsonrpc": "2.0", "id": number, "method": method}
    if params:
        message["params"] = dict(params)
    line = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    if len(line) > LINE_LIMIT:
        raise _exception(ErrorCode.LINE, method, "")
    return line + b"\n"


def reply(line: bytes) -> dict[str, Any] | None:
    """Parses a response line into a dict with `id` and `result` or `error`; None if it is anything else."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return None
    return message if "result" in message or isinstance(message.get("error"), dict) else None


def exception(error: Mapping[str, Any], method: str, params: Mapping[str, Any] | None = None) -> TicktapError:
    """Makes the exception for the `error` member of a response to `method`. It contains no value of
    `params`.
    """
    code = error.get("code")
    if not isinstance(code, int):
        return TokenError("the token sent an error without a code", "Update the token's firmware.")
    data = error.get("data")
    if code == ErrorCode.FULL:
        data = data.get("free") if isinstance(data, dict) else None
    if code == ErrorCode.PARAMS and data in (params or {}):  # the name of a parameter, not a value
        return _exception(code, method, _plain(data))
    return _exception(code, method, "unknown" if _echoes(data, params) else _plain(data))


def _exception(code: int, method: str, word: str) -> TicktapError:
    if code not in _ERRORS:
        return TokenError(f"the token answered {method} with error {code}", "Update ticktap.")
    kind, message, remedy = _ERRORS[code]
    if code == ErrorCode.STORE:
        message, remedy = _STORE_STATES.get(word, (message, remedy))
    if kind is ClockUntrusted:
        remedy = clock_remedy(word)
    return kind(message.format(method=method, data=word), remedy)


def _echoes(data: object, params: Mapping[str, Any] | None) -> bool:
    """Whether `data` may be part of what was sent. A small number is not: it is a count or a number of
    attempts.
    """
    if type(data) is int and abs(data) <= _COUNT:
        return False
    sent = [str(value) for value in (params or {}).values() if value != ""]
    return any(str(data) in each or each in str(data) for each in sent)


def _plain(data: object) -> str:
    """Returns `data` if it is a number or a short printable name, else "unknown", because it may be printed
    to a terminal.
    """
    text = str(data) if isinstance(data, (int, str)) else ""
    printable = text.isascii() and text.isprintable() and 0 < len(text) <= 40
    return text if printable else "unknown"
