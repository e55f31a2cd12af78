"""ticktap doctor --typing: the token types into a field here; what arrived is compared with what it sent."""

from __future__ import annotations

import time
from typing import Any

from ticktap.cli import field, session
from ticktap.cli.output import note
from ticktap.errors import NotOwner, Refused

Data = dict[str, Any]

_VAGUE = ("other-code", "unknown")
SPARE = 3  # seconds of a code's time in which the next one may have been typed instead


def typing(timeout: int) -> Data:
    """The check, as `doctor` has them; its texts repeat no code.

    Two presses: one for a code, which is not shown, and one to have it typed. A third when the code's time
    ended in between.
    """
    from ticktap.typedtext import compare

    with session.open_token() as token, field.opened() as typed:
        number, label = session.for_a_code(token, None)
        note("Keep this window in front; what the token types is not shown.")
        began, first = _sent(token, number, timeout, f" (1 of 2) for the code of {label}")
        sent = [first["code"]]
        session.ask_for_press(timeout, " (2 of 2) to have it typed here")
        token.client.type(number, timeout)
        arrived = typed.text()
        if time.monotonic() > began + first["remaining"] - SPARE:
            _, second = _sent(token, number, timeout, " once more: the code's time has ended meanwhile")
            sent.append(second["code"])
        settings = _settings(token)
    findings = [compare(each, arrived, digits=settings["digits"], layout=settings["layout"]) for each in sent]
    found = next((each for each in findings if each.cause not in _VAGUE), findings[0])
    return {
        "name": "typing test",
        "ok": found.cause == "right",
        "detail": found.detail if found.cause == "right" else f"{found.cause}: {found.detail}",
        "remedy": found.remedy,
    }


def _sent(token: Any, number: int, timeout: int, why: str) -> tuple[float, Data]:
    session.ask_for_press(timeout, why)
    reply = token.client.code(number, timeout)
    if "counter" in reply:
        raise Refused(
            "the default account is counter-based: it never sends the same code twice",
            "Make a time-based one the default, for this: 'ticktap account default ACCOUNT'.",
        )
    return time.monotonic(), reply


def _settings(token: Any) -> Data:
    """Those that matter; a token with an owner tells them to him only, and then the usual ones count."""
    try:
        return {"digits": "keypad", "layout": "us"} | dict(token.client.settings())
    except NotOwner:
        return {"digits": "keypad", "layout": "us"}
