"""The clock commands on real CircuitPython: an uneven line; two syncs, a trim and its confirmation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emulated.conftest import NOON
from emulated.token import EmulatedToken
from ticktap.cli.framework import device_access, device_session
from ticktap.cli.main import main
from ticktap.clock import sync
from ticktap.device.client import Client
from ticktap.device.token_choice import Token
from ticktap.simulator.jittery_port import JitteryPort, SimulatedHostTime

READY_S = 10
HOURS_28 = 28 * 3600
PPM = 2.3


class World:
    """A token, a computer with the right time, and a command line that reaches it."""

    def __init__(self, token: EmulatedToken) -> None:
        self.token = token
        self.ahead = 0.0  # seconds in which the chip was in a drawer
        self.line = (0.0, 0.0)
        self.asked: list[str] = []

    def now(self) -> float:
        return NOON + self.ahead + self.token.ms / 1000

    @property
    def off(self) -> float:
        """Seconds that the chip is ahead of the world."""
        return self.token.unix - self.now()

    @contextmanager
    def open_token(self) -> Iterator[Token]:
        port = JitteryPort(self.token.open(), self.token.advance, *self.line, seed=3)
        port.write(b'{"jsonrpc":"2.0","id":0,"method":"hello"}\n')
        hello = json.loads(port.read_line(READY_S))["result"]
        with Client(port) as client:
            yield Token(client, hello, "emulated")

    def drawer(self, seconds: int, ppm: float) -> None:
        """Unplugs the token for some time, in which its clock drifts by `ppm`."""
        self.token.unplug()
        self.ahead += seconds
        self.token.rtc(advance=seconds * (1 + ppm / 1e6))
        self.token.plug()


@pytest.fixture
def world(firmware_flash: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with EmulatedToken(None, flash=firmware_flash, unix=NOON + 0.4) as token:
        world = World(token)
        monkeypatch.setenv("TICKTAP_HOME", str(tmp_path))
        monkeypatch.setattr(device_session, "open_token", world.open_token)
        monkeypatch.setattr(sync, "SystemTime", lambda: SimulatedHostTime(world.now, token.advance))

        def press(why: str, *_: object) -> None:
            world.asked.append(why)
            token.press_later(1200)

        monkeypatch.setattr(device_access, "ask_for_press", press)
        yield world


def ticktap(capsys: pytest.CaptureFixture[str], *words: str) -> dict | list:
    """The data of a command, run in this process: its seconds are the emulated ones."""
    main(["--json", "clock", *words], standalone_mode=False)
    return json.loads(capsys.readouterr().out)["data"]


def test_a_sync_over_an_uneven_line_is_within_the_goal(world: World, capsys) -> None:
    world.line = (1.0, 20.0)
    world.ahead = 1.7
    done = ticktap(capsys, "sync")
    assert abs(world.off) <= sync.GOAL
    assert abs(done["after"]["ms"] / 1000 - world.off) <= done["after"]["uncertainty_ms"] / 1000
    assert world.asked == [" to allow a larger change of its clock"]


def test_two_syncs_a_trim_and_a_confirmation(world: World, capsys, tmp_path: Path) -> None:
    ticktap(capsys, "sync")
    assert ticktap(capsys, "trim")["written"] is False
    world.drawer(HOURS_28, PPM)
    done = ticktap(capsys, "sync")
    assert done["before"]["offset"]["ms"] == pytest.approx(PPM * HOURS_28 / 1000, abs=8)
    assert abs(world.off) <= sync.GOAL
    trimmed = ticktap(capsys, "trim", "--write")
    assert (trimmed["written"], trimmed["aging"]) == (True, pytest.approx(23, abs=1))
    world.drawer(HOURS_28, PPM - trimmed["aging"] / 10)
    assert ticktap(capsys, "sync")["undone"] is None
    shown = ticktap(capsys, "show")
    assert shown["aging"] == trimmed["aging"]
    assert abs(shown["drift"]["ppm"]) < 0.2
    assert abs(shown["offset"]["ms"]) < 8
    assert shown["battery_failed"] is False
    listed = ticktap(capsys, "history", "--plot", str(tmp_path / "clock.svg"))
    assert [each["kind"] for each in listed] == ["sync", "sync", "trim", "sync", "seen"]
    assert "<svg" in (tmp_path / "clock.svg").read_text()
