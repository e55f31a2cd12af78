"""From a port's address to a token that has answered `hello`, a little at a time.

Plugging a token in takes a while: first its port appears, then this user may open it, then the firmware
answers. Everything that opens a token waits here, for as long as that can take and no longer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ticktap.device import connection_loss, device_node, transport
from ticktap.device.client import Client, Data, checked_hello
from ticktap.device.waiting import Waiting
from ticktap.errors import NoAnswer, PortUnavailable, TicktapError, TokenGone

ASK_AGAIN_S = (1.0, 2.0)  # after the first question; after each later one
STEP_S = 0.1  # between two tries to open a port
TICK_S = 0.001  # the shortest wait for an answer
MOST_LOSSES = 3  # times that the port may go away before the token is called gone
FIRST_NOTE_S = 3.0  # silence after which the person is told, where the device's age is not known


@dataclass(frozen=True)
class Token:
    """An open token and what it said of itself. `simulated`: it is one of the simulators that run here."""

    client: Client
    hello: Data
    path: str
    simulated: bool = False

    @property
    def label(self) -> str:
        """Name, serial number and port, for a list a person chooses from."""
        name = self.hello.get("name") or "(no name)"
        kind = "  (simulated)" if self.simulated else ""
        return f"{name}  serial {self.hello.get('serial')}  at {self.path}{kind}"


class Opening:
    """One port, until it is an open token or has failed. Close it when neither is waited for any more.

    Args:
        address: a port path or URL.
        connect: opens a port.
    """

    def __init__(
        self, address: str, waiting: Waiting, connect: Callable[[str], transport.Port] = transport.SerialPort
    ) -> None:
        self.address = address
        self._waiting, self._connect = waiting, connect
        self._client: Client | None = None
        self._absent_until = waiting.now() + waiting.port_s
        self._closed_until = waiting.now() + waiting.access_s
        self._losses = 0  # times that the port went away
        self._asked = 0  # times
        self._number = 0  # of the last question
        self._ask_at = self._opened_at = self._until = 0.0
        self._age: float | None = None  # of the device when the port was opened

    def step(self, timeout: float) -> Token | None:
        """Goes on for about `timeout` seconds: the token once it has answered, else None.

        Raises:
            PortUnavailable: the port cannot be opened.
            NoAnswer: nothing answers, and a token that is starting would have.
            TokenError: it is no ticktap, or it speaks a newer protocol.
        """
        try:
            if self._client is not None:
                return self._ask(self._client, timeout)
            self._open(timeout)
        except TokenGone:  # as a device does that is being reset
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
        """Waits no longer for a start: another token has answered."""
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
        """Whether it may be a port that the system is still making."""
        now = self._waiting.now()
        if error.reason in ("absent", "failed"):  # a node that is going fails when it is opened
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
            self._client = None  # it is the caller's now
            return Token(client, hello, self.address)
        self._tell()
        if waiting.now() >= self._until:
            raise self._silent()
        return None

    def _tell(self) -> None:
        silence, waiting = self._waiting.now() - self._opened_at, self._waiting
        if self._age is None and silence >= FIRST_NOTE_S and self._until > waiting.now():
            waiting.tell_once(
                f"No answer yet from {self.address}. A token that was just plugged in takes up to "
                f"{waiting.start_s:.0f} s to start."
            )
        elif self._age is not None and self._age < waiting.start_s and silence >= ASK_AGAIN_S[0]:
            waiting.tell_once("The token is starting.")

    def _silent(self) -> TicktapError:
        """Why nothing may have come, as far as this computer knows."""
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
                what, f"It may be no token: {port.why_rejected}. 'ticktap doctor' lists the ports."
            )
        return NoAnswer(
            what,
            "Unplug it and plug it in again. If it stays silent, plug it in with its button held and run "
            "'ticktap firmware check'.",
        )

    def _pause(self, timeout: float) -> None:
        self._waiting.sleep(min(timeout, STEP_S))


def open_at(
    address: str, waiting: Waiting, connect: Callable[[str], transport.Port] = transport.SerialPort
) -> Token:
    """Opens the token at a port path or URL, and waits for one that is starting.

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
