"""A virtual token's data port for the host's client: without the operating system's serial port.

It implements `ticktap.device.transport.Port` with simulated seconds.
"""

from __future__ import annotations

from collections.abc import Callable

from ticktap.errors import NoToken, TokenError
from ticktap.simulator.parts.cdc import CdcChannel

STEP_MS = 1.0


class TokenPort:
    """Open from construction to `close()`, which lowers DTR. Waiting calls `advance(ms)`."""

    def __init__(self, channel: CdcChannel, advance: Callable[[float], None], name: str) -> None:
        self.name = name
        self._channel = channel
        self._advance = advance
        if not channel.usable:
            raise NoToken(
                f"{name} has no data port now", "Plug it in, and let it start: plug(), advance(ms)."
            )
        channel.open()
        self._session = channel.session

    def write(self, data: bytes) -> None:
        """Sends bytes. Raises TokenError if the token is unplugged or the port is closed."""
        __tracebackhide__ = True  # pytest would show `data`, which may hold a secret
        self._check()
        self._channel.host_write(data)

    def read_line(self, timeout: float) -> bytes:
        """Returns the next line without its newline.

        Raises TimeoutError after `timeout` simulated seconds, TokenError if the token is unplugged.
        """
        left = timeout * 1000
        while True:
            self._check()
            received = self._channel.received
            end = received.find(b"\n")
            if end >= 0:
                line = bytes(received[:end])
                del received[: end + 1]
                return line.rstrip(b"\r")
            if left <= 0:
                raise TimeoutError(f"no line from {self.name}")
            self._advance(min(STEP_MS, left))
            left -= STEP_MS

    def close(self) -> None:
        """Lowers DTR. May be called twice, and after the token was unplugged."""
        if self._channel.session == self._session:
            self._channel.close()

    def _check(self) -> None:
        if self._channel.session != self._session:
            raise TokenError(f"the token at {self.name} is gone", "Plug it in and open its port again.")
