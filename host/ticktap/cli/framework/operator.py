"""Determines who runs a command, for the audit log: from the system, and from the environment."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ticktap.registry import Actor

_LOGIN_UID = Path("/proc/self/loginuid")  # proc_pid_loginuid(5): set at login, and kept by su and sudo
_UNSET = 2**32 - 1
_CLAIMS = ("SUDO_USER", "LOGNAME", "USER", "USERNAME")


def operator() -> Actor:
    """Returns the actor of this process.

    `who` is the name of the login uid (Linux), or else of the real uid. The details have both numbers, and as
    `claimed` the name in the environment, if it differs; anybody can set that name.
    """
    return actor_of(os.environ, _real_uid(), _login_uid(), _encodable(socket.gethostname()))


def actor_of(environ: Mapping[str, str], uid: int | None, login_uid: int | None, origin: str) -> Actor:
    """Returns the actor for given numbers. `uid`: None on a system without numbers of users."""
    from ticktap.registry import Actor

    claimed = next((environ[name] for name in _CLAIMS if environ.get(name)), "")
    if uid is None:  # Windows: getpass.getuser() reads the environment too
        return Actor(_encodable(claimed), origin)
    who = _name(uid if login_uid is None else login_uid)
    detail: dict[str, Any] = {"uid": uid}
    if login_uid is not None:
        detail["login_uid"] = login_uid
    if claimed and claimed != who:
        detail["claimed"] = _encodable(claimed)
    return Actor(_encodable(who), origin, detail)


def _real_uid() -> int | None:
    return os.getuid() if hasattr(os, "getuid") else None


def _login_uid() -> int | None:
    try:
        number = int(_LOGIN_UID.read_text())
    except (OSError, ValueError):
        return None
    return None if number == _UNSET else number


def _name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _encodable(text: str) -> str:
    """Replaces invalid UTF-8 from outside with escapes like \\\\udcff."""
    return text.encode("utf-8", "backslashreplace").decode()
