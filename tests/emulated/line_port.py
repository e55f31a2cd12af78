"""What the ends of a token's data channel in the tests have in common: bytes taken in, lines given out.

They have the shape of `ticktap.device.transport.Port`: TimeoutError without a line, OSError when the port is
gone. Reading lets emulated time pass until the bytes are there; time-outs are emulated seconds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulated.token import EmulatedToken


class LinePort(ABC):
    """An open port of `token`, looked at every `step_ms` while it is waited for."""

    def __init__(self, token: EmulatedToken, name: str, step_ms: float) -> None:
        self.name = name
        self._token = token
        self._step_ms = step_ms
        self._buffer = bytearray()
        self._open = True

    def read(self) -> bytes:
        """Whatever has arrived, perhaps nothing; no time passes."""
        self._buffer += self._arrived()
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def read_line(self, timeout: float = 5.0) -> bytes:
        """The next line without its newline. TimeoutError after `timeout` emulated seconds."""

        def complete() -> bool:
            self._buffer += self._arrived()
            if b"\n" not in self._buffer:
                self._check()
            return b"\n" in self._buffer

        self._token.wait_for(complete, timeout * 1000, self._step_ms)
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer[:] = rest
        return line

    def close(self) -> None:
        """Closes the port, whether or not it has gone."""
        if self._open:
            self._open = False
            self._let_go()

    def _check(self) -> None:
        if not self._open or self._gone():
            raise OSError(f"{self.name} is closed or gone")

    @abstractmethod
    def _arrived(self) -> bytes:
        """What has come since the last call."""

    @abstractmethod
    def _gone(self) -> bool:
        """Whether the token has left since the port was opened."""

    @abstractmethod
    def _let_go(self) -> None:
        """The port is closed."""
