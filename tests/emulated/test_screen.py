"""An OLED on the clock's lines, on real CircuitPython: what its memory holds after the driver's bytes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from emulated import screen_scene
from emulated.names import NameTable
from emulated.probe import Probe
from emulated.screen import Glyph, large_text_of, read_font, rows_of, text_of
from emulated.screen_scene import SECRET
from emulated.token import EmulatedToken
from integration import oathtool
from ticktap.device.client import Client

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "pictures" / "screen.png"
FREE_HEAP = 36_000
NAMES_FREE = 90  # without a hash of our own, which takes 60
LOOKS_MS = 300


@pytest.fixture(scope="module")
def font(shared_probe: Probe) -> dict[Glyph, str]:
    return read_font(shared_probe)


@pytest.fixture(scope="module")
def screened(firmware_flash: bytes) -> Iterator[EmulatedToken]:
    """A token with a screen and the scene's accounts."""
    with screen_scene.screened(firmware_flash) as token:
        screen_scene.furnish(token)
        yield token


@pytest.fixture
def token(screened: EmulatedToken) -> EmulatedToken:
    """At the 25th second of a step."""
    screened.rtc(unix=int(screened.unix) // 30 * 30 + 54)
    screened.advance(1200)
    screened.clear_typed()
    return screened


def right_code(token: EmulatedToken) -> str:
    return oathtool.totp(SECRET, int(token.unix), digits=6, period=30, algorithm="SHA1")


def read(token: EmulatedToken, font: dict[Glyph, str], ms: float = LOOKS_MS) -> list[str]:
    token.advance(ms)
    return text_of(rows_of(token), font)


def test_the_documents_picture_is_what_it_shows(screened: EmulatedToken, font: dict[Glyph, str]) -> None:
    """Update it with `make screen-picture`. Seconds left may differ by one."""
    sys.path.append(str(ROOT / "tools"))
    from screen_picture import panel

    live = [text_of(rows, font) for rows in screen_scene.panels(screened)]
    with Image.open(PICTURE) as image:
        kept = [text_of(panel(image, number, 32), font) for number in range(len(live))]
    assert [[re.sub(r"\d+s$", "", line) for line in lines] for lines in live] == [
        [re.sub(r"\d+s$", "", line) for line in lines] for lines in kept
    ]
    assert live[2] == ["Some Bank alice", "                  2/2"]
    assert live[3][0] == "Press for a code"


def test_a_press_types_the_code_and_shows_it_for_its_time(
    token: EmulatedToken, font: dict[Glyph, str]
) -> None:
    code = right_code(token)
    assert code[:3] not in "".join(read(token, font, 0))
    token.press()
    token.wait_for(lambda: len(token.typed) == 6)
    assert token.typed == code
    name, line = read(token, font)
    assert name == "Example alice"
    shown, left = line[:7], int(line[7:].strip().rstrip("s"))
    assert shown == f"{code[:3]} {code[3:]}"
    assert 2 <= left <= 4
    assert read(token, font, 1000)[1] == line[:-2] + f"{left - 1}s"
    assert read(token, font, (left - 1) * 1000) == ["ticktap", "2 accounts"]
    assert token.engine_call("screen")["unknown"] == []


def test_without_a_computer_the_code_is_readable(token: EmulatedToken, font: dict[Glyph, str]) -> None:
    token.suspend()
    token.advance(50)
    code = right_code(token)
    token.press()
    lines = read(token, font, 600)
    token.resume()
    token.advance(500)
    assert (lines[0], lines[1][:7]) == ("Example alice", f"{code[:3]} {code[3:]}")
    assert token.typed == ""


def test_a_bus_that_is_stuck_restarts_nothing(token: EmulatedToken, font: dict[Glyph, str]) -> None:
    restarts = token.resets
    token.press()
    token.advance(400)
    token.rtc(bus="sda-low")
    token.advance(3000)
    token.rtc(bus="ok")
    token.advance(2500)
    assert token.resets == restarts
    token.rtc(unix=int(token.unix) // 30 * 30 + 33)
    token.advance(1200)
    token.press()
    assert read(token, font, 500)[0] == "Example alice"


def test_the_token_works_on_when_its_screen_is_removed(token: EmulatedToken, font: dict[Glyph, str]) -> None:
    token.engine_call("screen", present=False)
    token.press()
    token.wait_for(lambda: len(token.typed) == 6)
    token.engine_call("screen", present=True)
    assert token.typed == right_code(token)


def test_a_taller_screen_has_large_digits(firmware_flash: bytes, font: dict[Glyph, str]) -> None:
    with screen_scene.screened(firmware_flash, "128x64") as token:
        screen_scene.furnish(token)
        token.rtc(unix=int(token.unix) // 30 * 30 + 33)
        token.advance(1200)
        code = right_code(token)
        token.press()
        token.advance(700)
        rows = rows_of(token)
        assert (len(rows), token.typed) == (64, code)
        lines = text_of(rows, font)
        assert lines[0] == "Example alice"
        assert large_text_of(rows, font) == f"{code[:3]} {code[3:]}"
        assert re.fullmatch(r"=+ +2[3-7]s", lines[3])
        assert lines[4] == ""


def test_free_memory_and_names_remain(screened: EmulatedToken) -> None:
    client = Client(screened.open())
    client.status()
    status = client.status()
    client.close()
    assert status["free_heap"] > FREE_HEAP
    assert status["faults"] == 0
    assert NameTable(screened).left >= NAMES_FREE
