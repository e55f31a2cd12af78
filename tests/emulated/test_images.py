"""The compiled modules on each CircuitPython that is at hand, and the source where they are not taken."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from emulated.conftest import DRIVE, NOON
from emulated.enrolling import enrol
from emulated.images import booted, images
from emulated.token import EmulatedToken, first_boot
from emulated.uf2 import version_of
from system import oathtool
from ticktap.accounts import Account
from ticktap.client import Client
from ticktap.firmware.compiling import FOLDER, ROOTS

SECRET = b"12345678901234567890"
FIRST = f"{FOLDER}/{ROOTS[0].replace('.', '/')}.mpy"


def click_types_the_code(token: EmulatedToken) -> None:
    client = Client(token.open())
    enrol(token, client, Account("Example", "alice", SECRET))
    token.rtc(unix=NOON + 300)
    token.advance(1200)
    token.clear_typed()
    token.press()
    token.wait_for(lambda: len(token.typed) == 6)
    assert token.typed == oathtool.totp(SECRET, int(token.unix), digits=6, period=30, algorithm="SHA1")


def form_of(token: EmulatedToken) -> str:
    return str(Client(token.open()).status()["form"])


@pytest.mark.parametrize("uf2", images() or [None], ids=lambda uf2: uf2.stem[-6:] if uf2 else "none")
def test_the_compiled_form_runs_on_each_circuitpython(uf2: Path) -> None:
    with EmulatedToken(None, flash=booted(uf2, DRIVE), unix=NOON) as token:
        hello = Client(token.open()).call("hello", timeout=20)
        assert hello["circuitpython"] == ".".join(map(str, version_of(uf2)))
        assert form_of(token) == "compiled"
        click_types_the_code(token)


def marked_as_micropythons(drive: Path) -> None:
    """CircuitPython does not take such a file."""
    (drive / FIRST).write_bytes(b"M" + (drive / FIRST).read_bytes()[1:])


def without_the_first(drive: Path) -> None:
    (drive / FIRST).unlink()


def never_proven_with_this(drive: Path) -> None:
    code = (drive / "code.py").read_text()
    assert "(9, 10)" in code
    (drive / "code.py").write_text(code.replace("(9, 10)", "(9, 99)"))


def without_compiled_modules(drive: Path) -> None:
    shutil.rmtree(drive / FOLDER)


@pytest.mark.parametrize(
    "change", [marked_as_micropythons, without_the_first, never_proven_with_this, without_compiled_modules]
)
def test_the_source_runs_where_the_compiled_form_does_not(
    change: Callable[[Path], None], tmp_path: Path
) -> None:
    drive = tmp_path / "drive"
    shutil.copytree(DRIVE, drive)
    change(drive)
    with EmulatedToken(None, flash=first_boot(drive), unix=NOON) as token:
        port = token.open()
        port.write(b'{"jsonrpc":"2.0","id":0,"method":"status"}\n')
        assert json.loads(port.read_line(10))["result"]["form"] == "source"
        port.close()
        click_types_the_code(token)
