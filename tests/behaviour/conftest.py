"""Runs scenarios in both places, each once, and reports what differed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from behaviour.desk import Desk, Transcript, emulated, simulated
from behaviour.scenarios import SCENARIOS
from emulated.conftest import firmware_flash  # noqa: F401  # a fixture
from emulated.uf2 import HOW_TO_GET, find_uf2
from ticktap.drive import find_drive

Played = Callable[[str, str], Transcript]
PLACES = ("simulator", "CircuitPython")


class Stage:
    """Plays scenarios, each once in a place. A token serves for many: to start one takes longest."""

    def __init__(self, flash: Callable[[], bytes]) -> None:
        self._flash = flash
        self._desks: dict[str, Desk] = {}
        self._open = ExitStack()
        self._played: dict[tuple[str, str], Transcript | Exception] = {}

    def play(self, place: str, name: str) -> Transcript:
        """The transcript of a scenario in a place. What failed once fails again."""
        if place != "simulator" and find_uf2() is None:
            pytest.skip(HOW_TO_GET)
        if (place, name) not in self._played:
            try:
                desk = self._desk(place)
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

    def _desk(self, place: str) -> Desk:
        if place in self._desks and not self._desks[place].spent:
            self._desks[place].start_again()
        else:
            desk = simulated(find_drive()) if place == "simulator" else emulated(self._flash())
            self._desks[place] = self._open.enter_context(desk)
        return self._desks[place]


@pytest.fixture(scope="module")
def play(request: pytest.FixtureRequest) -> Iterator[Played]:
    """play(place, scenario): its transcript."""
    stage = Stage(lambda: request.getfixturevalue("firmware_flash"))
    yield stage.play
    stage.clear()


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
