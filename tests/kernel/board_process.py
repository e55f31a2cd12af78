"""The process that runs the boards beside the guest (emulated/board/kernel_main.mjs)."""

from __future__ import annotations

from typing import Any

from emulated.engine import MAIN, Engine
from kernel.guest_machine import Guest

KERNEL_MAIN = MAIN.parent / "kernel_main.mjs"
LOOSE_MS = 40.0
"""How far the guest may be ahead of a board before it waits. Less costs time and is only of use to clocks."""


class BoardProcess:
    """Runs boards in the guest's time until it is closed, which ends the guest too."""

    def __init__(self, guest: Guest) -> None:
        self._engine = Engine(KERNEL_MAIN, str(guest.qmp), str(LOOSE_MS))
        self._boards = 0

    def close(self) -> None:
        self._engine.close()

    def lead(self, ms: float) -> None:
        """From now on the guest is at most so far ahead."""
        self._engine.call("lead", ms=ms)

    def board(self) -> BoardEngine:
        """A place for one more board."""
        self._boards += 1
        return BoardEngine(self._engine, self._boards)


class BoardEngine:
    """What Engine is to a token that has a process of its own."""

    def __init__(self, engine: Engine, number: int) -> None:
        self._engine, self._number = engine, number

    def call(self, name: str, **parameters: Any) -> dict[str, Any]:
        return self._engine.call(name, board=self._number, **parameters)

    def close(self) -> None:
        """The board is unplugged and forgotten."""
        self.call("discard")
