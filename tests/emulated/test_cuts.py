"""A few of the campaign's random power cuts on real CircuitPython (tools/campaign.py makes many more)."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulated import cuts
from emulated.conftest import OTHER_SIZES
from emulated.enrolling import flash_with_store_file

SEEDS = range(2)


@pytest.fixture(scope="module", params=[4, *OTHER_SIZES], ids="{}MB".format)
def nearly_full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> cuts.Made:
    folder: Path = tmp_path_factory.mktemp("cuts")
    return cuts.nearly_full(flash_with_store_file(folder, mib=request.param))


def test_cuts_at_random_moments_leave_before_or_after(nearly_full: cuts.Made) -> None:
    kinds = list(cuts.trials(nearly_full, ["remove"], SEEDS))
    assert set(kinds) <= {"before", "after"}
    assert len(kinds) == len(SEEDS)
