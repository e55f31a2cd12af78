"""Serial ports opened by the agent itself, for tests that speak to the token line by line."""

from __future__ import annotations

import base64
import os
import select
import termios
import threading
import tty

from kernel.guest.event import Event

READ_SIZE = 4096


class SerialPorts:
    """Open ports, by the number the host has given them."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._ports: dict[int, _OpenPort] = {}

    def op_open(self, number: int, path: str, raw: bool = True, reading: bool = True) -> None:
        """Opens a port; `raw` False leaves the terminal in its default mode, with echo."""
        self._ports[number] = _OpenPort(self._event, number, path, raw, reading)

    def op_write(self, number: int, data: str) -> int:
        """Writes bytes; how many the driver took."""
        return os.write(self._ports[number].file, base64.b64decode(data))

    def op_close(self, number: int) -> None:
        self._ports.pop(number).close()


class _OpenPort:
    def __init__(self, event: Event, number: int, path: str, raw: bool, reading: bool) -> None:
        self.file = os.open(path, os.O_RDWR | os.O_NOCTTY)
        if raw:
            tty.setraw(self.file)
            termios.tcflush(self.file, termios.TCIFLUSH)
        self._event, self._number = event, number
        self._stop, self._stopped = os.pipe()
        self._reader = threading.Thread(target=self._read, daemon=True)
        if reading:
            self._reader.start()

    def close(self) -> None:
        os.close(self._stopped)
        if self._reader.is_alive():
            self._reader.join()
        os.close(self._stop)
        os.close(self.file)

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self.file, self._stop], [], [])
            if self._stop in ready:
                return
            try:
                data = os.read(self.file, READ_SIZE)
            except OSError:
                data = b""
            if not data:
                self._event("serial_gone", number=self._number)
                return
            self._event("serial", number=self._number, data=base64.b64encode(data).decode())
