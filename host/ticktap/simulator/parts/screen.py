"""A display as a person sees it: lines of text. On the I2C bus it acknowledges an SSD1306's address."""

from __future__ import annotations

from ticktap.simulator.timeline import MS, Timeline

ADDRESS = 0x3C


class Screen:
    """`lines` is the text on it now, a string for each row of characters without the blanks at its end; none
    while it is dark. `history` lists (ms since the simulation began, lines) for every change.

    `present` is for tests to change. The memory outlives a reset of the chip, not a loss of power.
    """

    def __init__(self, timeline: Timeline, width: int, height: int) -> None:
        self._timeline = timeline
        self.width, self.height = width, height
        self.present = True
        self.lines: list[str] = []
        self.history: list[tuple[float, list[str]]] = []

    def show(self, lines: list[str]) -> None:
        """The picture changes."""
        if lines != self.lines:
            self.lines = lines
            self.history.append((self._timeline.now / MS, lines))

    def lose_power(self) -> None:
        self.show([])

    # --- on the bus: what is drawn comes by `show`, the bytes only take their time

    def start(self, write: bool) -> bool:
        """Whether it acknowledges its address."""
        return self.present

    def put(self, byte: int) -> None:
        """A byte of commands or of the picture."""

    def get(self) -> int:
        """Its status."""
        return 0

    def stop(self) -> None:
        """The transfer is over."""
