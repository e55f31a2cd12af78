"""The board's LED: a plain one on a pin, or a NeoPixel."""

from __future__ import annotations

from ticktap.simulator.timeline import MS, Timeline

Colour = tuple[int, int, int]
Light = bool | Colour
OFF: Colour = (0, 0, 0)


class Led:
    """`now` is True or False for a plain LED, (red, green, blue) of 0..255 for a NeoPixel.

    `history` lists (ms since the simulation began, value) for every change.
    """

    def __init__(self, timeline: Timeline, *, colour: bool) -> None:
        self._timeline = timeline
        self.colour = colour
        self.now: Light = OFF if colour else False
        self.history: list[tuple[float, Light]] = []

    @property
    def lit(self) -> bool:
        """Whether it is lit."""
        return self.now is True or (isinstance(self.now, tuple) and any(self.now))

    def drive(self, level: bool | None) -> None:
        """Applies a pin's output to a plain LED; an undriven pin switches it off."""
        self._show(bool(level))

    def clock_in(self, data: bytes) -> None:
        """Sets the first pixel from bytes in the WS2812 order (green, red, blue); ignores fewer than 3."""
        if len(data) >= 3:
            self._show((data[1], data[0], data[2]))

    def lose_power(self) -> None:
        self._show(OFF if self.colour else False)

    def _show(self, value: Light) -> None:
        if value != self.now:
            self.now = value
            self.history.append((self._timeline.now / MS, value))
