"""Key and LED events of the guest's input devices (Linux, Documentation/input/event-codes.rst)."""

from __future__ import annotations

import fcntl
import os
import struct
import threading
from pathlib import Path

from kernel.guest.event import Event

EVENT = struct.Struct("llHHi")
AT_ONCE = 64
TYPES = {1: "key", 17: "led"}
EVIOCGNAME = 0x80FF4506


class Evdev:
    """Follows the token's input device: event "input" {"path", "type": "key" or "led", "code", "value"}."""

    def __init__(self, event: Event) -> None:
        self._event = event

    def op_follow_input(self, path: str) -> str:
        """Reads an input device until it is removed; returns its name."""
        file = os.open(path, os.O_RDONLY)
        name = fcntl.ioctl(file, EVIOCGNAME, bytes(255)).split(b"\0")[0].decode()
        threading.Thread(target=self._read, args=(file, path), daemon=True).start()
        return name

    def op_inputs(self) -> dict[str, str]:
        """Input devices by path, with their names."""
        return {
            f"/dev/input/{path.name}": (path / "device" / "name").read_text().strip()
            for path in Path("/sys/class/input").glob("event*")
        }

    def _read(self, file: int, path: str) -> None:
        while True:
            try:
                data = os.read(file, EVENT.size * AT_ONCE)
            except OSError:
                os.close(file)
                self._event("input_gone", path=path)
                return
            for _, _, kind, code, value in EVENT.iter_unpack(data):
                if kind in TYPES:
                    self._event("input", path=path, type=TYPES[kind], code=code, value=value)
