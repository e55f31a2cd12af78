"""From power-on: a press while the modules are loaded is not lost, and what is loaded later has room."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from emulated.conftest import NOON
from emulated.enrolling import enrol
from emulated.filled import flash_with_accounts
from emulated.names import NameTable
from emulated.port import EmulatedPort
from emulated.screen import with_settings
from emulated.token import EmulatedToken
from integration import oathtool
from ticktap.device.client import Client
from ticktap.otp.account import Account

SECRET = b"12345678901234567890"
CODE_RUNS_MS = (
    310  # from power-on to the first lines of code.py, without the safe-mode wait; USB is configured later
)
NAMES_FREE = 200
MANY = 1000
MANY_S = 60
LEAST_HEAP = 12_000  # bytes; with 8,000, in small blocks, a long list ended in a MemoryError

# A request for each file of the protocol; some are refused, by the file itself.
LOADING = {
    "account": ("account.list", {}),
    "clock": ("clock.get", {}),
    "code": ("press.cancel", {}),
    "settings": ("settings.get", {}),
    "session": ("session.open", {"nonce": "AAAAAAAAAAAAAAAAAAAAAA=="}),
    "token": ("token.identify", {}),
    "pin": ("pin.info", {}),
    "store": ("store.compact", {"timeout": 0}),
}


@pytest.fixture(scope="module")
def enrolled(firmware_flash: bytes) -> bytes:
    with EmulatedToken(None, flash=firmware_flash, unix=NOON) as token:
        enrol(token, Client(token.open()), Account("Example", "alice", SECRET))
        return token.power_cut()


@pytest.mark.parametrize("delay_ms", [0, 40, 120])
def test_a_press_as_soon_as_the_keyboard_is_there_is_typed(enrolled: bytes, delay_ms: int) -> None:
    with EmulatedToken(None, flash=enrolled, unix=NOON) as token:
        token.plug()  # until the host has configured the keyboard
        token.advance(delay_ms)
        token.press()
        token.advance(1500)
        expected = oathtool.totp(SECRET, int(token.unix), digits=6, period=30, algorithm="SHA1")
        assert token.typed == expected


def test_a_press_before_the_host_is_ready_is_typed_when_it_is(enrolled: bytes) -> None:
    with EmulatedToken(None, flash=enrolled, unix=NOON) as token:
        token.plug(wait=False)
        token.wait_for(lambda: token.ms >= CODE_RUNS_MS + 20)
        assert token.usb != "configured"
        token.press(ms=40)
        token.advance(1500)
        assert len(token.typed) == 6


def test_a_press_that_is_refused_says_so(firmware_flash: bytes) -> None:
    with EmulatedToken(None, flash=firmware_flash, unix=NOON) as token:
        token.plug()
        token.press()
        token.advance(1000)
        assert Client(token.open()).status()["last"] == "no-account"
        assert token.typed == ""


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A token with a thousand accounts, one of each hash among them, and a screen."""
    flash = flash_with_accounts(tmp_path_factory.mktemp("crowded"), MANY, ("SHA1", "SHA256", "SHA512"))
    return with_settings(flash, {"TICKTAP_SCREEN": "128x32"})


@pytest.fixture
def full(crowded: bytes) -> Iterator[EmulatedToken]:
    with EmulatedToken(None, flash=crowded, unix=NOON, screen=True) as token:
        yield token


def ask(port: EmulatedPort, method: str, params: dict[str, Any]) -> Any:
    """The result, or the error's code where the token has a reason to refuse."""
    port.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
    answer = json.loads(port.read_line(MANY_S))
    if "error" in answer:
        assert answer["error"]["message"] != "Something unforeseen went wrong in the token.", answer
        return answer["error"]["code"]
    return answer["result"]


def press_for_each_hash(token: EmulatedToken) -> None:
    """Chooses the first three accounts with the one button, the one with the largest hash last."""
    for steps in range(3):
        token.clear_typed()
        token.hold(ms=900)
        token.advance(100)
        for _ in range(steps):
            token.press()
            token.advance(150)
        token.hold(ms=900)
        token.wait_for(lambda: len(token.typed) == 6)
        token.advance(300)


@pytest.mark.parametrize("order", [list(LOADING), list(reversed(LOADING))], ids=["forward", "backward"])
def test_everything_is_loaded_with_a_thousand_accounts(full: EmulatedToken, order: list[str]) -> None:
    """In any order. The hashes come last, when the heap is fullest, because they need the largest pieces."""
    port = full.open()
    assert ask(port, "status", {})["accounts"] == MANY
    for name in order:
        ask(port, *LOADING[name])
    press_for_each_hash(full)
    assert len(Client(port).accounts()) == MANY  # the longest responses
    status = ask(port, "status", {})
    assert (status["faults"], status["last"]) == (0, "typed")
    assert NameTable(full).left >= NAMES_FREE
    assert status["free_heap"] >= LEAST_HEAP
    assert full.resets == 0
