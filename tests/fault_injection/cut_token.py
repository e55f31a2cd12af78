"""A token for the campaign of power cuts: asked over the wire, pressed, read back, its drive compared.

Whatever the protocol asks for before a change (a press, an owner) is arranged in `Hand`, and nowhere else.
"""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path
from typing import Any

from fault_injection.flash_recording import Tape
from fob.store.record_types import ACCOUNT
from fob.store.sector import HEADER_SIZE
from support.canaries import Canary
from support.record_scan import records_in
from ticktap.device.client import Client
from ticktap.drive.build import create_store_file, find_drive
from ticktap.errors import WrongPin
from ticktap.otp.account import Account
from ticktap.simulator import VirtualToken
from ticktap.simulator.parts.flash import SECTOR
from ticktap.simulator.parts.sector_cache import BLOCKS_PER_SECTOR, FIRST_SECTOR, VOLUME_ADDRESS

NOON = 1_800_000_000
STORE_FILE = "store/store.bin"
PRESS_AFTER_MS, PRESS_MS = 1_100.0, 60.0
ANSWER_S = 60.0
START_MS = 20_000.0
DIGITS = 6
TWICE = ("token.claim", "store.reset", "pin.set", "pin.remove", "pin.keys")  # need two presses
CHECK = 4  # bytes at the end of a record
PIECE = 12  # that are enough to know a record by
PINS = bytes(range(3, 195, 3)), bytes(range(195, 3, -3))  # keys of PINs that a token may have
OWNER = bytes(range(100, 132))
State = dict[str, Any]


def drive_with_store_file(folder: Path) -> Path:
    """The built drive and a store file, laid by the installer's own function."""
    drive = folder / "drive"
    shutil.copytree(find_drive(), drive)
    create_store_file(drive / STORE_FILE)
    return drive


