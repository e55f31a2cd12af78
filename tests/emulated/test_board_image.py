"""`ticktap firmware image` on real CircuitPython: one file makes a token; a newer CircuitPython keeps it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emulated.conftest import NOON
from emulated.enrolling import enrol
from emulated.image import DRIVE, FLASH_SIZE, NVM
from emulated.images import READY_S, click, form_of, images
from emulated.token import EmulatedToken
from emulated.uf2 import load_uf2, version_of
from support.made_up_uf2 import flash_of
from ticktap.device.client import Client
from ticktap.drive.store_layout import place_of_store_file
from ticktap.otp.account import Account

PROVEN = images() or [None]


def made(uf2: Path, folder: Path) -> bytes:
    """The flash of a board onto whose bootloader the command's file was copied; it was in use before."""
    file = folder / "ticktap.uf2"
    command = [sys.executable, "-m", "ticktap", "firmware", "image", "--circuitpython", uf2, "-o", file]
    subprocess.run(command, check=True, capture_output=True)
    return flash_of(file.read_bytes(), FLASH_SIZE, before=0x5A)[0]


@pytest.mark.parametrize("uf2", PROVEN, ids=lambda uf2: uf2.stem[-6:] if uf2 else "none")
def test_the_file_alone_makes_a_token(uf2: Path, tmp_path: Path) -> None:
    with EmulatedToken(None, flash=made(uf2, tmp_path), unix=NOON) as token:
        client = Client(token.open())
        hello = client.call("hello", timeout=READY_S)
        assert tuple(map(int, hello["circuitpython"].split("."))) == version_of(uf2)
        assert form_of(token) == "compiled"
        typed, right = click(token)
        assert typed == right
        token.press_later(50)
        client.call("store.compact", {"timeout": 30}, 60)
        store = client.status()["store"]
        assert (store["file"], store["file_reason"]) == (True, None)
        flash = token.power_cut()
    assert place_of_store_file(flash[DRIVE]).usable
    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        client = Client(token.open())
        client.call("hello", timeout=READY_S)
        assert [each["name"] for each in client.accounts()] == ["alice"]


def test_a_newer_circuitpython_keeps_the_accounts(tmp_path: Path) -> None:
    """Its own file writes neither NVM nor drive: accounts, settings and store file stay as they are."""
    old, new = images()[0], images()[-1]
    with EmulatedToken(None, flash=made(old, tmp_path), unix=NOON) as token:
        client = Client(token.open())
        client.call("hello", timeout=READY_S)
        enrol(token, client, Account("Example", "kept", bytes(20)))
        before = token.power_cut()
    flash = bytearray(before)
    load_uf2(new, flash)
    assert (flash[NVM], flash[DRIVE]) == (before[NVM], before[DRIVE])
    with EmulatedToken(None, flash=bytes(flash), unix=NOON) as token:
        client = Client(token.open())
        hello = client.call("hello", timeout=READY_S)
        assert tuple(map(int, hello["circuitpython"].split("."))) == version_of(new)
        assert [each["name"] for each in client.accounts()] == ["kept"]
