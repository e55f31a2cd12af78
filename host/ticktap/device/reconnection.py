"""Reconnects to a token whose port was lost and returned."""

from __future__ import annotations

from collections.abc import Callable

from ticktap.device import device_node, transport
from ticktap.device.opening import STEP_S, Token, open_at
from ticktap.device.waiting import Waiting
from ticktap.errors import TicktapError


def recoverable(token: Token, waiting: Waiting, connect: Callable[[str], transport.Port]) -> Token:
    """Makes the token's client search for a lost port and repeat requests that change nothing."""
    token.client.recovery = Recovery(token.path, str(token.hello.get("serial")), waiting, connect)
    return token


class Recovery:
    """Finds a token's port after a loss.

    Args:
        address: the token's port; only a path of this system is searched for.
        serial: the token's serial number. After a USB reset the port may have another name.
    """

    def __init__(
        self, address: str, serial: str, waiting: Waiting, connect: Callable[[str], transport.Port]
    ) -> None:
        self._address, self._serial = address, serial
        self._waiting, self._connect = waiting, connect

    def path(self) -> str | None:
        """Waits up to `Waiting.return_s` for the port; returns its path, or None."""
        waiting = self._waiting
        if not device_node.is_path(self._address):
            return None
        until = waiting.now() + waiting.return_s
        while True:
            waiting.sleep(STEP_S)  # the node of a removed device exists for a moment longer
            for path in self._paths():
                try:
                    self._connect(path).close()
                except TicktapError:
                    continue
                return path
            if waiting.now() >= until:
                return None

    def port(self, path: str) -> transport.Port | None:
        """Opens the port and checks with `hello` that it is the same token; None if it is not, or on
        failure.
        """
        try:
            token = open_at(path, self._waiting, self._connect)
        except TicktapError:
            return None
        if str(token.hello.get("serial")) != self._serial:
            token.client.close()
            return None
        self._waiting.tell("The USB connection was interrupted. The request is repeated.")
        return token.client.port

    def _paths(self) -> list[str]:
        same = [each for each in self._waiting.find() if each.serial.casefold() == self._serial.casefold()]
        found = [each.path for each in same if not each.why_rejected]
        return found or [self._address]
