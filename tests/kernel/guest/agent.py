"""The guest's end of the channel to the tests: one JSON object a line, over a virtio serial port.

A request is {"id": n, "op": name, ...}; its reply {"id": n, "result": ...} or {"id": n, "error": text}.
Events are sent as {"event": kind, ...}: characters at the terminal, key events, kernel messages, serial data.
Bytes travel as base64.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kernel.guest.commands import Commands
from kernel.guest.desktop import Desktop
from kernel.guest.evdev import Evdev
from kernel.guest.kernel_log import follow_log
from kernel.guest.serial_ports import SerialPorts
from kernel.guest.usb_device import UsbDevices
from kernel.guest.usb_port import UsbPorts
from kernel.guest.vt import Vt

CHANNEL = "/dev/vport{}p1"
Say = Callable[..., None]


class Channel:
    """The line to the host. `say` may be called from any thread."""

    def __init__(self) -> None:
        self._file = _channel().open("r+b", buffering=0)  # noqa: SIM115  lives as long as the guest
        self._lock = threading.Lock()

    def say(self, **message: Any) -> None:
        data = json.dumps(message).encode() + b"\n"
        with self._lock:
            while data:
                data = data[self._file.write(data) :]

    def requests(self) -> Any:
        """The host's requests, one after the other."""
        pending = b""
        while True:
            pending += self._file.read(65536)
            *lines, pending = pending.split(b"\n")
            for line in lines:
                yield json.loads(line)


def _channel() -> Path:
    for number in range(8):
        if (path := Path(CHANNEL.format(number))).exists():
            return path
    raise OSError("no virtio serial port")


class Agent:
    """Executes requests. Long ones run in their own threads, so that others do not wait."""

    def __init__(self, channel: Channel) -> None:
        self._say = channel.say

        def event(kind: str, **values: object) -> None:
            channel.say(event=kind, **values)

        self._parts = [
            Commands(event),
            SerialPorts(event),
            UsbPorts(event),
            UsbDevices(),
            Vt(event),
            Evdev(event),
            Desktop(event),
        ]
        threading.Thread(target=follow_log, args=(event,), daemon=True).start()

    def answer(self, request: dict[str, Any]) -> None:
        id, op = request.pop("id"), request.pop("op")
        try:
            result = self._carry_out(op, request)
        except Exception as error:
            self._say(id=id, error=f"{type(error).__name__}: {error}")
        else:
            self._say(id=id, result=result)

    def _carry_out(self, op: str, parameters: dict[str, Any]) -> Any:
        if op == "time":
            return {"unix": time.time(), "uptime": time.monotonic()}
        if op == "write_file":
            return Path(parameters["path"]).write_text(parameters["text"])
        for part in self._parts:
            if method := getattr(part, f"op_{op}", None):
                return method(**parameters)
        raise ValueError(f"no such operation: {op}")


def main() -> None:
    channel = Channel()
    agent = Agent(channel)
    channel.say(event="ready", release=os.uname().release)
    for request in channel.requests():
        threading.Thread(target=agent.answer, args=(request,), daemon=True).start()


if __name__ == "__main__":
    main()
