"""The built drive on real CircuitPython: the real command enrols, the click is typed, and oathtool agrees."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading

import pytest

from emulated.bridge import PtyBridge
from emulated.conftest import DRIVE, NOON
from emulated.token import EmulatedToken
from system import oathtool
from ticktap.client import Client
from ticktap.clock import sync

SECRETS = {  # RFC 6238, appendix B
    "SHA1": b"12345678901234567890",
    "SHA256": b"12345678901234567890123456789012",
    "SHA512": b"1234567890123456789012345678901234567890123456789012345678901234",
}
READY_MS = 8000


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
                bridge.do(lambda token: token.press_later(50))
                press = False
        reader.join()
    assert process.returncode == 0, (args, told, out)
    return out[0]


def click(token: EmulatedToken) -> str:
    """What a click types."""
    token.clear_typed()
    token.press()
    token.advance_until(lambda: token.typed and token.reports[-1][1] == bytes(8), 4000)
    return token.typed


def wait_until_ready(token: EmulatedToken) -> None:
    port = token.open()
    port.write(b'{"jsonrpc":"2.0","id":0,"method":"hello"}\n')
    assert b'"ticktap"' in port.read_line(READY_MS / 1000)
    port.close()


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, float]:
    """(flash, chip's time) of a token that the real command has set up, cut off in the middle of nothing."""
    from ticktap.accounts import Account
    from ticktap.formats import otpauth

    env = {"TICKTAP_HOME": str(tmp_path_factory.mktemp("home"))}
    with EmulatedToken(DRIVE, unix=NOON) as token:
        wait_until_ready(token)
        with token.serve_pty() as bridge:
            for algorithm, secret in SECRETS.items():
                account = Account("Example", algorithm, secret, "totp", algorithm, 6, 30, 0, "none")
                ticktap(bridge, "account", "add", answer=otpauth.format(account) + "\n", press=True, env=env)
            listed = ticktap(bridge, "account", "list", env=env)
        assert [name for name in SECRETS if name in listed] == list(SECRETS)
        return token.power_cut(), token.unix


def test_the_click_is_typed_and_right_after_a_replug(enrolled: tuple[bytes, float]) -> None:
    flash, unix = enrolled
    with EmulatedToken(None, flash=flash, unix=unix + 3600) as token:
        wait_until_ready(token)
        typed = click(token)
        want = oathtool.totp(SECRETS["SHA1"], int(token.unix), digits=6, period=30, algorithm="SHA1")
        assert typed == want


def test_every_hash_is_right_by_choosing_with_one_button(enrolled: tuple[bytes, float]) -> None:
    flash, _ = enrolled
    with EmulatedToken(None, flash=flash, unix=NOON + 3) as token:
        wait_until_ready(token)
        for steps, (algorithm, secret) in enumerate(SECRETS.items()):
            token.clear_typed()
            token.hold(ms=900)
            token.advance(100)
            for _ in range(steps):
                token.press()
                token.advance(150)
            token.hold(ms=900)
            token.advance_until(lambda: len(token.typed) == 6, 4000)
            token.advance(100)
            assert token.typed == oathtool.totp(
                secret, int(token.unix), digits=6, period=30, algorithm=algorithm
            )


class EmulatedTime:
    """The host's clock in emulated time, `ahead` of the chip's first power-on."""

    def __init__(self, token: EmulatedToken) -> None:
        self._token = token

    def time(self) -> float:
        return NOON + self._token.now_ms / 1000

    def sleep(self, seconds: float) -> None:
        self._token.advance(seconds * 1000)


def test_a_new_clock_module_is_set_to_the_second() -> None:
    with EmulatedToken(DRIVE, unix=None) as token:
        wait_until_ready(token)
        host = EmulatedTime(token)
        client = Client(token.open())
        assert client.clock()["state"] == "stopped"
        sync(client, host)
        assert abs(token.unix - host.time()) < 0.02
        assert client.clock()["state"] == "ok"


def test_a_stopped_clock_types_nothing_and_recovers(enrolled: tuple[bytes, float]) -> None:
    flash, _ = enrolled
    with EmulatedToken(None, flash=flash, unix=NOON + 3) as token:
        wait_until_ready(token)
        token.rtc(present=False)
        token.clear_typed()
        token.press()
        token.advance(500)
        assert token.typed == ""
        token.rtc(present=True)
        token.advance(1500)
        assert click(token) == oathtool.totp(
            SECRETS["SHA1"], int(token.unix), digits=6, period=30, algorithm="SHA1"
        )


def test_num_lock_is_switched_on_and_restored(enrolled: tuple[bytes, float]) -> None:
    flash, _ = enrolled
    with EmulatedToken(None, flash=flash, unix=NOON + 3) as token:
        wait_until_ready(token)
        token.set_locks(num_lock=False)
        token.advance(50)
        typed = click(token)
        token.advance(300)
        assert typed == oathtool.totp(SECRETS["SHA1"], int(token.unix), digits=6, period=30, algorithm="SHA1")
        assert token.locks == (False, False)


def test_a_host_that_sleeps_gets_nothing_not_even_later(enrolled: tuple[bytes, float]) -> None:
    flash, _ = enrolled
    with EmulatedToken(None, flash=flash, unix=NOON + 3) as token:
        wait_until_ready(token)
        token.suspend()
        token.advance(100)
        token.clear_typed()
        token.press()
        token.advance(3000)
        token.resume()
        token.advance(2000)
        assert token.typed == ""


def test_holding_the_button_while_plugging_in_opens_maintenance() -> None:
    with EmulatedToken(DRIVE, unix=NOON) as token:
        token.push()
        port = token.open()
        token.release()
        port.write(b'{"jsonrpc":"2.0","id":0,"method":"hello"}\n')
        assert b'"mode": "maintenance"' in port.read_line(READY_MS / 1000)
        assert "console" in token.engine_call("state")["ports"]


def test_a_second_boot_writes_nothing_to_the_drive(enrolled: tuple[bytes, float]) -> None:
    flash, _ = enrolled
    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        wait_until_ready(token)
        assert token.flash == flash
