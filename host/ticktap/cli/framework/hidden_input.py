"""Hidden terminal input, read as it is typed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ticktap.errors import Refused

QUIET = 0.5  # seconds without a character that end the input


class HiddenInput:
    """Input while the terminal delivers single characters and echoes none."""

    def text(self) -> str:
        """Returns the typed text once no character has come for half a second."""
        return _waiting_windows() if sys.platform == "win32" else _waiting_posix()


@contextmanager
def opened() -> Iterator[HiddenInput]:
    """Opens hidden input on standard input, and restores the terminal at the end.

    Raises:
        Refused: standard input is not a terminal.
    """
    if not sys.stdin.isatty():
        raise Refused("there is no terminal to type into", "Run it in a terminal, without a pipe.")
    if sys.platform == "win32":
        yield HiddenInput()
        return
    import termios

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    raw = termios.tcgetattr(terminal)
    raw[0] &= ~termios.ICRNL
    raw[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(terminal, termios.TCSAFLUSH, raw)
    try:
        yield HiddenInput()
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)  # discards late input


def _waiting_posix() -> str:
    import select

    data = b""
    while select.select([sys.stdin], [], [], QUIET)[0]:
        more = os.read(sys.stdin.fileno(), 1024)
        if not more:
            break
        data += more
    return data.decode("utf-8", "replace")


def _waiting_windows() -> str:
    import msvcrt

    text, since = "", time.monotonic()
    while time.monotonic() - since < QUIET:
        if msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]  # Windows only
            text += msvcrt.getwch()  # type: ignore[attr-defined,unused-ignore]  # as above
            since = time.monotonic()
        else:
            time.sleep(QUIET / 50)
    return text
