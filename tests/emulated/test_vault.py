"""The vault on real CircuitPython: more accounts than the log holds, and power cuts while they move."""

from __future__ import annotations

import random
import shutil

import pytest

from emulated.conftest import DRIVE, NOON
from emulated.enrolling import enrol
from emulated.image import NVM
from emulated.token import EmulatedToken, first_boot
from ticktap.accounts import Account
from ticktap.client import Client
from ticktap.drive import lay_vault

MARK = b"\xc0\xdemarked secret 1234\xc0\xde"
FIRST, MORE = 64, 2
CUTS = 2
STARTED = 10  # s; a start after a cut reads everything


@pytest.fixture(scope="module")
def full_log(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The flash of a token whose log is about to be full."""
    drive = tmp_path_factory.mktemp("vault") / "drive"
    shutil.copytree(DRIVE, drive)
    lay_vault(drive / "vault" / "store.bin")
    with EmulatedToken(None, flash=first_boot(drive), unix=NOON) as token:
        client = Client(token.open())
        enrol(token, client, Account("Example", "marked", MARK))
        for n in range(1, FIRST):
            enrol(token, client, Account("Example", f"person{n}@example.com", bytes(20)))
        return token.power_cut()


def names(token: EmulatedToken) -> list[str]:
    client = Client(token.open())
    client.call("hello", timeout=STARTED)
    return [each["name"] for each in client.accounts()]


def add_more(token: EmulatedToken, client: Client) -> None:
    for n in range(FIRST, FIRST + MORE):
        enrol(token, client, Account("Example", f"person{n}@example.com", bytes(20)))


def test_more_than_the_log_holds_and_a_removed_secret_gone(full_log: bytes) -> None:
    with EmulatedToken(None, flash=full_log, unix=NOON) as token:
        before = token.flash
        client = Client(token.open())
        add_more(token, client)
        assert token.nvm != before[NVM]
        token.press_later(150)
        client.remove(1)
        assert MARK not in token.flash  # nor was it ever: cuts.py looks for what is sealed
        flash = token.power_cut()
    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        assert len(names(token)) == FIRST + MORE - 1


def test_cuts_while_everything_moves(full_log: bytes) -> None:
    chance = random.Random(7)
    for _ in range(CUTS):
        with EmulatedToken(None, flash=full_log, unix=NOON) as token:
            client = Client(token.open())
            had = names(token)
            token.open().write(b'{"jsonrpc":"2.0","id":1,"method":"account.remove","params":{"id":1}}\n')
            token.advance(50)
            token.press()
            token.advance(chance.uniform(1, 900))
            flash = token.power_cut()
            del client
        with EmulatedToken(None, flash=flash, unix=NOON) as token:
            assert names(token) in (had, had[1:])
            assert MARK not in token.flash
