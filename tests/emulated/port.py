"""A program's end of the token's data channel (`usb_cdc.data`), in emulated time.

It has the shape of `ticktap.transport.Port`: TimeoutError without a line, OSError when the port is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulated.token import EmulatedToken

DTR_SEEN_MS = 5


class EmulatedPort:
    """An open port. Reading lets emulated time pass until the bytes are there."""

    def __init__(self, token: EmulatedToken) -> None:
        self._token = token
        self._departures = token.departures
        self.name = f"emulated:{token.serial}"
        self._buffer = bytearray()
        self._open = True
        token.engine_call("serial", port="data", open=True)
        token.advance(DTR_SEEN_MS)

    def write(self, data: bytes) -> None:
        """Hands bytes to the host's driver, which sends them as the token takes them."""
        self._check()
        self._token.engine_call("serial", port="data", write=bytes(data))

    def read(self) -> bytes:
        """Whatever has arrived, perhaps nothing; no time passes."""
        self._take()
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def read_line(self, timeout: float = 5.0) -> bytes:
        """The next line without its newline. TimeoutError after `timeout` emulated seconds."""

        def complete() -> bool:
            self._check()
            self._take()
            return b"\n" in self._buffer

        self._token.wait_for(complete, timeout_ms=timeout * 1000)
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer[:] = rest
        return line

    def close(self) -> None:
        """Drops DTR; the token sees it a few emulated milliseconds later."""
        if self._open:
            self._open = False
            if self._token.departures != self._departures:
                return
            self._token.engine_call("serial", port="data", open=False)
            self._token.advance(DTR_SEEN_MS)

    def _check(self) -> None:
        if not self._open or self._token.departures != self._departures:
            raise OSError(f"{self.name} is closed or gone")

    def _take(self) -> None:
        self._buffer += self._token.take_serial("data")
