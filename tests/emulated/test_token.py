"""The built drive on real CircuitPython: the real command enrols, the click is typed, and oathtool agrees."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from emulated.bridge import PtyBridge
from emulated.conftest import NOON
from emulated.names import NameTable
from emulated.token import EmulatedToken
from integration import oathtool
from ticktap.clock.sync import sync
from ticktap.device.client import Client
from ticktap.formats import otpauth
from ticktap.otp.account import Account

SECRETS = {  # RFC 6238, appendix B
    "SHA1": b"12345678901234567890",
    "SHA256": b"12345678901234567890123456789012",
    "SHA512": b"1234567890123456789012345678901234567890123456789012345678901234",
}
READY_S = 8
NAMES_FREE = 200
RELEASED = bytes(8)


def ticktap(bridge: PtyBridge, *args: str, answer: str = "", press: bool = False, env: dict[str, str]) -> str:
    """Runs the real command on the token behind the bridge; with `press`, clicks when it asks to."""
    command = [sys.executable, "-m", "ticktap", "--device", bridge.path, *args]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **env},
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        out: list[str] = []
        reader = threading.Thread(target=lambda: out.append(process.stdout.read()))
        reader.start()
        process.stdin.write(answer)
        process.stdin.close()
        told = ""
        for line in process.stderr:
            told += line
            if press and re.search("press", line, re.IGNORECASE):
                bridge.do(lambda token: token.press_later(1200))
                press = False
        reader.join()
    assert process.returncode == 0, (args, told, out)
    return out[0]


def right_code(token: EmulatedToken, algorithm: str = "SHA1") -> str:
    """oathtool's code at the chip's time."""
    return oathtool.totp(SECRETS[algorithm], int(token.unix), digits=6, period=30, algorithm=algorithm)


def click(token: EmulatedToken) -> str:
    """What a click types."""
    token.clear_typed()
    token.press()
    token.wait_for(lambda: len(token.typed) >= 6 and token.reports[-1][1] == RELEASED)
    return token.typed


def choose(token: EmulatedToken, steps: int) -> None:
    """Types the code of the account so many clicks behind the first, chosen with one button."""
    token.hold(ms=900)
    token.advance(100)
    for _ in range(steps):
        token.press()
        token.advance(150)
    token.hold(ms=900)
    token.wait_for(lambda: len(token.typed) == 6)


def hello(token: EmulatedToken) -> bytes:
    """The answer of a token that is ready."""
    port = token.open()
    port.write(b'{"jsonrpc":"2.0","id":0,"method":"hello"}\n')
    answer = port.read_line(READY_S)
    port.close()
    return answer


class EmulatedTime:
    """The host's clock, in emulated time."""

    def __init__(self, token: EmulatedToken) -> None:
        self._token = token

    def time(self) -> float:
        return NOON + self._token.ms / 1000

    def sleep(self, seconds: float) -> None:
        self._token.advance(seconds * 1000)


