"""The way between a program and a token's port: an uneven line, and the host's clock at its near end.

Both work over anything that lets time pass with `advance(ms)` and knows its world's time: the simulated
token, and the emulated one of the tests.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from ticktap.device.transport import Port


class SimulatedHostTime:
    """A ticktap.clock.system_time.HostTime over simulated time; `error` seconds make it a computer that is
    wrong."""

    def __init__(
        self, now: Callable[[], float], advance: Callable[[float], None], error: float = 0.0
    ) -> None:
        self._now, self._advance = now, advance
        self.error = error

    def time(self) -> float:
        """Unix seconds."""
        return self._now() + self.error

    def sleep(self, seconds: float) -> None:
        """Lets them pass."""
        self._advance(seconds * 1000)


class JitteryPort:
    """A port whose every line takes between `low` and `high` ms longer, there and back, evenly spread."""

    def __init__(
        self, port: Port, advance: Callable[[float], None], low: float, high: float, seed: int = 0
    ) -> None:
        self.name = port.name
        self._port, self._advance = port, advance
        self._low, self._high = low, high
        self._random = random.Random(seed)

    def write(self, data: bytes) -> None:
        """Sends, after a while."""
        self._wait()
        self._port.write(data)

    def read_line(self, timeout: float) -> bytes:
        """The next line, a while after it came."""
        line = self._port.read_line(timeout)
        self._wait()
        return line

    def close(self) -> None:
        """Closes the port."""
        self._port.close()

    def _wait(self) -> None:
        self._advance(self._random.uniform(self._low, self._high))
