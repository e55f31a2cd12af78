"""A second program on the owner's port, in short."""

import pytest

from fuzz import sessions
from support.unpluggable_desk import Desk


@pytest.fixture(scope="module")
def desk():
    with Desk() as desk:
        sessions.prepare(desk)
        yield desk


@pytest.mark.parametrize("seed", range(3))
def test_what_was_overheard_is_worth_nothing(desk, seed):
    tried = sessions.attack(desk, seed, calls=4)
    assert tried.lines >= 4 * 10
    assert (tried.taken, tried.owner_failed) == (0, 0)


def test_whoever_has_the_key_would_be_noticed(desk, monkeypatch):
    """The attack with the owner's own key in the place of the made-up ones: it is taken, and that is seen."""
    key = desk.place.require()
    monkeypatch.setattr(sessions.Random, "randbytes", lambda self, size: bytes(key)[:size])
    assert sessions.attack(desk, 1, calls=2).taken
