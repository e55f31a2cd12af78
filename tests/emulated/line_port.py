"""The base class of the test ports to a token's data channel: it turns received bytes into lines.

The ports have the methods of `ticktap.device.transport.Port`: TimeoutError without a line, OSError when the
port is gone. Reading lets emulated time pass until the bytes are there; time-outs are emulated seconds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol


class Waits(Protocol):
    """What a LinePort needs of a token: a way to let emulated time pass."""

    def wait_for(self, done: Callable[[], object], timeout_ms: float = ..., step_ms: float = ...) -> None:
        """Lets time pass until `done()`. Raises TimeoutError after `timeout_ms`."""


class LinePort(ABC):
    """An open port of a token. read_line() checks for new bytes every `step_ms`."""

    def __init__(self, token: Waits, name: str, step_ms: float) -> None:
        self.name = name
        self._wait_for = token.wait_for
        self._step_ms = step_ms
        self._buffer = bytearray()
        self._open = True

    def read(self) -> bytes:
        """Returns the bytes that have arrived, possibly none; no time passes."""
        self._buffer += self._arrived()
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def read_line(self, timeout: float = 5.0) -> bytes:
        """Returns the next line without its newline. Raises TimeoutError after `timeout` emulated seconds."""

        def complete() -> bool:
            self._buffer += self._arrived()
            if b"\n" not in self._buffer:
                self._check()
            return b"\n" in self._buffer

        self._wait_for(complete, timeout * 1000, self._step_ms)
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer[:] = rest
        return line

    def close(self) -> None:
        """Closes the port, even if the token has left."""
        if self._open:
            self._open = False
            self._let_go()

    def _check(self) -> None:
        if not self._open or self._gone():
            raise OSError(f"{self.name} is closed or gone")

    @abstractmethod
    def _arrived(self) -> bytes:
        """Returns the bytes that came since the last call."""

    @abstractmethod
    def _gone(self) -> bool:
        """Whether the token has left since the port was opened."""

    @abstractmethod
    def _let_go(self) -> None:
        """Called when the port is closed."""
