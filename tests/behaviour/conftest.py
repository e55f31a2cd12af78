"""Runs scenarios in both places, each once, and reports what differed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from behaviour.desk import Transcript, emulated, simulated
from behaviour.scenarios import SCENARIOS
from emulated.conftest import firmware_flash  # noqa: F401  # a fixture
from emulated.uf2 import HOW_TO_GET, find_uf2
from ticktap.drive import find_drive

Played = Callable[[str, str], Transcript]
PLACES = ("simulator", "CircuitPython")


@pytest.fixture(scope="session")
def play(request: pytest.FixtureRequest) -> Iterator[Played]:
    """play(place, scenario): the transcript of a scenario in a place. What failed once fails again."""
    played: dict[tuple[str, str], Transcript | BaseException] = {}

    def once(place: str, name: str) -> Transcript:
        if place != "simulator" and find_uf2() is None:
            pytest.skip(HOW_TO_GET)
        if (place, name) not in played:
            try:
                played[place, name] = _play(place, name, request)
            except (AssertionError, Exception) as error:
                played[place, name] = error
        outcome = played[place, name]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    yield once


def _play(place: str, name: str, request: pytest.FixtureRequest) -> Transcript:
    if place == "simulator":
        desks = simulated(_drive())
    else:
        desks = emulated(request.getfixturevalue("firmware_flash"))
    with desks as desk:
        SCENARIOS[name](desk)
        return desk.transcript


def _drive() -> Path:
    return find_drive()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Every difference, and the times of both places, at the end of the run."""
    told = [
        (kind, text)
        for reports in terminalreporter.stats.values()
        for report in reports
        for kind, text in getattr(report, "user_properties", ())
        if kind in ("difference", "time")
    ]
    if told:
        terminalreporter.section("simulator beside real CircuitPython")
        differences = [text for kind, text in told if kind == "difference"]
        terminalreporter.line(f"{len(differences)} differences")
        for text in differences + sorted(text for kind, text in told if kind == "time"):
            terminalreporter.line(text)
