"""Plugging in: a press that comes while the token starts, and its modules as they are joined for the chip."""

import base64

import pytest

from support.joined_drive import joined_drive
from support.virtual_desk import Desk
from ticktap.drive.build import find_drive

CODE_MS = 1200  # from power-on to code.py; boot.py looks at the button 100 ms before
KEY = base64.b64encode(bytes(range(64))).decode()
SALT = base64.b64encode(bytes(range(16))).decode()


@pytest.mark.parametrize(("behind_ms", "contact_ms"), [(-40, 200), (2, 160), (110, 60), (300, 60)])
def test_a_press_while_it_starts_is_typed_once(alice, behind_ms, contact_ms):
    """Also one that began before the program did. Modules take no time here; test_start.py has the chip's."""
    alice.token.unplug()
    alice.token.clear_typed()
    alice.token.press_later(CODE_MS + behind_ms, contact_ms)
    alice.token.plug(wait=False)
    alice.token.advance(CODE_MS + 1500)
    assert alice.token.typed == alice.code()


def test_a_press_while_it_starts_that_is_refused_gives_its_signal(desk):
    desk.token.unplug()
    before = desk.token.ms + CODE_MS
    desk.token.press_later(CODE_MS - 40, 200)
    desk.token.plug(wait=False)
    desk.token.advance(CODE_MS + 2500)
    assert any(on >= 600 for on, _ in desk.lit_spells(before))
    desk.connect()
    assert desk.status()["last"] == "no-account"


def test_the_joined_modules_do_the_same(make_virtual_token, tmp_path):
    """Each file of the protocol, each hash, PIN, buttons and session. JOINED=1 runs all of this folder so."""
    desk = Desk(make_virtual_token(drive=joined_drive(find_drive(), tmp_path), store_file=True))
    desk.add()
    for name, algorithm in (("bob", "SHA256"), ("carol", "SHA512")):
        desk.add(name, algorithm=algorithm)
    assert desk.click() == desk.code()
    for position, algorithm in ((2, "SHA256"), (3, "SHA512")):
        desk.call("account.default", id=position)
        assert desk.click() == desk.code(algorithm=algorithm)
    assert desk.call("clock.get")["state"] == "ok"
    assert desk.call("settings.set", min_remaining_s=3)["min_remaining_s"] == 3
    desk.pressed("pin.set", key=KEY, salt=SALT, memory=65536, passes=3, lanes=4)
    desk.pressed("pin.keys", digits="1234")
    desk.call("pin.lock")
    assert desk.click() == ""
    desk.call("pin.unlock", key=KEY)
    assert desk.click() == desk.code(algorithm="SHA512")
    assert len(desk.call("session.open", nonce=base64.b64encode(bytes(16)).decode())["nonce"]) == 24
    desk.pressed("store.compact")
    assert [each["name"] for each in desk.call("account.list")["accounts"]] == ["alice", "bob", "carol"]
    status = desk.status()
    assert (status["faults"], status["form"]) == (0, "source")
