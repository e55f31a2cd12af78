"""Full-screen terminal output: draws rows, reads single keys, and restores the terminal at the end."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

from ticktap.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.segment import Segment

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
    """A full-screen terminal; `opened` creates one.

    Attributes:
        console: for rendering; its size is the terminal's.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._shown: list[list[Segment]] = []
        self._size = (0, 0)

    def draw(self, rows: Sequence[RenderableType]) -> None:
        """Shows `rows`, one line each; writes only the lines that differ."""
        options = self.console.options
        size = options.size
        with self.console:  # one write
            if size != self._size:
                self.console.clear()
                self._shown, self._size = [], size
            lines = [self.console.render_lines(row, options.update(height=1))[0] for row in rows[: size[1]]]
            for at, line in enumerate(lines):
                if at >= len(self._shown) or line != self._shown[at]:
                    self.console.update_screen_lines([line], 0, at)
            self._shown = lines

    def keys(self, seconds: float) -> list[str]:
        """Waits up to `seconds` for keys; returns them as `keys` does."""
        return _typed(seconds)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leaves full-screen mode temporarily, for questions."""
        _leave(self.console)
        try:
            yield
        finally:
            self._size = (0, 0)
            _enter(self.console)


@contextmanager
def opened() -> Iterator[Screen]:
    """Opens full-screen mode; restores the terminal on every exit that allows it."""
    from rich.console import Console

    before = {number: signal.signal(number, _end) for number in _ENDS}
    try:
        _enable_sequences()
        console = Console(highlight=False)
        try:
            _enter(console)
            yield Screen(console)
        finally:
            _leave(console)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _show(console: Console) -> None:
    console.set_alt_screen(True)
    console.show_cursor(False)


def _hide(console: Console) -> None:
    """Clears the alternate screen first, because some terminals keep it."""
    console.clear()
    console.show_cursor(True)
    console.set_alt_screen(False)


if sys.platform == "win32":
    import ctypes
    import msvcrt

    _ENDS = (signal.SIGTERM,)
    _STDOUT, _SEQUENCES_ON = -11, 0x4  # ENABLE_VIRTUAL_TERMINAL_PROCESSING

    def _enable_sequences() -> None:
        handle, mode = ctypes.windll.kernel32.GetStdHandle(_STDOUT), ctypes.c_ulong()
        if ctypes.windll.kernel32.GetConsoleMode(handle, ctypes.byref(mode)):
            ctypes.windll.kernel32.SetConsoleMode(handle, mode.value | _SEQUENCES_ON)

    _enter, _leave = _show, _hide

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

    def _enable_sequences() -> None:
        pass  # every terminal has them

    def _enter(console: Console) -> None:
        terminal = sys.stdin.fileno()
        _before[:] = termios.tcgetattr(terminal)
        tty.setcbreak(terminal)
        modes = termios.tcgetattr(terminal)
        for key in (termios.VSUSP, termios.VQUIT):  # so that neither leaves a code on the screen
            modes[6][key] = b"\x00"
        termios.tcsetattr(terminal, termios.TCSADRAIN, modes)
        _show(console)

    def _leave(console: Console) -> None:
        with suppress(OSError, termios.error):  # the terminal may be gone
            try:
                _hide(console)
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
