"""Two wires with pull-ups, and the parts on them: bytes and acknowledges, no registers, no Python API."""

from __future__ import annotations

from typing import Protocol


class I2CPart(Protocol):
    """A part on the bus, seen from the wires."""

    def start(self, write: bool) -> bool:
        """START or repeated START with this address; True means acknowledged."""

    def put(self, byte: int) -> None:
        """Receives a byte."""

    def get(self) -> int:
        """Sends a byte."""

    def stop(self) -> None:
        """STOP."""


class I2CBus:
    """`pull_ups` and `held_low` (a part or a short keeps a line down) can be changed by tests."""

    def __init__(self, sda: int, scl: int) -> None:
        self.sda, self.scl = sda, scl
        self.pull_ups = True
        self.held_low = False
        self.parts: dict[int, I2CPart] = {}

    @property
    def idle_high(self) -> bool:
        """Whether both lines are high when no part drives them."""
        return self.pull_ups and not self.held_low

    def write(self, address: int, data: bytes, *, stop: bool) -> bool:
        """START, address, data; False if no part acknowledges the address."""
        part = self.parts.get(address)
        if part is None or not part.start(write=True):
            return False
        for byte in data:
            part.put(byte)
        if stop:
            part.stop()
        return True

    def read(self, address: int, length: int) -> bytes | None:
        """START, address, `length` bytes, STOP; None if no part acknowledges."""
        part = self.parts.get(address)
        if part is None or not part.start(write=False):
            return None
        data = bytes(part.get() for _ in range(length))
        part.stop()
        return data
