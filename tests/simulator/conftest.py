"""Small firmware for the simulator's own tests: a few lines in a folder, on a token, in simulated time."""

import shutil
import sysconfig
from pathlib import Path

import pytest

from ticktap.simulator import VirtualToken

SITE_PACKAGES = Path(sysconfig.get_paths()["purelib"])
SAMPLE_LIB = ("adafruit_ds3231.py", "adafruit_register", "adafruit_hid")


@pytest.fixture
def make_drive(tmp_path):
    """make_drive(code, boot=..., files={path: text}, lib=True) -> folder; lib adds Adafruit's libraries."""
    count = 0

    def make(code="", *, boot=None, files=(), lib=False):
        nonlocal count
        count += 1
        root = tmp_path / f"drive{count}"
        root.mkdir()
        for path, text in {"code.py": code, "boot.py": boot, **dict(files)}.items():
            if text is not None:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
        for name in SAMPLE_LIB if lib else ():
            source, target = SITE_PACKAGES / name, root / "lib" / name
            target.parent.mkdir(exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
        return root

    return make


@pytest.fixture
def run(make_drive):
    """run(code, plugged=True, ..., **arguments of VirtualToken) -> token that runs this firmware."""
    tokens = []

    def start(code="", *, boot=None, files=(), lib=False, plugged=True, **arguments):
        token = VirtualToken(make_drive(code, boot=boot, files=files, lib=lib), **arguments)
        tokens.append(token)
        if plugged:
            token.plug()
        return token

    yield start
    for token in tokens:
        token.close()


@pytest.fixture
def printed(run):
    """printed(code, ...) -> what that firmware prints while it starts, without the closing words."""

    def text(code, *, ms=0, **arguments):
        token = run(code, **arguments)
        token.advance(ms)
        return token.console.replace("\nCode done running.\n", "")

    return text
