"""A serial port of the guest, in the shape of emulated.port.EmulatedPort."""

from __future__ import annotations

import base64
import itertools
from typing import TYPE_CHECKING

from kernel.guest_machine import GuestError, encoded

if TYPE_CHECKING:
    from kernel.token import KernelToken

STEP_MS = 5
LONG_MS = 120_000
_numbers = itertools.count(1)


class GuestPort:
    """An open /dev/ttyACM. Time-outs are emulated seconds.

    raw      False leaves the terminal as the system has it, echo included
    reading  False never reads: a program that has stopped
    """

    def __init__(self, token: KernelToken, path: str, *, raw: bool = True, reading: bool = True) -> None:
        self._token, self._guest = token, token.guest
        self.name = path
        self._number = next(_numbers)
        self._seen = {kind: len(self._guest.events[kind]) for kind in ("serial", "serial_gone")}
        self._buffer = bytearray()
        self._open = True
        self._guest.ask("open", number=self._number, path=path, raw=raw, reading=reading)

    def write(self, data: bytes) -> None:
        """Writes bytes; returns when the token's controller has them all."""
        before = self._token.sent_bytes
        self.write_only(data)

        def arrived() -> bool:
            self._check()
            return self._token.sent_bytes >= before + len(data)

        self._token.wait_for(arrived, LONG_MS, STEP_MS)

    def write_only(self, data: bytes) -> int:
        """Hands bytes to the driver; how many it took."""
        self._check()
        try:
            return self._guest.ask("write", number=self._number, data=encoded(data))
        except GuestError as error:
            raise OSError(str(error)) from None

    def read(self) -> bytes:
        """Whatever has arrived, perhaps nothing; no time passes."""
        self._take()
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def read_line(self, timeout: float = 5.0) -> bytes:
        """The next line without its newline. TimeoutError after `timeout` emulated seconds."""

        def complete() -> bool:
            self._take()
            if b"\n" not in self._buffer:
                self._check()
            return b"\n" in self._buffer

        self._token.wait_for(complete, timeout * 1000, STEP_MS)
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer[:] = rest
        return line

    def close(self) -> None:
        """Closes the port, whether or not it has gone."""
        if self._open:
            self._open = False
            self._guest.ask("close", number=self._number)

    def _check(self) -> None:
        gone = self._guest.events["serial_gone"][self._seen["serial_gone"] :]
        if not self._open or any(event["number"] == self._number for event in gone):
            raise OSError(f"{self.name} is closed or gone")

    def _take(self) -> None:
        events = self._guest.events["serial"]
        start, self._seen["serial"] = self._seen["serial"], len(events)
        for event in events[start : self._seen["serial"]]:
            if event["number"] == self._number:
                self._buffer += base64.b64decode(event["data"])
