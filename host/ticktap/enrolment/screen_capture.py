"""Reads this computer's screen and clipboard: pictures of QR codes, and texts.

Nothing is written to disk. Wayland does not allow screen captures; the error names alternatives.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ticktap.errors import BadInput, TicktapError

if TYPE_CHECKING:
    from PIL.Image import Image

_SECONDS = 10.0  # time-out of the system's clipboard programs
_OTHER_WAYS = "Save a screenshot and give its file, or copy the code's picture or text and use --clipboard."


class NoCapture(TicktapError):
    """The screen or the clipboard cannot be read."""

    kind = "error"


def screen(env: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Image:
    """Captures a picture of all screens.

    Raises:
        NoCapture: this desktop does not let programs see it, or there is none.
    """
    import PIL.ImageGrab

    if platform not in ("win32", "darwin"):
        if env.get("WAYLAND_DISPLAY") or env.get("XDG_SESSION_TYPE") == "wayland":
            raise NoCapture("a Wayland desktop does not let programs capture the screen", _OTHER_WAYS)
        if not env.get("DISPLAY"):
            raise NoCapture("there is no screen", _OTHER_WAYS)
    try:
        return PIL.ImageGrab.grab(all_screens=True)
    except Exception as error:  # the system's own errors, of many classes
        raise NoCapture(f"the screen cannot be captured ({type(error).__name__})", _OTHER_WAYS) from None


def clipboard(env: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Image | bytes:
    """Reads the clipboard: a picture, or else text as bytes.

    Raises:
        NoCapture: the program that reads it is not installed, or there is no desktop.
        BadInput: it is empty.
    """
    command = _command(env, platform)
    picture = _picture()
    if picture is not None:
        return picture
    text = _output(command)
    if not text.strip():
        raise BadInput(
            "there is neither a picture nor text in the clipboard",
            "Copy the QR code's picture or its text.",
        )
    return text


def _command(env: Mapping[str, str], platform: str) -> list[str]:
    """Returns the program that prints the clipboard's text."""
    import shutil

    if platform == "darwin":
        return ["pbpaste"]
    if platform == "win32":
        return ["powershell", "-NoProfile", "-Command", "Get-Clipboard"]
    wayland = bool(env.get("WAYLAND_DISPLAY"))
    if not wayland and not env.get("DISPLAY"):
        raise NoCapture("there is no clipboard, because there is no desktop", "Give a file instead.")
    program, package = ("wl-paste", "wl-clipboard") if wayland else ("xclip", "xclip")
    if not shutil.which(program):
        raise NoCapture(
            f"{program}, which reads the clipboard, is not installed",
            f"Install the package {package}, or give a file instead.",
        )
    if wayland:
        return ["wl-paste", "--no-newline", "--type", "text"]
    return ["xclip", "-selection", "clipboard", "-out", "-target", "UTF8_STRING"]


def _picture() -> Image | None:
    import PIL.ImageGrab

    try:
        found = PIL.ImageGrab.grabclipboard()
    except Exception:  # no picture; the error depends on the program
        return None
    return None if isinstance(found, list) else found


def _output(command: list[str]) -> bytes:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoCapture(
            f"the clipboard cannot be read ({type(error).__name__})", "Give a file instead."
        ) from None
    return done.stdout if done.returncode == 0 else b""
