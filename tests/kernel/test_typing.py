"""Codes typed by the token as they arrive at the guest's virtual terminal and at a desktop's input device."""

from __future__ import annotations

import functools
import subprocess

import pytest

from kernel.enrol import CODES, KEY, add, connected
from kernel.token import KernelToken
from ticktap.device.client import Client
from ticktap.otp.code_check import steam

LAYOUTS = ("us", "fr", "de", "cz", "jp")
TYPED_MS = 5000
SETTLED_MS = 600


@pytest.fixture(scope="module")
def token(new_module_token) -> KernelToken:
    token = new_module_token()
    token.set_locks(num_lock=True, caps_lock=False)
    token.plug()
    return token


@pytest.fixture(scope="module")
def client(token) -> Client:
    client = connected(token)
    client.call("hello")
    return client


@functools.cache
def keymap(layout: str) -> str:
    """The console keymap that Debian makes for an xkb layout."""
    command = ["ckbcomp", "-model", "pc105", layout]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def terminal(guest, token, client):
    """terminal(layout) loads its keymap. Keymap, locks and the token's settings are put back."""
    yield lambda layout: guest.ask("keymap", text=keymap(layout))
    guest.ask("keymap", text=keymap("us"))
    token.set_locks(num_lock=True, caps_lock=False)
    client.set_settings({"digits": "auto", "layout": "us"})


def typed(token: KernelToken, length: int = 6) -> str:
    """What a press types: waits for so many characters, and for what may follow them."""
    token.clear_typed()
    token.press()
    token.wait_for(lambda: len(token.typed) >= length, TYPED_MS)
    token.advance(SETTLED_MS)
    return token.typed


def new_account(client: Client, **more: object) -> None:
    """A counted account that the next press types, from its first code on."""
    client.default(add(client, f"account {len(client.accounts())}", type="hotp", **more))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_keypad_and_number_row(client, token, terminal, layout):
    terminal(layout)
    new_account(client)
    assert typed(token) == CODES[0]
    client.set_settings({"digits": "row", "layout": layout})
    assert typed(token) == CODES[1]
    token.set_locks(num_lock=False, caps_lock=True)
    assert typed(token) == CODES[2]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_letters(client, token, terminal, layout):
    """Steam's codes, with and without Caps Lock."""
    terminal(layout)
    client.set_settings({"layout": layout})
    id = add(client, f"steam {layout}", type="steam")
    client.default(id)
    for caps in (False, True):
        token.set_locks(caps_lock=caps)
        code = typed(token, 5)
        step = int(token.unix) // 30
        assert code in [steam(KEY, each) for each in (step - 1, step)], caps


def test_enter_and_tab(client, token):
    new_account(client, suffix="enter")
    assert typed(token, 7) == CODES[0] + "\r"
    new_account(client, suffix="tab")
    assert typed(token, 7) == CODES[0] + "\t"


@pytest.mark.parametrize("caps", [False, True], ids=["caps-off", "caps-on"])
@pytest.mark.parametrize("num", [False, True], ids=["num-off", "num-on"])
def test_locks_when_plugged_in(new_token, num, caps):
    """The kernel reports its locks only if one is on; the code is right in any case, and the locks do not
    change."""
    token = new_token()
    token.set_locks(num_lock=num, caps_lock=caps)
    token.plug()
    add(connected(token), type="hotp")
    assert [typed(token), typed(token)] == CODES[:2]
    assert token.locks == (num, caps)


@pytest.mark.parametrize("num", [False, True], ids=["num-off", "num-on"])
@pytest.mark.parametrize("layout", ["us", "fr"])
def test_a_desktop(client, token, guest, layout, num):
    """libxkbcommon in place of the terminal's keymap; its LEDs reach the token through the input device."""
    new_account(client)
    guest.ask("desktop", path=token.device["input"], layout=layout, num=num)
    before = len(guest.events["desktop"])

    def text():
        return "".join(each["text"] for each in guest.events["desktop"][before:])

    for length in (6, 12):
        token.press()
        token.wait_for(lambda length=length: len(text()) >= length, TYPED_MS)
        token.advance(SETTLED_MS)
    guest.ask("desktop_ends")
    assert text() == CODES[0] + CODES[1]
