"""The process that runs the boards in step with the guest (emulated/board/kernel_main.mjs)."""

from __future__ import annotations

from typing import Any

from emulated.engine import MAIN, Engine
from kernel.guest_machine import Guest

KERNEL_MAIN = MAIN.parent / "kernel_main.mjs"
LOOSE_MS = 40.0
"""How far the guest may be ahead of a board before it waits. A lower value takes more time, and is useful
only for tests of clocks."""


class BoardProcess:
    """Runs boards in the guest's time until it is closed, which ends the guest too."""

    def __init__(self, guest: Guest) -> None:
        self._engine = Engine(KERNEL_MAIN, str(guest.qmp), str(LOOSE_MS))
        self._boards = 0

    def close(self) -> None:
        self._engine.close()

    def lead(self, ms: float) -> None:
        """Sets how far the guest may be ahead."""
        self._engine.call("lead", ms=ms)

    def board(self) -> BoardEngine:
        """Adds a board."""
        self._boards += 1
        return BoardEngine(self._engine, self._boards)


class BoardEngine:
    """The interface of Engine, for one of several boards of a process."""

    def __init__(self, engine: Engine, number: int) -> None:
        self._engine, self._number = engine, number

    def call(self, name: str, **parameters: Any) -> dict[str, Any]:
        return self._engine.call(name, board=self._number, **parameters)

    def close(self) -> None:
        """Unplugs and removes the board."""
        self.call("discard")
