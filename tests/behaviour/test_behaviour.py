"""The same behaviour on the simulator and on real CircuitPython, and no difference between the two."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from behaviour.conftest import PLACES, Played
from behaviour.desk import Transcript
from behaviour.differences import KNOWN, compare, times
from behaviour.scenarios import SCENARIOS


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(play: Played, place: str, name: str) -> None:
    """Its own assertions hold there."""
    assert isinstance(play(place, name), Transcript)


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_difference(play: Played, name: str, record_property: Callable[[str, str], None]) -> None:
    simulated, real = (play(place, name) for place in PLACES)
    for text in times(name, simulated, real):
        record_property("time", text)
    unexpected = []
    for difference in compare(name, simulated, real):
        record_property("difference", str(difference))
        if (name, difference.what) not in KNOWN:
            unexpected.append(str(difference))
    assert not unexpected, "\n".join(unexpected)
