"""Scenarios of tests/conformance with a real Linux kernel as the host, compared with the simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from conformance.conftest import Stage, drive_with_store_file
from conformance.desk import Desk, Transcript, on_linux, simulated
from conformance.differences import KNOWN, compare
from kernel.conftest import Machine

PLAYED = (
    "typing-counted_codes",
    "typing-suffixes",
    "typing-num_lock_switched_off",
    "typing-num_lock_off_at_plug_in",
    "typing-caps_lock_on",
    "typing-guard",
    "presses-nothing_to_type",
    "presses-fast_presses",
    "presses-settings_of_the_button",
    "requests-hello_and_status",
    "requests-codes_on_request",
    "requests-cancelled_and_busy",
    "requests-a_closed_port_drops_the_request",
    "lines-long_and_in_pieces",
    "clock-set_by_the_host",
    "power-replugged",
    "power-no_host",
    "power-maintenance",
)
"""Left out: those that need another kind of host, a day of time, or only a serial port of the host."""


@pytest.fixture(scope="module")
def play(
    machine: Machine, blank_flash: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, str], Transcript]]:
    """play(place, scenario) returns its transcript. Both tokens have a store file, for all scenarios."""

    def opener(place: str, store_file: bool) -> AbstractContextManager[Desk]:
        if place == "simulator":
            return simulated(drive_with_store_file(tmp_path_factory.mktemp("drive")))
        return on_linux(machine.token(blank_flash))

    stage = Stage(opener)
    yield stage.play
    stage.clear()


@pytest.mark.parametrize("name", PLAYED)
def test_scenario(play: Callable[[str, str], Transcript], name: str) -> None:
    simulated, real = (play(place, name) for place in ("simulator", "Linux"))
    different = [each for each in compare(name, simulated, real) if (name, each.what) not in KNOWN]
    assert not different, "\n".join(map(str, different))
