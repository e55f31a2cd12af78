"""One pin of the chip: its user, what drives it, and its level."""

from __future__ import annotations

from collections.abc import Callable


class Gpio:
    """`closed`: a switch to ground. `strapped`: a pull-up resistor. A floating pin reads low."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.closed = False
        self.strapped = False
        self.on_output: Callable[[bool | None], None] | None = None
        self.claimed = False
        self.pull: bool | None = None
        self._output: bool | None = None

    @property
    def output(self) -> bool | None:
        """The level that the chip drives; None if it does not."""
        return self._output

    @output.setter
    def output(self, level: bool | None) -> None:
        changed = level != self._output
        self._output = level
        if changed and self.on_output is not None:
            self.on_output(level)

    def level(self) -> bool:
        """The level that the chip reads."""
        if self._output is not None:
            return self._output
        if self.closed:
            return False
        return self.strapped or bool(self.pull)

    def release(self) -> None:
        """Resets the pin: an unused input without pull."""
        self.claimed = False
        self.pull = None
        self.output = None
