"""Keeps a code in this computer's clipboard for some time. The code is never in an argument or a file."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ticktap.enrolment.screen_capture import NoCapture

KEPT_S = 30.0
"""Seconds for a counter-based code, which does not expire."""
_SECONDS = 10.0  # time-out of the system's clipboard programs


@dataclass(frozen=True)
class Programs:
    """The commands that write the clipboard from standard input, print it, and empty it."""

    write: tuple[str, ...]
    read: tuple[str, ...]
    clear: tuple[str, ...]


_MAC = Programs(("pbcopy",), ("pbpaste",), ("pbcopy",))
_POWERSHELL = ("powershell", "-NoProfile", "-Command")
_WINDOWS = Programs(
    (*_POWERSHELL, "$input | Set-Clipboard"),
    (*_POWERSHELL, "Get-Clipboard"),
    (*_POWERSHELL, "Set-Clipboard -Value $null"),
)
_WAYLAND = Programs(
    ("wl-copy", "--type", "text/plain"),
    ("wl-paste", "--no-newline"),
    ("wl-copy", "--clear"),
)
_XCLIP = ("xclip", "-selection", "clipboard")
_X11 = Programs((*_XCLIP, "-in"), (*_XCLIP, "-out"), (*_XCLIP, "-in"))


def require() -> None:
    """Checks that there is a clipboard.

    Raises:
        NoCapture: there is no desktop, or the program that uses its clipboard is not installed.
    """
    programs()


def programs(env: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Programs:
    """Returns the clipboard programs of this computer. Raises NoCapture as `require`."""
    import shutil

    if platform == "darwin":
        return _MAC
    if platform == "win32":
        return _WINDOWS
    if not env.get("WAYLAND_DISPLAY") and not env.get("DISPLAY"):
        raise NoCapture(
            "there is no clipboard, because there is no desktop",
            "Omit --copy: then the code is shown.",
        )
    found, package = (_WAYLAND, "wl-clipboard") if env.get("WAYLAND_DISPLAY") else (_X11, "xclip")
    if not shutil.which(found.write[0], path=env.get("PATH")):
        raise NoCapture(
            f"{found.write[0]}, which writes the clipboard, is not installed",
            f"Install the package {package}, or omit --copy: then the code is shown.",
        )
    return found


@contextlib.contextmanager
def holding(text: str) -> Iterator[None]:
    """Copies `text` to the clipboard, and clears it at the end if it is still there.

    Raises:
        NoCapture: the clipboard cannot be written.
    """
    used = programs()
    _run(used.write, text)
    try:
        yield
    finally:
        if _read(used.read).rstrip("\r\n") == text:
            _run(used.clear, "")


def _run(command: tuple[str, ...], text: str) -> None:
    try:
        # xclip and wl-copy leave a process that serves the clipboard; a pipe would wait for it.
        subprocess.run(
            command,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoCapture(
            f"the clipboard cannot be written ({type(error).__name__})",
            "Omit --copy: then the code is shown.",
        ) from None


def _read(command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")
