"""Runs scenarios in both places, each once, and reports what differed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from conformance.desk import Desk, Transcript, emulated, simulated
from conformance.scenarios import SCENARIOS, WITH_STORE_FILE
from emulated.conftest import firmware_flash
from emulated.enrolling import flash_with_store_file
from emulated.uf2 import HOW_TO_GET, find_uf2
from ticktap.drive.build import create_store_file, find_drive

__all__ = ["firmware_flash"]  # a fixture

Played = Callable[[str, str], Transcript]
Opener = Callable[[str, bool], AbstractContextManager[Desk]]
HERE = "tests/conformance/"
PLACES = ("simulator", "CircuitPython")
SAMPLE = tuple(f"requests-{name}" for name in ("accounts", "cancelled_and_busy", "hello_and_status"))
"""What is played on real CircuitPython in every test run: from one file, so that one token is started."""


class Stage:
    """Plays scenarios, each once in a place. A token serves for many: to start one takes longest."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._desks: dict[str, Desk] = {}
        self._open = ExitStack()
        self._played: dict[tuple[str, str], Transcript | Exception] = {}

    def play(self, place: str, name: str) -> Transcript:
        """The transcript of a scenario in a place. What failed once fails again."""
        if place != "simulator" and find_uf2() is None:
            pytest.skip(HOW_TO_GET)
        if (place, name) not in self._played:
            try:
                desk = self._desk(place, name in WITH_STORE_FILE)
                SCENARIOS[name](desk)
                self._played[place, name] = desk.transcript
            except Exception as error:
                self._played[place, name] = error
                self.clear()
        outcome = self._played[place, name]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def clear(self) -> None:
        """Whatever happened to the tokens, the next scenario gets new ones."""
        self._desks.clear()
        self._open.close()

    def _desk(self, place: str, store_file: bool) -> Desk:
        if place in self._desks and not self._desks[place].spent:
            self._desks[place].start_again()
        else:
            self._desks[place] = self._open.enter_context(self._opener(place, store_file))
            self._desks[place].begin()
        return self._desks[place]


@pytest.fixture(scope="module")
def play(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """play(place, scenario): its transcript. The scenarios of a file have one kind of drive."""

    def opener(place: str, store_file: bool) -> AbstractContextManager[Desk]:
        if place == "simulator":
            return simulated(
                drive_with_store_file(tmp_path_factory.mktemp("drive")) if store_file else find_drive()
            )
        if store_file:
            return emulated(flash_with_store_file(tmp_path_factory.mktemp("flash")))
        return emulated(request.getfixturevalue("firmware_flash"))

    stage = Stage(opener)
    yield stage.play
    stage.clear()


def drive_with_store_file(folder: Path) -> Path:
    """A copy of the built drive below `folder`, with a store file laid on it."""
    shutil.copytree(find_drive(), folder / "drive")
    create_store_file(folder / "drive" / "store" / "store.bin")
    return folder / "drive"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without --everywhere a sample goes to real CircuitPython; the summary says so."""
    if not config.getoption("everywhere"):
        left = [item for item in items if _is_for_everywhere(item)]
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)


def _is_for_everywhere(item: pytest.Item) -> bool:
    given = getattr(item, "callspec", None)
    if not item.nodeid.startswith(HERE) or given is None or "name" not in given.params:
        return False
    return given.params.get("place") != "simulator" and given.params["name"] not in SAMPLE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Every difference, and the times of both places, at the end of the run."""
    reports = [
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call" and report.nodeid.startswith(HERE)
    ]
    if not reports:
        return
    told = [each for report in reports for each in report.user_properties]
    differences = [text for kind, text in told if kind == "difference"]
    compared = sum("no_difference" in report.nodeid for report in reports)
    terminalreporter.section("simulator beside real CircuitPython")
    terminalreporter.line(
        f"{compared} of {len(SCENARIOS)} scenarios compared: {len(differences)} differences"
    )
    if not config.getoption("everywhere"):
        terminalreporter.line("only a sample was played on real CircuitPython; `make emulated` plays all")
    for text in differences + sorted(text for kind, text in told if kind == "time"):
        terminalreporter.line(text)
