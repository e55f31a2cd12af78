"""Two hosts on one port, and replies that are late, repeated, stolen or torn.

Programs that lock the port exclude each other. Without locks they share it as here: the bytes of both arrive
mixed, and each reply goes to the one that happens to read.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

from support.canaries import Canary
from support.unpluggable_desk import Desk
from ticktap.device.client import Client
from ticktap.device.owner_session import Session
from ticktap.device.transport import SerialPort
from ticktap.errors import TicktapError
from ticktap.otp.account import Account
from ticktap.simulator import VirtualToken

STEP_MS = 10.0
ARRIVES_MS = 4.0
AT_ONCE = 16  # closing pyserial's sockets takes 0.3 s each
NEVER = 1 << 30
PRESS_MS = 1_100  # the token shows for a second what the press is for


class Shared:
    """The shared byte stream; `thief` decides for each reply whether the other host reads it."""

    def __init__(self, token: VirtualToken) -> None:
        self.token = token
        self.channel = token.chip.usb.data
        self.channel.open()
        self.thief: Callable[[], bool] = lambda: False
        self.said: list[bytes] = []  # every line of the token
        self.session: Session | None = None  # that a press has allowed

    def host(self, port: HostPort) -> Client:
        """A client of a host that shares the session."""
        client = Client(port)
        client.session = self.session
        return client

    def allowed(self) -> Shared:
        """Allows changes by a press, for all hosts that share the line: they share the session's key too."""
        self.token.press_later(PRESS_MS)
        client = Client(HostPort(self))
        client.allow_changes()
        self.session = client.session
        self.said.clear()
        return self

    def write(self, data: bytes) -> None:
        self.channel.host_write(data)

    def read_line(self, timeout: float) -> bytes:
        """The next line that is not stolen; simulated time."""
        left = timeout * 1000
        while left > 0:
            line, newline, _ = bytes(self.channel.received).partition(b"\n")
            if newline:
                del self.channel.received[: len(line) + 1]
                self.said.append(line)
                if not self.thief():
                    return line
                continue
            self.token.advance(STEP_MS)
            left -= STEP_MS
        raise TimeoutError


class HostPort:
    """One host's end. `between` happens when `at` bytes of its next write are out."""

    name = "shared"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self.at = 0
        self.between: Callable[[], object] = lambda: None
        self.stale: list[bytes] = []  # lines that come before any other

    def write(self, data: bytes) -> None:
        self._shared.write(data[: self.at])
        between, self.between = self.between, lambda: None
        between()
        self._shared.write(data[self.at :])

    def read_line(self, timeout: float) -> bytes:
        return self.stale.pop(0) if self.stale else self._shared.read_line(timeout)

    def press(self) -> None:
        """Presses the button a little later."""
        self._shared.token.press_later(PRESS_MS)

    def close(self) -> None:
        """The other host still has it open."""


Call = Callable[[Client], object]
CALLS: dict[str, Call] = {
    "add": lambda client: client.add(Account("Second", "host", Canary("shared").secret).to_params()),
    "rename": lambda client: client.rename(1, "Example", "renamed"),
    "remove": lambda client: _removed(client, 2),
    "settings": lambda client: client.set_settings({"inter_key_ms": 7, "start_delay_ms": 9}),
    "accounts": lambda client: client.accounts(),
    "status": lambda client: client.status(),
}


def _removed(client: Client, number: int) -> None:
    """Removes an account, with the press that only this call waits for."""
    client.port.press()  # type: ignore[attr-defined]  # a HostPort
    client.remove(number)


def outcome(client: Client, call: Call) -> tuple[bool, Any]:
    """(whether it succeeded, its result); anything but a clean error is raised."""
    try:
        return True, call(client)
    except TicktapError as error:
        assert error.message
        assert error.remedy, error.message
        return False, None