@pytest.fixture(scope="module")
def enrolled(firmware_flash: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The flash of a token that the real command has set up, after its power was cut."""
    home = {"TICKTAP_HOME": str(tmp_path_factory.mktemp("home"))}
    with EmulatedToken(None, flash=firmware_flash, unix=NOON) as token:
        hello(token)
        with PtyBridge(token) as bridge:
            for algorithm, secret in SECRETS.items():
                uri = otpauth.format(Account("Example", algorithm, secret, "totp", algorithm, 6, 30))
                ticktap(bridge, "account", "add", answer=uri + "\n", press=True, env=home)
            listed = ticktap(bridge, "account", "list", env=home)
        assert [name for name in SECRETS if name in listed] == list(SECRETS)
        return token.power_cut()


@pytest.fixture(scope="module")
def replugged(enrolled: bytes) -> Iterator[EmulatedToken]:
    """The token plugged in again, an hour later."""
    with EmulatedToken(None, flash=enrolled, unix=NOON + 3600) as token:
        hello(token)
        yield token


@pytest.fixture
def token(replugged: EmulatedToken) -> EmulatedToken:
    """The replugged token at the start of a step, Num Lock on, the reports of other tests forgotten."""
    replugged.set_locks(num_lock=True, caps_lock=False)
    replugged.rtc(unix=int(replugged.unix) // 30 * 30 + 33)
    replugged.advance(1200)
    replugged.clear_typed()
    return replugged


def test_what_was_enrolled_is_typed_after_a_replug(token: EmulatedToken) -> None:
    assert click(token) == right_code(token)


def test_a_boot_writes_nothing_to_the_flash(replugged: EmulatedToken, enrolled: bytes) -> None:
    assert replugged.flash == enrolled


@pytest.mark.parametrize(("steps", "algorithm"), list(enumerate(SECRETS)))
def test_every_hash_is_right_by_choosing_with_one_button(
    token: EmulatedToken, steps: int, algorithm: str
) -> None:
    choose(token, steps)
    assert token.typed == right_code(token, algorithm)


def test_the_table_of_names_need_not_grow(token: EmulatedToken) -> None:
    """Its next size would be 7.7 KB in one piece. What costs names: make names."""
    for steps in (1, 2):  # with SHA-256 and SHA-512, which are imported when first needed
        token.advance(300)
        token.clear_typed()
        choose(token, steps)
    table = NameTable(token)
    assert {"sha256", "sha512"} <= set(table.met)
    assert table.left >= NAMES_FREE


def test_a_missing_clock_types_nothing_and_recovers(token: EmulatedToken) -> None:
    token.rtc(present=False)
    token.press()
    token.advance(500)
    assert token.typed == ""
    token.rtc(present=True)
    token.advance(1500)
    assert click(token) == right_code(token)


def test_num_lock_is_switched_on_and_restored(token: EmulatedToken) -> None:
    token.set_locks(num_lock=False)
    token.advance(50)
    assert click(token) == right_code(token)
    token.advance(300)
    assert token.locks == (False, False)


def test_a_host_that_sleeps_gets_nothing_not_even_later(token: EmulatedToken) -> None:
    token.suspend()
    token.advance(100)
    token.press()
    token.advance(4000)
    token.resume()
    token.advance(1000)
    assert token.typed == ""
    assert click(token) == right_code(token)


def test_a_suspended_port_of_an_awake_computer_is_woken(token: EmulatedToken) -> None:
    """CircuitPython signals remote wake-up 2 s after it was asked to."""
    token.host.resume_ms = 30
    token.suspend()
    token.advance(100)
    token.press()
    token.advance(3000)
    token.host.resume_ms = None
    assert token.host.wake_requests == 1
    assert token.typed == right_code(token)


def test_a_host_that_stops_reading_gets_nothing_late(token: EmulatedToken) -> None:
    restarts = token.resets
    token.host.polling = False
    token.press()
    token.advance(4000)
    token.host.polling = True
    token.wait_for(lambda: b'"ticktap"' in hello(token), 10_000)
    assert token.resets == restarts + 1
    assert token.typed == ""
    assert click(token) == right_code(token)


def test_a_new_clock_module_is_set_to_the_second(firmware_flash: bytes) -> None:
    with EmulatedToken(None, flash=firmware_flash, unix=None) as token:
        hello(token)
        host = EmulatedTime(token)
        client = Client(token.open())
        assert client.clock()["state"] == "stopped"
        token.press_later(1200)
        client.allow_clock()
        sync(client, host)
        assert abs(token.unix - host.time()) < 0.02
        assert client.clock()["state"] == "ok"


def test_holding_the_button_while_plugging_in_opens_maintenance(firmware_flash: bytes) -> None:
    with EmulatedToken(None, flash=firmware_flash, unix=NOON) as token:
        token.plug(maintenance=True)
        assert b'"mode": "maintenance"' in hello(token)
        assert "console" in token.engine_call("state")["ports"]
