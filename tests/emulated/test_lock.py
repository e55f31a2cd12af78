"""PIN and owner on real CircuitPython: encryption, access without the key, and power cuts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from emulated.conftest import DRIVE, NOON
from emulated.token import EmulatedToken, first_boot
from ticktap.device import pin
from ticktap.device.client import Client
from ticktap.drive.build import create_store_file
from ticktap.errors import Locked, NotOwner, WrongPin
from ticktap.otp.account import Account

SECRET = b"\xc0\xdemarked secret 1234\xc0\xde"
OWNER = bytes.fromhex("0f1e2d3c4b5a69788796a5b4c3d2e1f0") * 2
PIN_KEY, WRONG_KEY = bytes(range(3, 195, 3)), bytes(64)  # the first is nowhere in CircuitPython itself
STRETCH = pin.KdfParams(bytes(16))
BUTTONS = "2413"


@pytest.fixture(scope="module")
def store_file_flash(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A drive with a store file that has booted once."""
    drive = tmp_path_factory.mktemp("lock") / "drive"
    shutil.copytree(DRIVE, drive)
    create_store_file(drive / "store" / "store.bin")
    return first_boot(drive)


def started(flash: bytes) -> EmulatedToken:
    return EmulatedToken(None, flash=flash, unix=NOON)


def connected(token: EmulatedToken) -> Client:
    """A client of a token that has started."""
    client = Client(token.open())
    client.status()  # waits longer than hello does
    return client


def pressed(token: EmulatedToken, call: Callable[..., Any], *arguments: Any) -> Any:
    """Makes a call that waits for a press, presses, and returns its result."""
    token.press_later(1200)
    if call.__name__ in ("claim", "set_pin", "set_pin_keys", "remove_pin", "reset"):
        token.press_later(2700)  # it needs two
    return call(*arguments)


@pytest.fixture(scope="module")
def locked_flash(store_file_flash: bytes) -> bytes:
    """One account, a PIN, a PIN for the buttons, an owner; unplugged."""
    with started(store_file_flash) as token:
        client = connected(token)
        account = Account("Quernstone", "alice@quern", SECRET)
        assert pressed(token, client.add_proved, account.to_params())["id"] == 1
        pressed(token, client.set_pin, PIN_KEY, STRETCH)
        pressed(token, client.set_pin_keys, BUTTONS)
        pressed(token, client.claim, OWNER, client.hello()["serial"])
        return token.power_cut()


def test_nothing_of_it_is_readable_on_the_flash(locked_flash: bytes) -> None:
    for part in (SECRET, b"Quernstone", b"alice@quern", PIN_KEY, OWNER):
        assert part not in locked_flash


def test_locked_it_types_nothing_and_lists_nothing(locked_flash: bytes) -> None:
    with started(locked_flash) as token:
        client = connected(token)
        assert client.hello()["locked"]
        with pytest.raises(NotOwner):
            client.accounts()
        with pytest.raises(Locked):
            client.code(1)
        token.press()
        token.advance(500)
        assert token.typed == ""
        client.unlock(PIN_KEY)
        assert [each["name"] for each in client.accounts()] == ["alice@quern"]
        token.advance(21_000)  # the click above began a PIN, which is dropped now
        token.press()
        token.advance(500)
        assert len(token.typed) == 6
        client.lock()
        token.clear_typed()
        token.press()
        token.advance(500)
        assert token.typed == ""


def test_tries_are_counted_over_cuts_and_the_last_erases(locked_flash: bytes) -> None:
    flash, left = locked_flash, 8
    for tries in (3, 3, 2):  # then the token must be replugged
        with started(flash) as token:
            client = connected(token)
            assert client.pin()["tries"] == left
            for _ in range(tries):
                left -= 1
                with pytest.raises(WrongPin if left else Locked):
                    client.unlock(WRONG_KEY)
            assert client.status()["accounts"] == (1 if left else 0)
            flash = token.power_cut()
    with started(flash) as token:
        status = connected(token).status()
        assert (status["accounts"], status["pin"]["set"], status["access"]["claimed"]) == (0, False, True)


def test_the_buttons_alone_unlock_it(locked_flash: bytes) -> None:
    with started(locked_flash) as token:
        client = connected(token)
        for digit in BUTTONS:
            for _ in range(int(digit)):
                token.press()
                token.advance(150)
            token.advance(1400)
        token.hold()
        token.wait_for(lambda: not client.hello()["locked"], 20_000, 500)
        token.press()
        token.advance(500)
        assert len(token.typed) == 6


def test_only_the_owner_changes_anything(locked_flash: bytes) -> None:
    with started(locked_flash) as token:
        client = connected(token)
        client.unlock(PIN_KEY)
        account = Account("Example", "bob", bytes(20)).to_params()
        changes = (lambda: client.add(account), lambda: client.rename(1, "", "x"), lambda: client.reset(1))
        for change in changes:
            with pytest.raises(NotOwner):
                change()
        serial = client.hello()["serial"]
        with pytest.raises(NotOwner):
            client.prove_owner(bytes(32), serial)
        client.prove_owner(OWNER, serial)
        assert client.add(account) == 2
        pressed(token, client.release)
        pressed(token, client.allow_changes)
        assert client.add(account) == 3
