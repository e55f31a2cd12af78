"""A display as lines of text. On the I2C bus it acknowledges an SSD1306's address."""

from __future__ import annotations

from ticktap.simulator.timeline import MS, Timeline

ADDRESS = 0x3C


class Screen:
    """`lines` is the present text, a string for each row of characters without trailing blanks; empty
    while it is dark. `history` lists (ms since the simulation began, lines) for every change.

    Tests may change `present`. The memory survives a reset of the chip, but not a loss of power.
    """

    def __init__(self, timeline: Timeline, width: int, height: int) -> None:
        self._timeline = timeline
        self.width, self.height = width, height
        self.present = True
        self.lines: list[str] = []
        self.history: list[tuple[float, list[str]]] = []

    def show(self, lines: list[str]) -> None:
        """Changes the picture."""
        if lines != self.lines:
            self.lines = lines
            self.history.append((self._timeline.now / MS, lines))

    def lose_power(self) -> None:
        self.show([])

    # --- on the bus: the bytes only take time; the picture comes through `show`

    def start(self, write: bool) -> bool:
        """Whether it acknowledges its address."""
        return self.present

    def put(self, byte: int) -> None:
        """Receives a byte of a command or of the picture."""

    def get(self) -> int:
        """Sends its status."""
        return 0

    def stop(self) -> None:
        """STOP."""
