"""Fixtures for tests on real CircuitPython. Without a UF2 they are not run, and one line says so."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulated.image import with_nvm
from emulated.probe import Probe, write_drive
from emulated.token import EmulatedToken, first_boot
from emulated.uf2 import HOW_TO_GET, find_uf2

DRIVE = Path(__file__).parents[2] / "dist" / "CIRCUITPY"
OTHER_SIZES = [pytest.param(mib, marks=pytest.mark.everywhere) for mib in (2, 8, 16)]
"""MiB of flash, in addition to 4 in short runs: most can go wrong in the layout of 4, and all other tests
have 2."""
NOON = 1_795_348_800  # 2026-11-22 12:00:00 UTC
# Long tests, and those similar to one of `make test`. `make emulated` (--everywhere) runs them.
LONG = {
    "test_clock_care.py",
    "test_cuts.py",
    "test_drive.py::test_a_block_outside_the_drive_is_refused",
    "test_drive.py::test_what_a_computer_writes_is_on_the_flash",
    "test_images.py::test_the_compiled_form_runs_on_each_circuitpython[10.0.3]",
    "test_images.py::test_the_source_runs_where_the_compiled_form_does_not",
    "test_lock.py::test_nothing_of_it_is_readable_on_the_flash",
    "test_lock.py::test_locked_it_types_nothing_and_lists_nothing",
    "test_lock.py::test_only_the_owner_changes_anything",
    "test_start.py::test_a_press_as_soon_as_the_keyboard_is_there_is_typed[0]",
    "test_start.py::test_a_press_as_soon_as_the_keyboard_is_there_is_typed[120]",
    "test_start.py::test_everything_is_loaded_with_a_thousand_accounts",
    "test_start.py::test_a_press_before_the_host_is_ready_is_typed_when_it_is",
    "test_start.py::test_a_press_that_is_refused_says_so",
    "test_token.py::test_a_host_that_sleeps_gets_nothing_not_even_later",
    "test_token.py::test_a_new_clock_module_is_set_to_the_second",
    "test_token.py::test_a_host_that_stops_reading_gets_nothing_late",
    "test_token.py::test_every_hash_is_right_by_choosing_with_one_button[0-SHA1]",
    "test_token.py::test_every_hash_is_right_by_choosing_with_one_button[1-SHA256]",
    "test_updates.py::test_accounts_are_there_after_a_cut_in_the_middle",
    "test_updates.py::test_accounts_come_back_after_a_cut_that_cost_the_drive",
    "test_updates.py::test_an_update_keeps_the_accounts",
    "test_updates.py::test_the_source_alone_keeps_the_accounts",
    "test_lock.py::test_tries_are_counted_over_cuts_and_the_last_erases",
    "test_lock.py::test_the_buttons_alone_unlock_it",
    "test_screen.py::test_a_bus_that_is_stuck_restarts_nothing",
    "test_screen.py::test_a_taller_screen_has_large_digits",
    "test_screen.py::test_the_documents_picture_is_what_it_shows",
    "test_store_file.py::test_cuts_while_everything_moves",
    "test_store_file.py::test_a_store_file_in_pieces_is_refused_and_said_to_be",
    "test_store_file.py::test_4_mb_take_as_many_accounts_as_2",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--everywhere", True):
        return
    long = [each for each in items if _names(each) & LONG]
    items[:] = [each for each in items if each not in long]
    config.hook.pytest_deselected(items=long)


def _names(item: pytest.Item) -> set[str]:
    """A test's names: its file, its function, and its function with parameters."""
    file = item.path.name
    return {file, f"{file}::{item.name.partition('[')[0]}", f"{file}::{item.name}"}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    if find_uf2() is None:
        pytest.skip(HOW_TO_GET)


@pytest.fixture(scope="session")
def firmware_flash() -> bytes:
    """A flash with the built drive (`make firmware`) that has booted once; its nvm is erased again."""
    if not DRIVE.is_dir():
        pytest.fail("there is no built drive; run `make firmware`")
    return with_nvm(first_boot(DRIVE), b"")


@pytest.fixture
def emulated_token(firmware_flash: bytes) -> Iterator[EmulatedToken]:
    """The built drive on real CircuitPython: power just on, nothing stored, the clock module set to NOON."""
    with EmulatedToken(None, flash=firmware_flash, unix=NOON) as token:
        yield token


@pytest.fixture(scope="session")
def shared_probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    """One chip running the probe, with the real DS3231 driver on its drive."""
    drive = write_drive(tmp_path_factory.mktemp("drive"))
    for package in ("adafruit_ds3231", "adafruit_register"):
        copy_package(package, drive / "lib")
    with EmulatedToken(drive, unix=NOON) as token:
        yield Probe(token)


@pytest.fixture
def probe(shared_probe: Probe) -> Iterator[Probe]:
    """The shared chip; reports of earlier tests are forgotten and the host's locks are reset."""
    token = shared_probe.token
    token.clear_typed()
    yield shared_probe
    token.set_locks(num_lock=True, caps_lock=False)


def copy_package(name: str, lib: Path) -> None:
    """Copies an installed pure-Python package or module into a drive's lib folder."""
    spec = importlib.util.find_spec(name)
    assert spec and spec.origin, f"{name} is not installed"
    lib.mkdir(exist_ok=True)
    source = Path(spec.origin)
    if source.name == "__init__.py":
        shutil.copytree(source.parent, lib / name, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, lib)
