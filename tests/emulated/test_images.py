"""The compiled modules on each available CircuitPython, and the source where they are not accepted."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from emulated.conftest import DRIVE, NOON
from emulated.images import click, form_of, images, prove
from emulated.token import EmulatedToken, first_boot
from ticktap.drive.mpy_compile import FOLDER, ROOTS

FIRST = f"{FOLDER}/{ROOTS[0].replace('.', '/')}.mpy"


@pytest.mark.parametrize("uf2", images() or [None], ids=lambda uf2: uf2.stem[-6:] if uf2 else "none")
def test_the_compiled_form_runs_on_each_circuitpython(uf2: Path) -> None:
    assert prove(uf2, DRIVE)["image"] == uf2.name


def marked_as_micropythons(drive: Path) -> None:
    """CircuitPython rejects such a file."""
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
        assert form_of(token) == "source"
        typed, right = click(token)
        assert typed == right
