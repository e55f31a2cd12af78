"""Full-screen terminal output: draws rows in place, reads single keys, and restores the terminal at the end.

Uses the sequences that terminals have in common (ECMA-48, and xterm's alternate screen), so no library.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from ticktap.errors import BadInput
from ticktap.watch.render import ASCII, FULL, ScreenLine

# Alternate screen, no cursor, no wrapping at the edge; and back, with the alternate screen wiped first.
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
_LEAVE = "\x1b[0m\x1b[2J\x1b[?7h\x1b[?25h\x1b[?1049l"
_SEQUENCES = {b"\x1b[A": "up", b"\x1bOA": "up", b"\x1b[B": "down", b"\x1bOB": "down"}
_PLAIN = {
    **{b"k": "up", b"j": "down", b"\r": "enter", b"\n": "enter", b"\x1b": "escape"},
    **{b"q": "leave", b"Q": "leave", b"\x04": "leave", b"\x03": "leave", b"u": "unlock", b"U": "unlock"},
}
_REST = 0.05  # seconds within which an arrow key's sequence follows its first byte
_WINDOWS = {"\xe0H": "up", "\xe0P": "down", "\x00H": "up", "\x00P": "down"}


def require() -> None:
    """Checks that there is a terminal to draw on.

    Raises:
        BadInput
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise BadInput(
            "a live view needs a terminal that can move its cursor",
            "Run it at a terminal, or with --json for one document per change.",
        )


def keys(typed: bytes) -> list[str]:
    """The keys in what a terminal sent: up, down, enter, escape, leave, unlock; others are ignored."""
    found = []
    while typed:
        length = next((len(each) for each in _SEQUENCES if typed.startswith(each)), 0)
        if length:
            found.append(_SEQUENCES[typed[:length]])
        elif typed[:1] == b"\x1b" and typed[1:2] not in (b"", b"\x1b"):
            length = _length(typed)
        else:
            length = 1
            found += [_PLAIN[typed[:1]]] if typed[:1] in _PLAIN else []
        typed = typed[length:]
    return found


def _length(sequence: bytes) -> int:
    """Returns the length of an unused key's escape sequence."""
    if sequence[1:2] not in (b"[", b"O"):
        return 2
    for at, byte in enumerate(sequence[2:], 3):
        if 0x40 <= byte <= 0x7E:
            return at
    return len(sequence)


class Screen:
    """A full-screen terminal; `opened` creates one."""

    def __init__(self) -> None:
        self._shown: list[ScreenLine] = []
        self._size = (0, 0)
        try:
            FULL.encode(sys.stdout.encoding)
            self._table: dict[int, str] = {}
        except UnicodeError:
            self._table = ASCII

    @property
    def size(self) -> tuple[int, int]:
        """The present columns and rows."""
        size = os.get_terminal_size(sys.stdout.fileno())
        return size.columns or 80, size.lines or 24  # 0 means unknown

    def draw(self, rows: Sequence[ScreenLine], size: tuple[int, int]) -> None:
        """Shows `rows`, laid out for a terminal of that size; writes only the differences."""
        out = ""
        if size != self._size:
            out, self._shown, self._size = "\x1b[2J", [], size
        for at in range(max(len(rows), len(self._shown))):
            row = rows[at] if at < len(rows) else ScreenLine("")
            if at >= len(self._shown) or row != self._shown[at]:
                style = "\x1b[1m" if row.strong else ""
                out += f"\x1b[{at + 1};1H\x1b[2K{style}{row.text.translate(self._table)}\x1b[0m"
        self._shown = list(rows)
        if out:
            _write(out)

    def keys(self, seconds: float) -> list[str]:
        """Waits up to `seconds` for keys; returns them as `keys` does."""
        return _typed(seconds)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leaves full-screen mode temporarily, for questions."""
        _leave()
        try:
            yield
        finally:
            self._size = (0, 0)
            _enter()


@contextmanager
def opened() -> Iterator[Screen]:
    """Opens full-screen mode; restores the terminal on every exit that allows it."""
    before = {number: signal.signal(number, _end) for number in _ENDS}
    try:
        try:
            _enter()
            yield Screen()
        finally:
            _leave()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _write(text: str) -> None:
    data = text.encode(sys.stdout.encoding, errors="replace")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


if sys.platform == "win32":
    import ctypes
    import msvcrt

    _ENDS = (signal.SIGTERM,)
    _STDOUT, _SEQUENCES_ON = -11, 0x4  # ENABLE_VIRTUAL_TERMINAL_PROCESSING

    def _enter() -> None:
        console, mode = ctypes.windll.kernel32.GetStdHandle(_STDOUT), ctypes.c_ulong()
        if ctypes.windll.kernel32.GetConsoleMode(console, ctypes.byref(mode)):
            ctypes.windll.kernel32.SetConsoleMode(console, mode.value | _SEQUENCES_ON)
        _write(_ENTER)

    def _leave() -> None:
        _write(_LEAVE)

    def _typed(seconds: float) -> list[str]:
        end = time.monotonic() + seconds
        while not msvcrt.kbhit():
            if time.monotonic() >= end:
                return []
            time.sleep(0.02)
        key = msvcrt.getwch()
        if key in ("\x00", "\xe0"):
            return [each for each in [_WINDOWS.get(key + msvcrt.getwch())] if each]
        return keys(key.encode())

else:
    import select
    import termios
    import tty

    _ENDS = (signal.SIGTERM, signal.SIGHUP)
    _before: list[Any] = []  # the terminal's modes

    def _enter() -> None:
        terminal = sys.stdin.fileno()
        _before[:] = termios.tcgetattr(terminal)
        tty.setcbreak(terminal)
        modes = termios.tcgetattr(terminal)
        for key in (termios.VSUSP, termios.VQUIT):  # so that neither leaves a code on the screen
            modes[6][key] = b"\x00"
        termios.tcsetattr(terminal, termios.TCSADRAIN, modes)
        _write(_ENTER)

    def _leave() -> None:
        with suppress(OSError, termios.error):  # the terminal may be gone
            try:
                _write(_LEAVE)
            finally:
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSAFLUSH, _before)

    def _typed(seconds: float) -> list[str]:
        ready, _, _ = select.select([sys.stdin], [], [], seconds)
        if not ready:
            return []
        typed = os.read(sys.stdin.fileno(), 64)
        if typed.endswith(b"\x1b") and select.select([sys.stdin], [], [], _REST)[0]:
            typed += os.read(sys.stdin.fileno(), 64)
        return keys(typed) if typed else ["leave"]  # nothing to read: the terminal is gone
