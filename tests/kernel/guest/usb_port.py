"""Ports of the guest's USB/IP host controller (vhci), each for one emulated board.

Does what the `usbip` program does: asks the server for its device and hands the connection to the kernel
(Linux, Documentation/usb/usbip_protocol.rst and drivers/usb/usbip/vhci_sysfs.c).
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
import time
from pathlib import Path

from kernel.guest.event import Event

HOST = "10.0.2.2"
CONTROLLER = Path("/sys/devices/platform/vhci_hcd.0")
VERSION, IMPORT_REQUEST = 0x0111, 0x8003
REPLY_SIZE = 320
DEVICE_NUMBER = 0x10002
FULL_SPEED = 2
FREE = "004"  # a port's state
STEP_S = 0.01


class UsbPorts:
    """Each op_attach adds a port; a board is plugged into it whenever the server has one."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._lock = threading.Lock()

    def op_attach(self, server_port: int) -> None:
        """From now on the board behind this TCP port of the host is plugged in when it is on the bus."""
        threading.Thread(target=self._follow, args=(server_port,), daemon=True).start()

    def _follow(self, server_port: int) -> None:
        while True:
            with contextlib.suppress(OSError):
                with socket.create_connection((HOST, server_port)) as connection:
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._import(connection)
                    port = self._hand_over(connection)
                    self._event("attached", server_port=server_port, port=port)
                    _until_closed(connection)
                _until_free(port)
                self._event("detached", server_port=server_port, port=port)
            time.sleep(STEP_S)

    def _import(self, connection: socket.socket) -> None:
        """Waits until the server has a device: it does not answer before."""
        connection.sendall(struct.pack(">HHI32s", VERSION, IMPORT_REQUEST, 0, b"1-1"))
        reply = b""
        while len(reply) < REPLY_SIZE:
            more = connection.recv(REPLY_SIZE - len(reply))
            if not more:
                raise ConnectionResetError
            reply += more
        if struct.unpack_from(">HHI", reply)[2]:
            raise ConnectionRefusedError

    def _hand_over(self, connection: socket.socket) -> int:
        with self._lock:
            port = next(number for hub, number, state in _ports() if hub == "hs" and state == FREE)
            words = (port, connection.fileno(), DEVICE_NUMBER, FULL_SPEED)
            (CONTROLLER / "attach").write_text(" ".join(map(str, words)))
        return port


def _ports() -> list[tuple[str, int, str]]:
    """(hub, number, state) of each port."""
    lines = (CONTROLLER / "status").read_text().splitlines()[1:]
    return [(hub, int(number), state) for hub, number, state, *_ in map(str.split, lines)]


def _until_closed(connection: socket.socket) -> None:
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP)
    poll.poll()


def _until_free(port: int) -> None:
    while not any((number, state) == (port, FREE) for _, number, state in _ports()):
        time.sleep(STEP_S)
