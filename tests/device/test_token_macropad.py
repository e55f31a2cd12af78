"""A MacroPad: twelve keys, an encoder with a switch, a screen of its own."""

import pytest

from support.pin_desk import info, set_pin
from ticktap_hardware.board_pins import BOARDS

BOARD = BOARDS["adafruit_macropad_rp2040"]
SECRETS = {number: bytes((number,)) * 20 for number in range(1, 15)}
SWITCH = 13  # the encoder's, behind the twelve keys
DELETE, ZERO, ENTER = 10, 11, 12
PIN = "9070"


@pytest.fixture
def desk(make_desk):
    """With fourteen accounts, two more than keys."""
    desk = make_desk(
        board=BOARD.board_id,
        settings=BOARD.settings(),
        sda=BOARD.pins["SDA"],
        scl=BOARD.pins["SCL"],
        buttons=tuple(BOARD.pins[name] for name in (*BOARD.buttons, BOARD.encoder[2])),
        store_file=True,
    )
    for number, secret in SECRETS.items():
        desk.add(f"user{number}", secret)
    desk.to_second(3)
    desk.token.advance(1100)
    return desk


def turned(desk, clicks):
    """The screen's first line after turning."""
    desk.token.turn(clicks)
    desk.token.advance(300)
    return desk.token.screen[0]


@pytest.mark.parametrize("key", [1, 7, 12])
def test_key_n_is_account_n(desk, key):
    assert desk.click(key) == desk.code(SECRETS[key])
    assert desk.token.screen[0] == f"user{key}"


def test_turning_chooses_and_the_switch_types(desk):
    assert turned(desk, 1) == "user1"
    assert turned(desk, 3) == "user4"
    assert turned(desk, -5) == "user13"
    assert desk.click(SWITCH) == desk.code(SECRETS[13])


def test_a_choice_that_is_left_alone_ends(desk):
    turned(desk, 1)
    desk.token.advance(4500)
    assert desk.token.screen[0] == "ticktap"


def test_the_switch_alone_types_the_default_account(desk):
    desk.call("account.default", id=5)
    assert desk.click(SWITCH) == desk.code(SECRETS[5])


def dial(desk, *keys):
    for key in keys:
        desk.token.press(int(key))
        desk.token.advance(200)


@pytest.fixture
def locked(desk):
    set_pin(desk)
    assert desk.pressed("pin.keys", digits=PIN) == info(keys=True)
    desk.call("pin.lock")
    desk.token.advance(300)
    return desk


def test_a_pin_is_dialled(locked):
    dial(locked, 9, ZERO, 7)
    assert locked.token.screen[:2] == ["PIN", "***"]
    dial(locked, 3, DELETE, ZERO, ENTER)
    locked.token.advance(4000)
    assert locked.status()["pin"] == info(keys=True)
    locked.to_second(3)
    locked.token.advance(1100)
    assert locked.click(7) == locked.code(SECRETS[7])


def test_a_wrong_one_is_counted(locked):
    dial(locked, 1, 2, 3, 4, ENTER)
    locked.token.advance(4000)
    assert locked.status()["pin"] == info(keys=True, locked=True, tries=7)


def test_enter_alone_is_no_try(locked):
    dial(locked, ENTER)
    locked.token.advance(4000)
    assert locked.status()["pin"] == info(keys=True, locked=True)
