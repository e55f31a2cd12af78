"""Opens a port and waits until its token has answered `hello`, in small steps.

After a token is plugged in, its port appears, then the system gives this user access, then the firmware
answers. All code that opens a token waits here; waiting.py has the limits.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from ticktap.device import connection_loss, device_node, results, transport
from ticktap.device.client import Client
from ticktap.device.known_tokens import check_serial
from ticktap.device.token_methods import checked_hello
from ticktap.device.waiting import Waiting
from ticktap.errors import NoAnswer, PortUnavailable, TicktapError, TokenGone

ASK_AGAIN_S = (1.0, 2.0)  # seconds after the first request; after each later one
STEP_S = 0.1  # seconds between two attempts to open a port
TICK_S = 0.001  # seconds, the shortest wait for a response
MOST_LOSSES = 3  # losses of the port after which the token counts as gone
FIRST_NOTE_S = (
    3.0  # seconds without a response after which the user is informed, if the device's age is unknown
)


@dataclass(frozen=True)
class Token:
    """An open token and its HELLO. `simulated`: it is a simulator that runs on this computer."""

    client: Client
    hello: results.Hello
    path: str
    simulated: bool = False

    @property
    def label(self) -> str:
        """Name, serial number and port, for a list."""
        name = self.hello.get("name") or "(no name)"
        kind = "  (simulated)" if self.simulated else ""
        return f"{name}  serial {self.hello.get('serial')}  at {self.path}{kind}"


class Opening:
    """The opening of one port, until its token has answered or it has failed. Close it to stop.

    Args:
        address: a port path or URL.
        connect: opens a port.
        serial: the serial number in its USB descriptor, "" if unknown; None: it is looked up.
    """

    def __init__(
        self,
        address: str,
        waiting: Waiting,
        connect: Callable[[str], transport.Port] = transport.SerialPort,
        serial: str | None = None,
    ) -> None:
        self.address = address
        self._waiting, self._connect, self._serial = waiting, connect, serial
        self._client: Client | None = None
        self._absent_until = waiting.now() + waiting.port_s
        self._closed_until = waiting.now() + waiting.access_s
        self._losses = 0  # of the port
        self._asked = 0  # requests sent
        self._number = 0  # of the last request
        self._ask_at = self._opened_at = self._until = 0.0
        self._age: float | None = None  # seconds, of the device when the port was opened

    def step(self, timeout: float) -> Token | None:
        """Continues for about `timeout` seconds; returns the token once it has answered, else None.

        Raises:
            PortUnavailable: the port cannot be opened.
            NoAnswer: no response arrived in the time that a starting token needs.
            TokenError: it is not a ticktap token, or its protocol is newer.
        """
        try:
            if self._client is not None:
                return self._ask(self._client, timeout)
            self._open(timeout)
        except TokenGone:  # for example a device that is being reset
            self.close()
            self._losses += 1
            if self._losses > MOST_LOSSES:
                raise
            self._absent_until = self._waiting.now() + self._waiting.return_s
            self._pause(timeout)
        except BaseException:
            self.close()
            raise
        return None

    def hurry(self) -> None:
        """Stops waiting for a start, because another token has answered."""
        if self._client is not None:
            self._until = min(self._until, self._opened_at + self._waiting.answer_s)
        self._absent_until = self._closed_until = self._waiting.now()

    def close(self) -> None:
        """Closes the port, if it is open."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _open(self, timeout: float) -> None:
        waiting = self._waiting
        try:
            port = self._connect(self.address)
        except PortUnavailable as error:
            if not self._may_become_usable(error):
                raise
            self._pause(timeout)
            return
        self._client, self._asked = Client(port), 0
        self._opened_at = self._ask_at = waiting.now()
        self._age = waiting.age_s(self.address)
        left = waiting.start_s - (self._age or 0.0)
        self._until = self._opened_at + max(waiting.answer_s, left)

    def _may_become_usable(self, error: PortUnavailable) -> bool:
        """Whether the system may still be creating the port."""
        now = self._waiting.now()
        if error.reason in ("absent", "failed"):  # opening a node that is being removed fails
            return device_node.is_path(self.address) and now < self._absent_until
        if error.reason == "address" or now >= self._closed_until:
            return False
        age = self._waiting.node_age_s(self.address)
        return age is not None and age < self._waiting.start_s

    def _ask(self, client: Client, timeout: float) -> Token | None:
        waiting = self._waiting
        if waiting.now() >= self._ask_at:
            self._number = client.begin("hello")
            self._ask_at = waiting.now() + ASK_AGAIN_S[min(self._asked, 1)]
            self._asked += 1
        left = max(TICK_S, min(self._ask_at, self._until) - waiting.now())
        who = client.poll(self._number, "hello", min(timeout, left))
        if who is not None:
            hello = checked_hello(who, client.port.name)
            check_serial(hello, self._described_serial(), self.address)
            self._client = None  # the caller closes it
            return Token(client, hello, self.address)
        self._tell()
        if waiting.now() >= self._until:
            raise self._no_answer()
        return None

    def _described_serial(self) -> str:
        """The serial number in the port's USB descriptor; "" if the system does not report it."""
        if self._serial is not None or not device_node.is_path(self.address):
            return self._serial or ""
        real = os.path.realpath(self.address)
        return next((each.serial for each in self._waiting.find() if os.path.realpath(each.path) == real), "")

    def _tell(self) -> None:
        silence, waiting = self._waiting.now() - self._opened_at, self._waiting
        if self._age is None and silence >= FIRST_NOTE_S and self._until > waiting.now():
            waiting.tell_once(
                f"No response yet from {self.address}. A newly plugged-in token takes up to "
                f"{waiting.start_s:.0f} s to start."
            )
        elif self._age is not None and self._age < waiting.start_s and silence >= ASK_AGAIN_S[0]:
            waiting.tell_once("The token is starting.")

    def _no_answer(self) -> TicktapError:
        """Returns the error for a missing response, with the likely cause."""
        shared = connection_loss.shared_silence(self.address, "hello")
        if shared is not None:
            return shared
        what = f"the token at {self.address} did not answer hello"
        waited = self._waiting.now() - self._opened_at
        if waited > self._waiting.answer_s + ASK_AGAIN_S[0]:
            what += f" in {waited:.0f} s"
        port = next((each for each in self._waiting.find() if each.path == self.address), None)
        if port is not None and port.is_console:
            return NoAnswer(what, "This port is CircuitPython's console. Choose the token's other port.")
        if port is not None and port.why_rejected:
            return NoAnswer(
                what, f"This may not be a token: {port.why_rejected}. 'ticktap doctor' lists the ports."
            )
        return NoAnswer(
            what,
            "Unplug it and plug it in again. If it still does not answer, plug it in with its button held "
            "and run "
            "'ticktap firmware check'.",
        )

    def _pause(self, timeout: float) -> None:
        self._waiting.sleep(min(timeout, STEP_S))


def open_at(
    address: str, waiting: Waiting, connect: Callable[[str], transport.Port] = transport.SerialPort
) -> Token:
    """Opens the token at a port path or URL; waits for a token that is starting.

    Raises:
        TicktapError: as `Opening.step`.
    """
    opening = Opening(address, waiting, connect)
    try:
        while (token := opening.step(transport.SLICE)) is None:
            pass
        return token
    finally:
        opening.close()
