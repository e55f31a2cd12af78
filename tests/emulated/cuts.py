"""Random power cuts on real CircuitPython: operations recorded once, then cut at seeded random moments.

Up to a cut, an emulated chip does the same as without one, so each operation runs once, and its flash
operations are recorded with their times. A trial makes the flash contents that a cut at some moment leaves,
and starts a chip with them. Torn sectors are as in board/flash.mjs.

The start is not emulated again for each trial: until the firmware first reads nvm or store file, it does not
depend on their contents. `Restarts` finds that moment with two chips that differ only in these contents, and
goes back to it. The moment is always before the chip is on the USB bus, because the modelled computer's
progress in enumerating a device cannot be restored (board/memory.mjs).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pyotp

from emulated import fat
from emulated.capacity import LONG, ready
from emulated.conftest import NOON
from emulated.enrolling import enrol
from emulated.image import DRIVE, NVM
from emulated.token import EmulatedToken
from support.canaries import Canary
from ticktap.device.client import Client
from ticktap.errors import TicktapError
from ticktap.otp.account import Account

STORE_FILE = "store/store.bin"
TARGET, COUNTING = 1, 2
MARKED, COUNTED, NEW = (
    Canary("emulated cut target"),
    Canary("emulated cut counting"),
    Canary("emulated cut new"),
)
PIECE, CHECK = 12, 4  # bytes: enough to identify a record; its check value, at its end
ANSWER_S = 60
SEGMENT = b"ttseg\x02"  # how a segment of the store file begins
NOISE = 16 * 4096
LOOK_MS = 20
IN_OPERATION = 0.8  # share of the cuts that are during flash operations, if there are any
ERASE_WEIGHT = 6  # an erase takes a hundred times as long as a program; both must be cut often
Token = EmulatedToken
State = dict[str, Any]


def pressed(token: Token, client: Client, method: str, **params: Any) -> Any:
    """Makes a call that waits for a press, and presses."""
    token.press_later(1200)
    if method == "store.reset":
        token.press_later(2700)  # it needs two
    return client.call(method, {"timeout": 30, **params}, ANSWER_S)


def change(client: Client, method: str, **params: Any) -> Any:
    return client.call(method, params, ANSWER_S)


ACTS: dict[str, Callable[[Token, Client], object]] = {
    "add": lambda token, client: enrol(token, client, Account("Example", "new", NEW.secret)),
    "rename": lambda token, client: change(
        client, "account.rename", id=TARGET, issuer="Other", name="renamed"
    ),
    "remove": lambda token, client: pressed(token, client, "account.remove", id=TARGET),
    "default": lambda token, client: change(client, "account.default", id=COUNTING),
    "settings": lambda token, client: change(
        client, "settings.set", min_remaining_s=5, long_press_ms=1000, layout="fr"
    ),
    "HOTP code": lambda token, client: pressed(token, client, "code.get", id=COUNTING),
    "compaction": lambda token, client: pressed(token, client, "store.compact"),
    "reset": lambda token, client: pressed(token, client, "store.reset"),
}


@dataclass(frozen=True)
class Made:
    """A flash, and a part of the target's record on it, as stored."""

    flash: bytes
    trace: bytes


def nearly_full(flash: bytes) -> Made:
    """From a new token's flash: some accounts in the store file, and a log into which no long record fits."""
    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        client = ready(token)
        token.record_operations()
        enrol(token, client, Account("Example", "target", MARKED.secret))
        page = bytes(token.operations[-1]["data"]).rstrip(
            b"\xff"
        )  # CircuitPython programs nvm by whole pages
        trace = page[-CHECK - PIECE : -CHECK]
        assert len(set(trace)) > PIECE // 2
        enrol(token, client, Account("Example", "counting", COUNTED.secret, type="hotp", counter=7))
        enrol(token, client, Account("Example", "third", bytes(20)))
        pressed(token, client, "store.compact")
        while True:
            before, erases = token.flash, token.erases
            change(client, "account.rename", id=3, issuer=LONG, name=LONG)
            if token.erases > erases:
                return Made(before, trace)


@dataclass(frozen=True)
class Recorded:
    """An operation on a chip with `flash`: its flash operations, and the state before and after."""

    name: str
    flash: bytes
    operations: list[dict[str, Any]]
    began_ns: float
    ended_ns: float
    before: State
    after: State
    trace: bytes


def record(name: str, made: Made) -> Recorded:
    assert made.trace in made.flash
    with EmulatedToken(None, flash=made.flash, unix=NOON) as token:
        client = ready(token)
        before = state(client)
        start, began = token.flash, token.ms * 1e6
        token.record_operations()
        ACTS[name](token, client)
        operations, ended = token.operations, token.ms * 1e6
        return Recorded(name, start, operations, began, ended, before, state(client), made.trace)


def state(client: Client) -> State:
    """Returns the lasting state, as a host reads it. AssertionError: the token is damaged."""
    status = client.status()
    assert status["faults"] == 0, status["fault"]
    assert status["store"]["state"] in ("ok", "blank"), status["store"]
    assert status["store"]["damaged"] <= 2, status["store"]
    who = client.hello()
    return {"name": who["name"], "accounts": client.accounts(), "settings": client.settings()}


# -- cutting


