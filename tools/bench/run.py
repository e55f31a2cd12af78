"""A run of the bench: how much to measure, and the flash contents that chips start with."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from emulated.screen import with_settings
from emulated.token import first_boot
from ticktap.drive.build import STORE_FILE_SIZE
from ticktap.drive.mpy_compile import FOLDER

ROOT = Path(__file__).parents[2]
DRIVE = ROOT / "dist" / "CIRCUITPY"
WORK = ROOT / "build" / "bench"
DRIVES = Path(__file__).parent / "drives"
PEERS = ROOT / "build" / "peers" / "bin"


class Run:
    """One run of the bench. `full` selects the promised counts instead of short ones."""

    def __init__(self, full: bool = False) -> None:
        self.full = full

    def count(self, short: int, full: int) -> int:
        """Returns the number of repetitions."""
        return full if self.full else short

    def flash(self, *, store_file: bool = False, source: bool = False) -> bytes:
        """A flash with the built drive that has booted once; see built_drive()."""
        return _booted(built_drive(store_file=store_file, source=source))

    def screen_flash(self, *, store_file: bool = False) -> bytes:
        """The flash of a token that has a screen on its clock's bus."""
        return with_settings(self.flash(store_file=store_file), {"TICKTAP_SCREEN": "128x32"})

    def peer_flash(self, name: str, packages: tuple[str, ...]) -> bytes:
        """A flash with a drive of `drives/` and installed packages in its lib folder, booted once."""
        return _booted(peer_drive(name, packages))


@cache
def _booted(drive: Path) -> bytes:
    return first_boot(drive)


@cache
def built_drive(*, store_file: bool = False, source: bool = False) -> Path:
    """The drive as it is copied to a board; with a store file, or without compiled modules, if asked."""
    if not store_file and not source:
        return DRIVE
    drive = fresh(f"built{'-store_file' * store_file}{'-source' * source}")
    shutil.copytree(DRIVE, drive, dirs_exist_ok=True)
    if store_file:
        (drive / "store").mkdir()
        (drive / "store" / "store.bin").write_bytes(b"\xff" * STORE_FILE_SIZE)
    if source:
        shutil.rmtree(drive / FOLDER)
    return drive


@cache
def peer_drive(name: str, packages: tuple[str, ...]) -> Path:
    """A drive of `drives/` with packages in its lib folder; "fob" is the firmware's own."""
    from emulated.conftest import copy_package

    drive = fresh(name)
    shutil.copytree(DRIVES / name, drive, dirs_exist_ok=True)
    (drive / "lib").mkdir()
    for package in packages:
        if package == "fob":
            shutil.copytree(DRIVE / "lib" / "fob", drive / "lib" / "fob")
        else:
            copy_package(package, drive / "lib")
    return drive


def with_files(drive: Path, name: str, files: Mapping[str, str]) -> Path:
    """A copy of a drive with some files replaced."""
    changed = fresh(name)
    shutil.copytree(drive, changed, dirs_exist_ok=True)
    for path, text in files.items():
        (changed / path).write_text(text)
    return changed


def fresh(name: str) -> Path:
    """An empty folder for a drive of this run, not shared with other processes."""
    import os

    folder = WORK / str(os.getpid()) / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
