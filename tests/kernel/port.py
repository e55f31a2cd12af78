"""A program's end of a serial port of the guest."""

from __future__ import annotations

import base64
import itertools
from typing import Protocol

from emulated.line_port import LinePort, Waits
from kernel.guest_machine import Guest, GuestError, encoded

STEP_MS = 5
LONG_MS = 120_000
_numbers = itertools.count(1)


class OpenedToken(Waits, Protocol):
    """What the port needs of a KernelToken."""

    guest: Guest
    sent_bytes: int


class GuestPort(LinePort):
    """An open /dev/ttyACM.

    raw      False leaves the terminal in its default mode, with echo
    reading  False never reads, like a stopped program
    """

    def __init__(self, token: OpenedToken, path: str, *, raw: bool = True, reading: bool = True) -> None:
        super().__init__(token, path, STEP_MS)
        self._token = token
        self._guest = token.guest
        self._number = next(_numbers)
        self._seen = {kind: len(self._guest.events[kind]) for kind in ("serial", "serial_gone")}
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

    def _arrived(self) -> bytes:
        events = self._guest.events["serial"]
        start, self._seen["serial"] = self._seen["serial"], len(events)
        new = [each for each in events[start : self._seen["serial"]] if each["number"] == self._number]
        return b"".join(base64.b64decode(each["data"]) for each in new)

    def _gone(self) -> bool:
        gone = self._guest.events["serial_gone"][self._seen["serial_gone"] :]
        return any(event["number"] == self._number for event in gone)

    def _let_go(self) -> None:
        self._guest.ask("close", number=self._number)
