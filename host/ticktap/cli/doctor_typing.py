"""ticktap doctor --typing: the token types into a field here; what arrived is compared with what it sent."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from ticktap.cli.framework import device_access, device_session, hidden_input, prompts
from ticktap.cli.framework.output import note
from ticktap.errors import NotOwner, Refused

if TYPE_CHECKING:
    from ticktap.device.discovery import Token
    from ticktap.diagnostics.typing_diagnosis import Finding

Data = dict[str, Any]

_VAGUE = ("other-code", "unknown")
SPARE = 3  # seconds of a code's time in which the next one may have been typed instead


def typing(timeout: int) -> Data:
    """The check, as `doctor` has them; its texts repeat no code.

    Two presses: one for a code, which is not shown, and one to have it typed. A third when the code's time
    ended in between. If settings of the token would correct what went wrong, the person is asked whether to
    change them, and the test is made again with them.
    """
    with device_session.open_token() as token:
        found = _tested(token, timeout)
        while found.settings and _corrected(token, found):
            found = _tested(token, timeout)
    right = found.cause == "right"
    return {
        "name": "typing test",
        "ok": right,
        "detail": found.detail if right else f"{found.cause}: {found.detail}",
        "remedy": found.remedy,
    }


def _tested(token: Token, timeout: int) -> Finding:
    """One test."""
    from ticktap.diagnostics.typing_diagnosis import compare

    with hidden_input.opened() as typed:
        number, label = device_session.for_a_code(token, None)
        note("Keep this window in front; what the token types is not shown.")
        began, first = _sent(token, number, timeout, f" (1 of 2) for the code of {label}")
        sent = [first["code"]]
        digits = "row" if token.client.status()["host"]["digits"] == "row" else "keypad"
        device_session.ask_for_press(timeout, " (2 of 2) to have it typed here")
        token.client.type(number, timeout)
        arrived = typed.text()
        if time.monotonic() > began + first["remaining"] - SPARE:
            _, second = _sent(token, number, timeout, " once more: the code's time has ended meanwhile")
            sent.append(second["code"])
    layout = str(_settings(token)["layout"])
    mac = sys.platform == "darwin"
    findings = [compare(each, arrived, digits=digits, layout=layout, mac=mac) for each in sent]
    return next((each for each in findings if each.cause not in _VAGUE), findings[0])


def _corrected(token: Token, found: Finding) -> bool:
    """Whether settings that correct it were agreed to and set. What is set already is not offered."""
    now = _settings(token)
    changes = {name: value for name, value in found.settings.items() if now.get(name) != value}
    if not changes:
        return False
    words = " and ".join(f"{name}={value}" for name, value in changes.items())
    note(f"{found.cause}: {found.detail}.")
    if not prompts.yes(f"Set {words} on the token, and test again?"):
        return False
    device_access.to_change(token)
    token.client.set_settings(changes)
    return True


def _sent(token: Token, number: int, timeout: int, why: str) -> tuple[float, Data]:
    device_session.ask_for_press(timeout, why)
    reply = token.client.code(number, timeout)
    if "counter" in reply:
        raise Refused(
            "the default account is counter-based: it never sends the same code twice",
            "Make a time-based one the default, for this: 'ticktap account default ACCOUNT'.",
        )
    return time.monotonic(), reply


def _settings(token: Token) -> Data:
    """A token with an owner shows its settings to the owner only; then the defaults are assumed."""
    try:
        return {"layout": "us"} | dict(token.client.settings())
    except NotOwner:
        return {"layout": "us"}
