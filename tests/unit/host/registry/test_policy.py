"""The settings of sign-ins: names, defaults and ranges are those of this table, which is written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ticktap.errors import BadInput, NotFound
from ticktap.registry import Registry
from ticktap.registry.policy import RANGES, as_dict

# name: default, lowest, highest
SETTINGS = {
    "tries": (8, 1, 100),
    "failures_before_delay": (3, 0, 100),
    "wait": (1, 0, 3600),
    "longest_wait": (300, 0, 86400),
    "lock_minutes": (30, 0, 525600),
    "origin_tries": (100, 0, 100_000),
    "origin_minutes": (10, 1, 1440),
    "window": (1, 0, 10),  # RFC 6238 section 5.2 recommends at most one step
    "look_ahead": (10, 0, 100),
    "resync": (100, 0, 1000),
    "backup_codes": (5, 1, 20),
    "low_code_warning": (2, 0, 20),
    "issued_minutes": (10, 1, 1440),
}


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with Registry.open(tmp_path / "registry.db") as opened:
        yield opened


def test_names_and_defaults(registry: Registry) -> None:
    assert as_dict(registry.policy) == {name: default for name, (default, _, _) in SETTINGS.items()}
    assert {name: (low, high) for name, (_, low, high) in SETTINGS.items()} == RANGES


@pytest.mark.parametrize("name", SETTINGS)
def test_both_ends_of_a_range_are_accepted_and_nothing_beyond(registry: Registry, name: str) -> None:
    default, low, high = SETTINGS[name]
    others = as_dict(registry.policy)
    for value in (low, high):
        registry.set_policy(name, value)
        assert as_dict(registry.policy) == others | {name: value}
    for value in (low - 1, high + 1):
        with pytest.raises(BadInput, match=f"^{name} may be {low} to {high}$"):
            registry.set_policy(name, value)
        assert as_dict(registry.policy) == others | {name: high}
    registry.set_policy(name, default)
    assert as_dict(registry.policy) == others


@pytest.mark.parametrize("name", ["ahead", "lookahead", "Tries", ""])
def test_other_names_are_not_settings(registry: Registry, name: str) -> None:
    with pytest.raises(NotFound):
        registry.set_policy(name, 1)
