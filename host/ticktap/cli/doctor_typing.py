"""ticktap doctor --typing: the token types into the terminal; the received text is compared with the code."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from ticktap.cli.framework import device_access, device_session, hidden_input, prompts
from ticktap.cli.framework.output import note
from ticktap.device import results
from ticktap.errors import NotOwner, Refused

if TYPE_CHECKING:
    from ticktap.device.token_choice import Token
    from ticktap.diagnostics.typing_diagnosis import Finding

Data = dict[str, Any]

_VAGUE = ("other-code", "unknown")
SPARE = 3  # seconds before a code's end in which the next one may have been typed


def typing(timeout: int) -> Data:
    """Returns a check like those of `doctor`; its texts contain no code.

    It needs two presses: one for a code, which is not shown, and one to type it; and a third if the code
    expired in between. If settings would correct the difference, the user is asked whether to change them,
    and the test is repeated.
    """
    with device_session.open_token() as token:
        found = _run_test(token, timeout)
        while found.settings and _offer_settings(token, found):
            found = _run_test(token, timeout)
    right = found.cause == "right"
    return {
        "name": "typing test",
        "ok": right,
        "detail": found.detail if right else f"{found.cause}: {found.detail}",
        "remedy": found.remedy,
    }


def _run_test(token: Token, timeout: int) -> Finding:
    """Runs one test."""
    from ticktap.diagnostics.typing_diagnosis import compare

    with hidden_input.opened() as typed:
        number, label = device_session.account_for_code(token, None)
        note("Keep this window in front. The typed text is not shown.")
        began, first = _code(token, number, timeout, f" (1 of 2) for the code of {label}")
        sent = [first["code"]]
        digits = "row" if token.client.status()["host"]["digits"] == "row" else "keypad"
        device_access.ask_for_press(" (2 of 2) to type it here", timeout)
        token.client.type(number, timeout)
        arrived = typed.text()
        if time.monotonic() > began + first["remaining"] - SPARE:
            _, second = _code(token, number, timeout, " again: the code has expired meanwhile")
            sent.append(second["code"])
    layout = str(_settings(token)["layout"])
    mac = sys.platform == "darwin"
    findings = [compare(each, arrived, digits=digits, layout=layout, mac=mac) for each in sent]
    return next((each for each in findings if each.cause not in _VAGUE), findings[0])


def _offer_settings(token: Token, found: Finding) -> bool:
    """Offers settings that correct the difference and are not set yet; returns whether they were set."""
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


def _code(token: Token, number: int, timeout: int, why: str) -> tuple[float, results.Code]:
    device_access.ask_for_press(why, timeout)
    reply = token.client.code(number, timeout)
    if "counter" in reply:
        raise Refused(
            "the default account is counter-based: it never makes the same code twice",
            "Make a time-based account the default: 'ticktap account default ACCOUNT'.",
        )
    return time.monotonic(), reply


def _settings(token: Token) -> Data:
    """Returns the settings; a claimed token shows them to its owner only, then the defaults are assumed."""
    try:
        return {"layout": "us"} | dict(token.client.settings())
    except NotOwner:
        return {"layout": "us"}
