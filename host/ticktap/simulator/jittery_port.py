"""A port with random delays, and a simulated host clock.

Both work with anything that has simulated time and `advance(ms)`: the simulated token, and the emulated one
of the tests.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from ticktap.device.transport import Port


class SimulatedHostTime:
    """A ticktap.clock.system_time.HostTime with simulated time; `error` is its error in seconds."""

    def __init__(
        self, now: Callable[[], float], advance: Callable[[float], None], error: float = 0.0
    ) -> None:
        self._now, self._advance = now, advance
        self.error = error

    def time(self) -> float:
        """Unix seconds."""
        return self._now() + self.error

    def sleep(self, seconds: float) -> None:
        """Lets `seconds` pass."""
        self._advance(seconds * 1000)


class JitteryPort:
    """A port that delays every line in each direction by `low` to `high` ms, uniformly distributed."""

    def __init__(
        self, port: Port, advance: Callable[[float], None], low: float, high: float, seed: int = 0
    ) -> None:
        self.name = port.name
        self._port, self._advance = port, advance
        self._low, self._high = low, high
        self._random = random.Random(seed)

    def write(self, data: bytes) -> None:
        """Sends after a delay."""
        self._wait()
        self._port.write(data)

    def read_line(self, timeout: float) -> bytes:
        """Returns the next line after a delay."""
        line = self._port.read_line(timeout)
        self._wait()
        return line

    def close(self) -> None:
        """Closes the port."""
        self._port.close()

    def _wait(self) -> None:
        self._advance(self._random.uniform(self._low, self._high))