def moment(recorded: Recorded, chance: Random) -> float:
    """Returns a moment for a cut in emulated ns, mostly during flash operations."""
    if recorded.operations and chance.random() < IN_OPERATION:
        weights = [ERASE_WEIGHT if each.get("size") else 1 for each in recorded.operations]
        (each,) = chance.choices(recorded.operations, weights)
        return float(each["at"] + chance.random() * each["ns"])
    return chance.uniform(recorded.began_ns, recorded.ended_ns)


def left_by_cut(recorded: Recorded, at_ns: float, chance: Random) -> bytes:
    """Returns the flash contents after a cut at that moment."""
    flash = bytearray(recorded.flash)
    for each in recorded.operations:
        share = min(1.0, (at_ns - each["at"]) / each["ns"])
        if share > 0:
            _do(flash, each, share, chance)
    return bytes(flash)


def _do(flash: bytearray, operation: dict[str, Any], share: float, chance: Random) -> None:
    """Performs a share of an operation. Programming clears bits, erasing sets them."""

    def some() -> int:
        return 0xFF if share >= 1 else sum(1 << bit for bit in range(8) if chance.random() < share)

    address = operation["address"]
    if operation.get("size"):
        for at in range(address, address + operation["size"]):
            flash[at] |= some()
        return
    for offset, byte in enumerate(operation["data"]):
        at = (address & ~0xFF) | (address + offset & 0xFF)
        flash[at] &= byte | ~some() & 0xFF


class Restarts:
    """A chip that is started repeatedly, with one flash after another. Use as a context manager."""

    def __init__(self, flash: bytes) -> None:
        self._flash = flash
        self.moment_ms = alike_until(flash, scrambled(flash))
        self.token = EmulatedToken(None, flash=flash, unix=NOON)

    def __enter__(self) -> Restarts:
        self.token.__enter__()
        self.token.advance(self.moment_ms)
        self.token.remember()
        return self

    def __exit__(self, *exception: object) -> None:
        self.token.close()

    def start(self, flash: bytes) -> Client:
        """Starts the chip with a flash that differs from the first one only in nvm and store file."""
        self.token.recall(flash)
        return ready(self.token)


def scrambled(flash: bytes) -> bytes:
    """Returns the flash with random bytes in nvm and in a part of the store file."""
    chance = Random(1)
    changed = bytearray(flash)
    changed[NVM] = chance.randbytes(NVM.stop - NVM.start)
    first = flash.index(SEGMENT, DRIVE.start)
    changed[first : first + NOISE] = chance.randbytes(NOISE)
    return bytes(changed)


def alike_until(one: bytes, other: bytes) -> float:
    """Emulated ms from power-on in which chips with these flashes have equal RAM and registers, and are not
    yet on the USB bus."""
    tokens = EmulatedToken(None, flash=one, unix=NOON), EmulatedToken(None, flash=other, unix=NOON)
    with tokens[0] as first, tokens[1] as second:
        while first.usb == "detached" and first.digest() == second.digest():
            moment = first.ms
            for token in tokens:
                token.advance(LOOK_MS)
    return moment - LOOK_MS


def tried(restarts: Restarts, recorded: Recorded, seed: int) -> str:
    """Makes one cut; returns "before", "after", or the fault."""
    chance = Random(f"{recorded.name} {seed}")
    at_ns = moment(recorded, chance)
    flash = left_by_cut(recorded, at_ns, chance)
    try:
        return _judged(restarts, recorded, flash)
    except (AssertionError, TicktapError, TimeoutError, ValueError) as error:
        return f"{recorded.name}, seed {seed}, {(at_ns - recorded.began_ns) / 1e6:.2f} ms: {error}"


def _judged(restarts: Restarts, recorded: Recorded, flash: bytes) -> str:
    assert drive_of(flash) == drive_of(recorded.flash), "the cut damaged the drive"
    client, token = restarts.start(flash), restarts.token
    found = state(client)
    assert found in (recorded.before, recorded.after), "neither before nor after"
    kind = "before" if found == recorded.before else "after"
    if kind == "after" and recorded.name in ("remove", "reset"):
        assert recorded.trace not in token.flash, "a removed secret is on the flash"
    for account in found["accounts"]:
        if account["id"] == COUNTING:
            _press(token, client, account["counter"])
    assert drive_of(token.flash) == drive_of(recorded.flash), "recovery damaged the drive"
    assert token.resets == 0, "the chip restarted"
    return kind


def _press(token: Token, client: Client, counter: int) -> None:
    """Checks that the code is that of the listed counter. Every cut is before the operation's answer, so no
    code has left the chip that the state before would make again."""
    result = pressed(token, client, "code.get", id=COUNTING)
    assert result["counter"] == counter, "another counter than was listed"
    assert result["code"] == pyotp.HOTP(COUNTED.base32).at(counter), "a wrong code"


def drive_of(flash: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The drive without the store file: FAT and root directory as they are, every other file by path."""
    volume = flash[DRIVE]
    files = fat.read(volume)
    del files[STORE_FILE]
    return volume[: fat.LAYOUTS[len(volume)].data], files


def trials(made: Made, names: list[str], seeds: range) -> Iterator[str]:
    """Cuts each operation once with each seed."""
    with Restarts(made.flash) as restarts:
        for name in names:
            recorded = record(name, made)
            for seed in seeds:
                yield tried(restarts, recorded, seed)
