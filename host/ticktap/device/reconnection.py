"""A token's connection, made again after its port went away and came back."""

from __future__ import annotations

from collections.abc import Callable

from ticktap.device import device_node, transport
from ticktap.device.opening import STEP_S, Token, open_at
from ticktap.device.waiting import Waiting
from ticktap.errors import TicktapError


def recoverable(token: Token, waiting: Waiting, connect: Callable[[str], transport.Port]) -> Token:
    """The same token; its client looks for the port when it is lost, and repeats what changes nothing."""
    token.client.recovery = Recovery(token.path, str(token.hello.get("serial")), waiting, connect)
    return token


class Recovery:
    """Finds a token's port again after a loss.

    Args:
        address: where the token was; only a path of this system is looked for.
        serial: the token's serial number. After a USB reset the port may have another name.
    """

    def __init__(
        self, address: str, serial: str, waiting: Waiting, connect: Callable[[str], transport.Port]
    ) -> None:
        self._address, self._serial = address, serial
        self._waiting, self._connect = waiting, connect

    def path(self) -> str | None:
        """Where the port is again, within `Waiting.return_s`; None when it stays away."""
        waiting = self._waiting
        if not device_node.is_path(self._address):
            return None
        until = waiting.now() + waiting.return_s
        while True:
            waiting.sleep(STEP_S)  # the node of a device that has just gone is there for a moment
            for path in self._paths():
                try:
                    self._connect(path).close()
                except TicktapError:
                    continue
                return path
            if waiting.now() >= until:
                return None

    def port(self, path: str) -> transport.Port | None:
        """The same token's port, open, after it has answered `hello`; None when it is another's or fails."""
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
