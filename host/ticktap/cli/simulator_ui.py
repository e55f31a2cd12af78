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
from typing import TYPE_CHECKING, Any

from ticktap.simulator.control import status
from ticktap.simulator.real_time import RealTimeToken
from ticktap.simulator.token import VirtualToken
from ticktap.wording import printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

TICK = 0.05  # seconds between updates
CLICK_MS, HOLD_MS = 60, 1000
TYPED_SHOWN = 60  # characters

KEYS = "space press · h hold · u unplug or plug · m plug for maintenance · n Num Lock · c clear · q quit"


def picture(seen: dict[str, Any]) -> RenderableType:
    """Makes what to show for a control.status of whole seconds."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    plugged = "plugged in" if seen["plugged"] else "unplugged"
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_row("light", light(seen["led"]))
    rows.add_row("clock", Text(f"{_time(seen['clock'])}   (this computer: {_time(seen['unix'])})"))
    rows.add_row(
        "token", Text(f"{seen['serial']}, {plugged}, Num Lock {'on' if seen['num_lock'] else 'off'}")
    )
    rows.add_row("port", Text(seen["port"] or "none", overflow="fold"))
    rows.add_row("received", Text(printable(_visible(seen["typed"])[-TYPED_SHOWN:]), overflow="fold"))
    if seen["screen"] is not None:
        rows.add_row("screen", screen(seen["screen"]))
    return Group(rows, Text(), Text(KEYS))


def light(led: bool | tuple[int, int, int]) -> Text:
    """Describes the LED, with a symbol of its colour."""
    from rich.text import Text

    if led in (False, (0, 0, 0)):
        return Text("○ off")
    if isinstance(led, bool):
        return Text.assemble(("●", "green"), " on")
    red, green, blue = led
    return Text.assemble(("●", f"rgb({red},{green},{blue})"), f" {red}, {green}, {blue} (red, green, blue)")


def screen(lines: list[str]) -> RenderableType:
    """Makes a screen of two rows of 21 characters."""
    from rich.box import SQUARE
    from rich.panel import Panel
    from rich.text import Text

    rows = (lines + ["", ""])[:2]
    text = "\n".join(f"{printable(row):21}" for row in rows)
    return Panel(Text(text, no_wrap=True), SQUARE, padding=0, expand=False)


def _whole_seconds(seen: dict[str, Any]) -> dict[str, Any]:
    """Drops fractions of seconds, which are not shown, so that only visible changes are drawn."""
    times = {name: seen[name] and int(seen[name]) for name in ("clock", "unix")}
    return seen | times


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
        from rich.console import Console
        from rich.live import Live

        console = Console(highlight=False)
        display = Live(console=console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
        with display, _single_keys():
            shown: dict[str, Any] = {}
            try:
                while not self._live.finished.is_set() and self._obey(_key(TICK)):
                    if (seen := _whole_seconds(status(self._live))) != shown:
                        shown = seen
                        display.update(picture(seen), refresh=True)
            except KeyboardInterrupt:
                return

    def _obey(self, key: str) -> bool:
        if key in self._keys:
            self._live.do(self._keys[key])
        return key not in ("q", "\x04")


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
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
