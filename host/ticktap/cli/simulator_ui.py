"""The display of a simulated token at a terminal: LED, clock, received text; and its keys.

Draws the state of a RealTimeToken and turns keys into presses. It needs a POSIX terminal, as the token's port
does.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from ticktap.cli.framework.output import safe
from ticktap.simulator.control import status
from ticktap.simulator.real_time import RealTimeToken
from ticktap.simulator.token import VirtualToken

TICK = 0.05  # seconds between updates
CLICK_MS, HOLD_MS = 60, 1000
TYPED_SHOWN = 60  # characters
_UP, _CLEAR, _HIDE, _SHOW = "\x1b[{}A", "\x1b[J", "\x1b[?25l", "\x1b[?25h"

KEYS = "space press · h hold · u unplug or plug · m plug for maintenance · n Num Lock · c clear · q quit"


def picture(seen: dict[str, Any]) -> list[str]:
    """Makes the lines to show for a control.status."""
    plugged = "plugged in" if seen["plugged"] else "unplugged"
    return [
        f"light     {light(seen['led'])}",
        f"clock     {_time(seen['clock'])}   (the world: {_time(seen['unix'])})",
        f"token     {seen['serial']}, {plugged}, Num Lock {'on' if seen['num_lock'] else 'off'}",
        f"port      {seen['port'] or 'none'}",
        f"received  {safe(_visible(seen['typed'])[-TYPED_SHOWN:])}",
        *screen(seen["screen"]),
        "",
        KEYS,
    ]


def light(led: bool | tuple[int, int, int]) -> str:
    """Describes the LED, with a symbol."""
    if isinstance(led, bool):
        return "● on" if led else "○ off"
    return f"● {led[0]}, {led[1]}, {led[2]} (red, green, blue)" if any(led) else "○ off"


def screen(lines: list[str] | None) -> list[str]:
    """Makes a screen of two rows; nothing for a token without a screen."""
    if lines is None:
        return []
    first, second = (lines + ["", ""])[:2]
    return [f"screen    │{first:21}│", f"          │{second:21}│"]


def _visible(typed: str) -> str:
    return typed.replace("\n", "⏎").replace("\t", "⇥")


def _time(unix: float | None) -> str:
    if unix is None:
        return "not set"
    return datetime.fromtimestamp(unix).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


class SimulatorUi:
    """Shows a simulated token until "q", Ctrl-C or the token's end."""

    def __init__(self, live: RealTimeToken) -> None:
        self._live = live
        self._shown: list[str] = []
        self._keys: dict[str, Callable[[VirtualToken], object]] = {
            " ": lambda token: token.press_later(0, CLICK_MS),
            "h": lambda token: token.press_later(0, HOLD_MS),
            "u": lambda token: token.unplug() if token.plugged else token.plug(wait=False),
            "m": _plug_for_maintenance,
            "n": lambda token: token.set_locks(num_lock=not token.host.num_lock),
            "c": lambda token: token.clear_typed(),
        }

    def show(self) -> None:
        """Draws the display and handles keys until the end, then restores the terminal."""
        with _single_keys():
            try:
                while not self._live.finished.is_set() and self._obey(_key(TICK)):
                    self._draw(picture(status(self._live)))
            except KeyboardInterrupt:
                return

    def _obey(self, key: str) -> bool:
        if key in self._keys:
            self._live.do(self._keys[key])
        return key not in ("q", "\x04")

    def _draw(self, lines: list[str]) -> None:
        if lines == self._shown:
            return
        up = _UP.format(len(self._shown)) + "\r" if self._shown else ""
        print(up + _CLEAR + "\n".join(lines), flush=True)
        self._shown = lines


def _plug_for_maintenance(token: VirtualToken) -> None:
    token.unplug()
    token.plug(maintenance=True)


def _key(seconds: float) -> str:
    """Returns the key pressed within `seconds`, or ""."""
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    if not ready:
        return ""
    return os.read(sys.stdin.fileno(), 16).decode(errors="replace")[:1] or "q"  # end of input


@contextmanager
def _single_keys() -> Iterator[None]:
    """Makes the terminal deliver keys at once without echo."""
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    print(_HIDE, end="", flush=True)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        print(_SHOW, end="", flush=True)
