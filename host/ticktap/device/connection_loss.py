"""Errors for a connection that ends before the response to a request."""

from __future__ import annotations

from ticktap.device import device_node
from ticktap.device.protocol import REPEATABLE
from ticktap.errors import ConnectionInterrupted, PortShared, TokenGone

_UNSEEN = (
    "Close the program that has the port open: a serial monitor, or ModemManager ('ticktap firmware udev' "
    "keeps that one off)."
)
_CHECK = "'ticktap info' shows how the token is now."
_CHECKS = {  # by the first part of a method's name: how to find out whether it was carried out
    "account": "'ticktap account list' shows whether it did.",
    "settings": "'ticktap settings show' shows whether it did.",
    "clock": "'ticktap clock show' shows how the clock is now.",
    "code": "Repeat the command; a counter-based account may have used one code up.",
    "pin": "'ticktap info' shows its PIN and the tries left.",
}


def gone(where: str, method: str) -> TokenGone:
    """The port is lost and did not return."""
    if method in REPEATABLE:
        return TokenGone(f"the token at {where} is gone", "Plug it in and repeat the command.")
    return TokenGone(
        f"the token at {where} is gone; it is not known whether it carried out {method}",
        f"Plug it in. {_check(method)}",
    )


def interrupted(where: str, method: str) -> ConnectionInterrupted:
    """The port was lost and returned."""
    what = f"the USB connection to the token at {where} was interrupted and is back"
    if method in REPEATABLE:
        return ConnectionInterrupted(what, "Repeat the command. If it recurs, try another cable or USB port.")
    what += f", but it is not known whether it carried out {method}"
    return ConnectionInterrupted(what, _check(method))


def shared(where: str, method: str) -> PortShared:
    """Another program read what the token sent."""
    others = device_node.programs(where)
    who = device_node.named(others) or "another program"
    outcome = "" if method in REPEATABLE else f"; it is not known whether the token carried out {method}"
    remedy = "Close that program and repeat the command." if others else _UNSEEN
    if method not in REPEATABLE:
        remedy = f"{remedy.removesuffix(' and repeat the command.').removesuffix('.')}. {_check(method)}"
    return PortShared(f"{who} reads {where} too and took the token's answer{outcome}", remedy)


def shared_silence(where: str, method: str) -> PortShared | None:
    """No response arrived and other programs have the port open; None if none are seen."""
    who = device_node.named(device_node.programs(where))
    if not who:
        return None
    return PortShared(
        f"the token at {where} did not answer {method}, and {who} has the port open too",
        "Close that program, which may have taken the answer, and repeat the command.",
    )


def _check(method: str) -> str:
    return _CHECKS.get(method.partition(".")[0], _CHECK)
