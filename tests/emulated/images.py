"""The available CircuitPython images, and the proof that a drive's compiled modules run on one."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from emulated.download import check
from emulated.enrolling import enrol
from emulated.image import flash_image
from emulated.token import EmulatedToken
from emulated.uf2 import CACHE, find_uf2, version_of
from integration import oathtool
from ticktap.device.client import Client
from ticktap.drive.mpy_compile import PROVEN
from ticktap.otp.account import Account

NOON = 1_795_348_800  # 2026-11-22 12:00:00 UTC
READY_S = 20
SECRET = b"12345678901234567890"


class NotProven(Exception):
    """The drive did not run as expected; the message has the difference."""


def images() -> list[Path]:
    """UF2 files of the major versions that accept the compiled modules, oldest first: those in the cache, and
    that of find_uf2. download.Refused: one has a wrong checksum.
    """
    named = find_uf2()
    found = {*CACHE.expanduser().glob("*.uf2"), *([named] if named else [])}
    taken = [path for path in found if version_of(path)[:1] in {(major,) for major in PROVEN}]
    if not os.environ.get("CIRCUITPYTHON_UF2_SHA256"):
        for path in taken:
            check(path)
    return sorted(taken, key=version_of)


def booted(uf2: Path, drive: Path) -> bytes:
    """The flash of a board with that CircuitPython, after its first start with a drive."""
    with EmulatedToken(None, flash=flash_image(uf2, drive)) as token:
        token.plug()
        return token.flash


def prove(uf2: Path, drive: Path) -> dict[str, str]:
    """Starts an image with a drive, enrols, presses, and compares the code with oathtool's.

    Returns what was run. NotProven: the source runs, another version answers, or the code is wrong.
    """
    version = ".".join(map(str, version_of(uf2)))
    with EmulatedToken(None, flash=booted(uf2, drive), unix=NOON) as token:
        told = Client(token.open()).call("hello", timeout=READY_S)["circuitpython"]
        form = form_of(token)
        if (told, form) != (version, "compiled"):
            raise NotProven(f"{uf2.name}: {form} modules run, on CircuitPython {told}")
        typed, right = click(token)
        if typed != right:
            raise NotProven(f"{uf2.name}: a click typed {typed!r}, not {right!r}")
    return {
        "circuitpython": version,
        "image": uf2.name,
        "sha256": hashlib.sha256(uf2.read_bytes()).hexdigest(),
    }


def form_of(token: EmulatedToken) -> str:
    """Returns the form of the firmware that the token reports."""
    return str(Client(token.open()).call("status", timeout=READY_S)["form"])


def click(token: EmulatedToken) -> tuple[str, str]:
    """Enrols an account and clicks: (what was typed, oathtool's code at the chip's time)."""
    enrol(token, Client(token.open()), Account("Example", "alice", SECRET))
    token.rtc(unix=NOON + 300)
    token.advance(1200)
    token.clear_typed()
    token.press()
    token.wait_for(lambda: len(token.typed) == 6)
    return token.typed, oathtool.totp(SECRET, int(token.unix), digits=6, period=30, algorithm="SHA1")
