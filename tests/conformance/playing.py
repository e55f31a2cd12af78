"""The two tests of every scenario: what it promises holds in each place, and the places do not differ."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.conftest import PLACES, Played
from conformance.desk import Transcript
from conformance.differences import KNOWN, compare, times
from conformance.scenarios import SCENARIOS

Test = Callable[..., None]


def both_places(file: str) -> tuple[Test, Test]:
    """Tests of the scenarios of one file, to be named test_... by the caller."""
    names = [name for name in SCENARIOS if name.startswith(f"{file}-")]
    assert names, f"no scenarios in {file}"

    @pytest.mark.parametrize("place", PLACES)
    @pytest.mark.parametrize("name", names)
    def scenario(play: Played, place: str, name: str) -> None:
        assert isinstance(play(place, name), Transcript)

    @pytest.mark.parametrize("name", names)
    def no_difference(play: Played, name: str, record_property: Callable[[str, str], None]) -> None:
        simulated, real = (play(place, name) for place in PLACES)
        for text in times(name, simulated, real):
            record_property("time", text)
        unexpected = []
        for difference in compare(name, simulated, real):
            record_property("difference", str(difference))
            if (name, difference.what) not in KNOWN:
                unexpected.append(str(difference))
        assert not unexpected, "\n".join(unexpected)

    return scenario, no_difference