class Hand:
    """One virtual token, used again for one flash after another."""

    _made = count(1)

    def __init__(self, drive: Path) -> None:
        self.token = VirtualToken(drive=drive)
        self.token.chip.random.seed(next(self._made))  # else the next one would make the same keys
        self._own = own_sectors(self.token)
        self._drive = b""
        self.traces: dict[int, bytes] = {}  # a piece of each account's record, as it was written to the flash

    def close(self) -> None:
        self.token.close()

    # --- power

    def start(self, flash: bytes | None = None) -> None:
        """Powers it on with this flash, and opens its port. AssertionError when it does not start."""
        self.boot(flash)
        self.connect()

    def boot(self, flash: bytes | None = None, *, wait: bool = True) -> None:
        """Powers it on; with `wait`, lets it start."""
        self.token.unplug()
        if flash is not None:
            self.token.flash.load(0, flash)
        self.token.rtc.set(NOON)
        self.token.clear_typed()
        self.token.plug(wait=False)
        if wait:
            self.wait()

    def wait(self) -> None:
        """Lets time pass until the program runs and a host has found its port."""
        self.token.advance_until(lambda: self.token.chip.usb.data.usable, START_MS, 10)

    def connect(self) -> None:
        """Waits until the token answers: by then it has ended whatever a cut interrupted."""
        assert self.token.error is None, f"code.py ended with {type(self.token.error).__name__}"
        self.client = Client(self.token.open())
        status = self.call("status")
        if status["access"]["claimed"]:
            self.prove()
        self.look_at_tries()
        self.pin = self._unlock() if status["pin"]["set"] else 0
        if status["access"]["changes"] == "press":
            self.press_for("session.allow")
            self.client.allow_changes()

    def prove(self) -> None:
        """Opens the owner's session."""
        self.client.prove_owner(OWNER, self.call("hello")["serial"])

    def look_at_tries(self) -> None:
        """How many wrong PINs it takes, before a right one sets that back."""
        self.tries = self.call("pin.info")["tries"]

    def _unlock(self) -> int:
        """Unlocks; which of PINS it was."""
        for number, key in enumerate(PINS):
            try:
                self.client.unlock(key)
                return number
            except WrongPin:
                continue
        raise AssertionError("no PIN that it had unlocks it")

    def cut(self) -> bytes:
        """Takes the power away; what the flash holds."""
        self.token.unplug()
        return self.token.flash.data

    # --- asking

    def call(self, method: str, **params: Any) -> Any:
        """What a method answers."""
        return self.client.call(method, params, ANSWER_S)

    def change(self, method: str, **params: Any) -> Any:
        """A method that changes something and is answered at once."""
        return self.call(method, **params)

    def pressed(self, method: str, **params: Any) -> Any:
        """A method that waits for a press, and the press."""
        self.press_for(method)
        return self.call(method, timeout=30, **params)

    def press_for(self, method: str) -> None:
        """Presses later, as often as the method needs."""
        for number in range(2 if method in TWICE else 1):
            self.token.press_later(PRESS_AFTER_MS + number * (PRESS_AFTER_MS + PRESS_MS), PRESS_MS)

    def enrol(self, name: str, canary: Canary, **more: Any) -> int:
        """Adds an account and returns its id."""
        account = Account("Example", name, canary.secret, **more)
        tape = Tape(self.token)
        id = int(self.change("account.add", **account.to_params())["id"])
        tape.stop()
        self.traces[id] = tape.steps[-1].operation.data[-CHECK - PIECE : -CHECK]
        return id

    def find_traces(self) -> None:
        """The same pieces as the flash has them now, because the accounts have been sealed anew."""
        data = self.token.flash.data
        for start in (sector * SECTOR for sector in self._own):
            for _, kind, body, _ in records_in(data[start + HEADER_SIZE : start + SECTOR - HEADER_SIZE]):
                if kind == ACCOUNT:
                    self.traces[int.from_bytes(body[:2], "little")] = body[-PIECE:]

    def remove(self, id: int) -> None:
        """Removes an account."""
        self.pressed("account.remove", id=id)

    def click(self) -> str:
        """A click, and the code it types."""
        self.token.clear_typed()
        self.token.press(ms=PRESS_MS)
        assert self.token.advance_until(lambda: len(self.token.typed) >= DIGITS, START_MS), "nothing typed"
        return self.token.typed

    # --- looking

    def state(self) -> State:
        """Everything that lasts, as a host reads it. AssertionError when the token is not well."""
        status = self.call("status")
        assert status["faults"] == 0, f"{status['faults']} faults, the last {status['fault']}"
        assert status["store"]["state"] in ("ok", "blank"), status["store"]
        return {
            "claimed": status["access"]["claimed"],
            "pin": {**status["pin"], "tries": None},
            "pin key": self.pin,
            "tries": self.tries,
            "clock set": status["clock"]["sets"],
            "name": self.call("hello")["name"],
            "accounts": self.client.accounts(),
            "settings": self.call("settings.get"),
        }

    def damaged(self) -> int:
        """Stretches of the store that are no record, as the token counts them."""
        return int(self.call("status")["store"]["damaged"])

    def keep_drive(self) -> None:
        """What is on the drive now is how it is to stay."""
        self._drive = self._outside(self.token.flash.data)

    def drive_is_whole(self, flash: bytes) -> bool:
        """Whether all of the drive but the store file's own erase sectors is what it was, byte for byte: its
        FAT,
        its directories, every other file."""
        return self._outside(flash) == self._drive

    def _outside(self, flash: bytes) -> bytes:
        return flash[VOLUME_ADDRESS : self._own.start * SECTOR] + flash[self._own.stop * SECTOR :]


def own_sectors(token: VirtualToken) -> range:
    """The erase sectors of the flash in which nothing lies but the store file."""
    where = token.drive.volume.geometry
    firsts = [where.block_of(cluster) for cluster in token.drive.volume.clusters(STORE_FILE)]
    blocks = [first + number for first in firsts for number in range(where.cluster_blocks)]
    assert blocks == list(range(blocks[0], blocks[-1] + 1)), "the store file lies in pieces"
    first = -(-blocks[0] // BLOCKS_PER_SECTOR)
    return range(FIRST_SECTOR + first, FIRST_SECTOR + (blocks[-1] + 1) // BLOCKS_PER_SECTOR)
