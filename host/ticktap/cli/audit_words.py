"""Formats events of the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ticktap.cli.user_words import METHODS
from ticktap.wording import counted, local_time

Detail = Mapping[str, Any]
_REFUSED = {
    "no-match": "a wrong code",
    "used": "a code that was used before",
    "resync": "a code far ahead of the count; the one after it gets in",
    "unknown-user": "unknown user",
    "disabled": "the user is disabled",
    "network": "from a network that is not allowed",
    "locked": "locked, so the code was not checked",
    "waiting": "too early, so the code was not checked",
    "origin": "too many refused attempts from that address; the code was not checked",
    "method": "a way to sign in that is not allowed",
    "expired": "a code from an admin that has expired",
    "first-factor": "a wrong password",
}
_FIELDS = {"full_name": "full name", "email": "e-mail address", "groups": "groups"}


def sentence(what: str, detail: Detail) -> str:
    """Formats an event; one of another program is shown unchanged."""
    try:
        return WORDS[what](detail)
    except (KeyError, TypeError, ValueError):
        facts = (f"{key}={_plain(value)}" for key, value in detail.items())
        return " ".join([what, *facts])


def _plain(value: Any) -> str:
    if value is None:
        return "-"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _signed_in(detail: Detail) -> str:
    token = f" ({detail['token']})" if "token" in detail else ""
    return f"signed in with {METHODS[detail['method']]}{token}{_service(detail)}"


def _refused(detail: Detail) -> str:
    name = f" (name {detail['name']})" if "name" in detail else ""
    times = f", {detail['times']} times until {local_time(detail['until'])}" if "times" in detail else ""
    others = [_REFUSED[each] for each in detail.get("reasons", ()) if each != detail["reason"]]
    also = f" (also: {'; '.join(others)})" if others else ""
    return f"refused: {_REFUSED[detail['reason']]}{name}{_service(detail)}{times}{also}"


def _service(detail: Detail) -> str:
    return f", service {detail['service']}" if "service" in detail else ""


def _words(value: Any) -> list[str]:
    return value.split() if isinstance(value, str) else list(value)


def _methods(detail: Detail) -> str:
    return f"signs in with {', '.join(METHODS[each] for each in _words(detail['methods']))}"


def _networks(detail: Detail) -> str:
    return f"signs in from {', '.join(_words(detail['networks'])) or 'anywhere'}"


def _added(detail: Detail) -> str:
    networks = _words(detail.get("networks", ()))
    return "added" + (f"; signs in from {', '.join(networks)}" if networks else "")


def _token(detail: Detail) -> str:
    called = f"{detail['label']} ({detail['token']})" if detail["label"] else detail["token"]
    return f"has the token {called}" if detail["holder"] else f"the token {called} has no user"


def _forgotten(detail: Detail) -> str:
    return f"{detail['forgotten']} accounts, codes and passwords forgotten"


def _issued(detail: Detail) -> str:
    reason = f" ({detail['reason']})" if "reason" in detail else ""
    return f"was issued a code that is valid until {local_time(detail['until'])}{reason}"


WORDS: dict[str, Callable[[Detail], str]] = {
    "signed-in": _signed_in,
    "sign-in-refused": _refused,
    "user-added": _added,
    "user-renamed": lambda detail: f"renamed from {detail['was']} to {detail['now']}",
    "user-deleted": lambda detail: f"deleted ({_forgotten(detail)})",
    "user-disabled": lambda detail: "disabled",
    "user-enabled": lambda detail: "enabled",
    "user-unlocked": lambda detail: "unlocked",
    "user-reset": lambda detail: f"reset ({_forgotten(detail)})",
    "user-methods": _methods,
    "user-networks": _networks,
    "user-edited": lambda detail: f"changed: {', '.join(_FIELDS[each] for each in detail['changed'])}",
    "account-added": lambda detail: f"got the account {detail['account']} on the token {detail['token']}",
    "token-recorded": _token,
    "token-lost": lambda detail: (
        f"the token {detail['token']} was revoked ({counted(detail['forgotten'], 'account')} forgotten)"
    ),
    "backup-codes-made": lambda detail: f"got {counted(detail['codes'], 'new backup code')}",
    "code-issued": _issued,
    "app-password-made": lambda detail: f"got the app password {detail['number']} for {detail['label']}",
    "app-password-revoked": lambda detail: f"the app password {detail['number']} was revoked",
    "account-removed": lambda detail: f"{counted(detail['forgotten'], 'account')} removed",
    "code-used": lambda detail: (
        f"a code of the token {detail['token']} was marked as used (account {detail['number']})"
    ),
    "audit-pruned": lambda detail: f"{detail['entries']} old entries were moved into an archive",
    "heads": lambda detail: f"the ends of {counted(len(detail), 'chain')}",
    "password-set": lambda detail: (
        "got a password that must be changed" if detail["temporary"] else "set a password"
    ),
    "password-removed": lambda detail: "the password was removed",
    "user-role": lambda detail: f"has the role {detail['role']}" if detail["role"] else "has no role",
    "setting": lambda detail: f"the setting {detail['name']} is {detail['value']} now",
}
"""Every event of ticktap, with the function that formats it."""
