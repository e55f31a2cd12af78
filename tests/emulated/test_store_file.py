"""The store file on real CircuitPython: more accounts than the log holds, and power cuts while they move."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from emulated import fat
from emulated.capacity import ready
from emulated.conftest import NOON, OTHER_SIZES
from emulated.enrolling import enrol, flash_with_store_file, usual
from emulated.image import DRIVE, NVM
from emulated.token import EmulatedToken
from ticktap.device.client import Client
from ticktap.drive import fat_geometry, fat_volume
from ticktap.drive.build import blank_store_file
from ticktap.drive.store_layout import place_of_store_file
from ticktap.errors import Refused
from ticktap.otp.account import Account

MARK = b"\xc0\xdemarked secret 1234\xc0\xde"
LONG = "names of sixty-four bytes, so that few accounts fill the log ..."
FIRST, MORE = 20, 3  # the log takes 21 such accounts, and has to be moved for another
MANY = 240
MOST_ERASES = 14  # of the one try to find a place in a store file that lies in pieces
CUTS = 2
STARTED = 10  # s; a start after a cut reads everything


@pytest.fixture(scope="module", params=[4, *OTHER_SIZES], ids="{}MB".format)
def full_log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The flash of a token whose log is about to be full."""
    flash = flash_with_store_file(tmp_path_factory.mktemp("store_file"), mib=request.param)
    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        client = Client(token.open())
        enrol(token, client, Account("Example", "marked", MARK))
        for n in range(1, FIRST):
            enrol(token, client, long_account(n))
        return token.power_cut()


def long_account(number: int) -> Account:
    return Account(LONG, f"{number:02}{LONG[2:]}", bytes(20))


def names(token: EmulatedToken) -> list[str]:
    client = Client(token.open())
    client.call("hello", timeout=STARTED)
    return [each["name"] for each in client.accounts()]


def add_more(token: EmulatedToken, client: Client) -> None:
    for n in range(FIRST, FIRST + MORE):
        enrol(token, client, long_account(n))


def test_more_than_the_log_holds_and_a_removed_secret_gone(full_log: bytes) -> None:
    with EmulatedToken(None, flash=full_log, unix=NOON) as token:
        before = token.flash
        client = Client(token.open())
        add_more(token, client)
        assert token.nvm != before[NVM] and token.flash[DRIVE] != before[DRIVE]
        token.press_later(1200)
        client.remove(1)
        assert MARK not in token.flash  # it never was: cuts.py looks for the encrypted record
        store = client.status()["store"]
        assert (store["file"], store["file_reason"]) == (True, None)
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


def test_4_mb_take_as_many_accounts_as_2(tmp_path: Path) -> None:
    """A few hundred; the simulator takes a thousand on either (tests/device/test_token_store_file.py)."""
    with EmulatedToken(None, flash=flash_with_store_file(tmp_path, mib=4), unix=NOON) as token:
        client = ready(token)
        promised = client.status()["store"]["size"]
        for number in range(MANY):
            enrol(token, client, usual(number))
        status = client.status()
        assert (status["accounts"], status["faults"], token.resets) == (MANY, 0, 0)
        assert (status["store"]["file"], status["store"]["size"]) == (True, promised)
        flash = token.power_cut()
    assert place_of_store_file(flash[DRIVE]).usable
    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        assert names(token) == [usual(number).name for number in range(MANY)]


@pytest.mark.parametrize("mib", [2, 4, 16])
def test_a_store_file_in_pieces_is_refused_and_said_to_be(mib: int, tmp_path: Path) -> None:
    """The host sees it on the drive, the token by its clock; log and other files stay as they are."""
    whole = flash_with_store_file(tmp_path, mib=mib)
    files = {**fat.read(whole[DRIVE]), "store/other.bin": bytes(20_000 * mib)}
    geometry = fat_geometry.read(whole[DRIVE][:512])
    volume = fat_volume.build(files, fat_volume.Layout(fragment=True), geometry)
    assert place_of_store_file(volume).reason == "fragmented"
    with EmulatedToken(None, flash=whole[: DRIVE.start] + volume, unix=NOON) as token:
        client = ready(token)
        enrol(token, client, Account("Example", "alice", bytes(20)))
        token.press_later(1200)
        with pytest.raises(Refused):
            client.call("store.compact", {"timeout": 30}, 60)
        erases = token.erases
        store = client.status()["store"]
        assert (store["file"], store["file_reason"]) == (False, "fragmented")
        assert erases <= MOST_ERASES
        after = token.power_cut()
    kept = fat.read(after[DRIVE])
    assert kept.pop("store/store.bin") == blank_store_file()
    assert kept == {path: body for path, body in files.items() if path != "store/store.bin"}
