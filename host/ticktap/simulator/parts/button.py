"""A push button between a pin and ground, that does not bounce."""

from __future__ import annotations

from ticktap.simulator.parts.gpio import Gpio
from ticktap.simulator.timeline import MS, Timeline


class Button:
    """`history` lists (ms since the simulation began, whether down)."""

    def __init__(self, timeline: Timeline, gpio: Gpio) -> None:
        self._timeline = timeline
        self._gpio = gpio
        self.history: list[tuple[float, bool]] = []

    @property
    def down(self) -> bool:
        return self._gpio.closed

    def push(self) -> None:
        self._move(True)

    def let_go(self) -> None:
        self._move(False)

    def _move(self, down: bool) -> None:
        if down != self._gpio.closed:
            self._gpio.closed = down
            self.history.append((self._timeline.now / MS, down))
