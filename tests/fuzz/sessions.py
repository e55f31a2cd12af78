"""Whoever shares the owner's port and has no key: lines played again, out of order, changed; other calls.

The attacker sees every line of the owner's session and may send any number of lines, at any time.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from support.canaries import Canary
from support.two_hosts import CALLS, Call, HostPort, Shared, outcome
from support.unpluggable_desk import Desk
from ticktap.device.client import Client
from ticktap.otp.account import Account

ATTACKER = "attacker"  # the id of its requests
DENIED = {11, -32700, -32600, -32602, -32001}


@dataclass
class Tried:
    """Lines of the attacker, how many did something, and calls of the owner that failed meanwhile."""

    lines: int = 0
    taken: int = 0
    owner_failed: int = 0


class Heard(HostPort):
    """The owner's end, overheard: `lines` are the sealed calls so far."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.lines: list[bytes] = []

    def write(self, data: bytes) -> None:
        if b"session.call" in data:
            self.lines.append(data)
        super().write(data)


def prepare(desk: Desk) -> None:
    """A token with two accounts and an owner."""
    with desk.client() as client:
        client.allow_changes()
        for name in ("alice", "bob"):
            client.add(Account("Example", name, Canary(name).secret).to_params())
        serial = client.hello()["serial"]
        client.claim(desk.place.require(), serial)
    desk.keep()


def attack(desk: Desk, seed: int, calls: int = 8) -> Tried:
    """One session of the owner with the attacker on the same port."""
    chance, tried = Random(seed), Tried()
    desk.replug(desk.memory)
    shared = Shared(desk.token)
    port = Heard(shared)
    owner, stranger = Client(port), Client(HostPort(shared))
    serial = owner.hello()["serial"]
    owner.prove_owner(desk.place.require(), serial)
    for number in range(calls):
        wanted = f"name {number}"
        done, _ = outcome(owner, lambda client, name=wanted: client.rename_token(name))
        tried.owner_failed += not done
        for line in _forgeries(chance, port.lines):
            tried.lines += 1
            tried.taken += _taken(shared, line)
        _interfere(stranger, chance, tried)
        if owner.hello()["name"] != wanted:
            tried.taken += 1
    accounts = desk.state()["accounts"]
    tried.taken += [account["name"] for account in accounts] != ["alice", "bob"]
    return tried


def _interfere(stranger: Client, chance: Random, tried: Tried) -> None:
    """Calls of a host without the key, and its tries to open a session."""
    call = CALLS[chance.choice(["add", "rename", "settings", "accounts"])]
    tried.lines += 1
    tried.taken += outcome(stranger, call)[0]
    for _ in range(2):
        tried.lines += 1
        tried.taken += outcome(stranger, _guess(chance.randbytes(32)))[0]
        stranger.session = None


def _guess(key: bytes) -> Call:
    return lambda client: client.prove_owner(key, client.hello()["serial"])


def _forgeries(chance: Random, lines: list[bytes]) -> Iterator[bytes]:
    """What can be made of what was heard, without the key."""
    latest = json.loads(lines[-1])
    yield lines[-1]
    yield from chance.sample(lines, min(3, len(lines)))
    params = latest["params"]
    mac = bytearray(base64.b64decode(params["mac"]))
    mac[chance.randrange(16)] ^= 1 << chance.randrange(8)
    following = params["seq"] + 1
    for changes in (
        {"seq": following},
        {"seq": following, "mac": base64.b64encode(mac).decode()},
        {"seq": following, "mac": base64.b64encode(chance.randbytes(16)).decode()},
        {"seq": following, "call": json.dumps({"method": "token.rename", "params": {"name": "stolen"}})},
        {"seq": following, "call": params["call"].replace("name ", "nome ")},
        {"seq": (1 << 32) - 1},
        {"seq": following, "mac": ""},
    ):
        yield json.dumps(latest | {"params": params | changes}).encode() + b"\n"


def _taken(shared: Shared, line: bytes) -> bool:
    """Sends a line under an id of the attacker's; whether it was answered with anything but a refusal."""
    request: dict[str, Any] = json.loads(line) | {"id": ATTACKER}
    shared.write(json.dumps(request).encode() + b"\n")
    while (reply := json.loads(shared.read_line(5)))["id"] != ATTACKER:
        pass
    return "error" not in reply or reply["error"]["code"] not in DENIED
