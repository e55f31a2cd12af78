"""A program's end of the token's data channel (`usb_cdc.data`), in emulated time."""

from __future__ import annotations

from typing import Any, Protocol

from emulated.line_port import LinePort, Waits

DTR_SEEN_MS = 5
STEP_MS = 1


class OpenedToken(Waits, Protocol):
    """What the port needs of an EmulatedToken."""

    departures: int

    @property
    def serial(self) -> str: ...

    def advance(self, ms: float) -> None: ...

    def engine_call(self, name: str, **parameters: Any) -> dict[str, Any]: ...

    def take_serial(self, port: str) -> bytes: ...


class EmulatedPort(LinePort):
    """An open port of the emulated host."""

    def __init__(self, token: OpenedToken) -> None:
        super().__init__(token, f"emulated:{token.serial}", STEP_MS)
        self._token = token
        self._departures = token.departures
        token.engine_call("serial", port="data", open=True)
        token.advance(DTR_SEEN_MS)

    def write(self, data: bytes) -> None:
        """Hands bytes to the host's driver, which sends them as the token takes them."""
        self._check()
        self._token.engine_call("serial", port="data", write=bytes(data))

    def _arrived(self) -> bytes:
        return self._token.take_serial("data")

    def _gone(self) -> bool:
        return self._token.departures != self._departures

    def _let_go(self) -> None:
        """Drops DTR; the token sees it a few emulated milliseconds later."""
        if not self._gone():
            self._token.engine_call("serial", port="data", open=False)
            self._token.advance(DTR_SEEN_MS)