def mixed(desk: Desk, first: str, second: str, at: int, chance: Random) -> tuple[bool, bool]:
    """Two calls, the second made when `at` bytes of the first are out; replies may go to the wrong one."""
    desk.replug(desk.memory)
    shared = Shared(desk.token).allowed()
    ours, theirs = HostPort(shared), HostPort(shared)
    told: list[bool] = []
    ours.at = at
    ours.between = lambda: told.append(outcome(shared.host(theirs), CALLS[second])[0])
    shared.thief = lambda: chance.random() < 0.25
    done, _ = outcome(shared.host(ours), CALLS[first])
    _expect(desk, {first: done, second: told[0]})
    return done, told[0]


def _expect(desk: Desk, said: dict[str, bool]) -> None:
    """Checks that everything reported as done was done, and nothing else."""
    state = desk.state()
    names = {account["id"]: account["name"] for account in state["accounts"]}
    done = {
        "add": "host" in names.values(),
        "rename": names.get(1) == "renamed",
        "remove": 2 not in names,
        "settings": (state["settings"]["inter_key_ms"], state["settings"]["start_delay_ms"]) == (7, 9),
    }
    for call, success in said.items():
        assert done.get(call, True) or not success, f"{call} was reported as done"
    for call, happened in done.items():
        assert call in said or not happened, f"{call} was done without a request"
    assert set(names.values()) <= {"alice", "renamed", "bob", "host"}
    assert state["settings"]["inter_key_ms"] in (0, 7)


def prepare(desk: Desk) -> None:
    """Prepares the token for the functions below."""
    with desk.client() as client:
        client.allow_changes()
        for name in ("alice", "bob"):
            client.add(Account("Example", name, Canary(name).secret).to_params())
    desk.keep()


def stale(desk: Desk, seed: int) -> int:
    """Gives a host stale replies to earlier ones, in any order and number; returns how many it received."""
    chance = Random(seed)
    desk.replug(desk.memory)
    shared = Shared(desk.token).allowed()
    calls = sorted(CALLS)
    earlier = shared.host(HostPort(shared))
    for _ in range(5):
        outcome(earlier, CALLS[chance.choice(calls)])
    port = HostPort(shared)
    client = shared.host(port)
    for _ in range(5):
        port.stale = [chance.choice(shared.said) for _ in range(chance.randrange(6))]
        port.stale += [line[: chance.randrange(len(line) + 1)] for line in port.stale[:2]]
        assert set(client.status()) >= {"clock", "accounts", "faults"}
        assert {account["id"] for account in client.accounts()} <= {1, 2, *range(3, 9)}
    return len(shared.said)


def while_waiting(desk: Desk, second: str) -> tuple[bool, bool]:
    """A second host's call while the first waits for a press: the first still gets its code, once."""
    desk.replug(desk.memory)
    shared = Shared(desk.token).allowed()
    ours, theirs = HostPort(shared), HostPort(shared)
    client, other = shared.host(ours), shared.host(theirs)
    told: list[bool] = []

    def meanwhile() -> None:
        desk.token.advance(ARRIVES_MS)
        told.append(outcome(other, WAITING_CALLS[second])[0])
        desk.token.press_later(PRESS_MS)

    ours.at, ours.between = NEVER, meanwhile
    done, result = outcome(client, lambda client: client.code(1))
    return told[0], done and len(result["code"]) == 6


WAITING_CALLS: dict[str, Call] = CALLS | {
    "code": lambda client: client.code(1),
    "type": lambda client: client.type(1),
    "compact": lambda client: client.compact(),
    "cancel": lambda client: client.cancel(),
}


def torn_replies(reply: bytes) -> Iterator[bool]:
    """For every length of `reply`: real pyserial receives so many bytes of it, and then the port closes.

    Yields whether the call succeeded, which it may only with the whole reply.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda heard: _torn(reply[:heard]), range(len(reply) + 1))


def _torn(heard: bytes) -> bool:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve_one, args=(server, heard))
        thread.start()
        with Client(SerialPort(f"socket://127.0.0.1:{server.getsockname()[1]}")) as client:
            client._number = 0  # so that the reply fits
            done, _ = outcome(client, lambda client: client.status())
        thread.join()
        return done


def _serve_one(server: socket.socket, heard: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(heard)
