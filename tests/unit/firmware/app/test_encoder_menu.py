"""An encoder's clicks to the choice of an account."""

from types import SimpleNamespace

import pytest

from fob.app.account_menu import Chooser
from fob.app.encoder_menu import Turning


class Store(list):
    """Accounts, and whether they are locked."""

    locked = False


@pytest.fixture
def token():
    shown = []
    token = SimpleNamespace(
        chooser=Chooser(),
        delivery=SimpleNamespace(typing=False, waiting=None),
        request=None,
        store=Store([4, 9, 2]),
        choose_until=lambda: 4000,
        shown=shown,
    )
    token.show_choice = lambda: shown.append(token.chooser.position)
    return token


def turn(token, *clicks):
    """The positions shown, one for each time that the encoder was looked at and had moved."""
    clicks = iter(clicks)
    turning = Turning(SimpleNamespace(turned=lambda: next(clicks)))
    for _ in range(clicks.__length_hint__()):
        turning.step(token)
    return token.shown


def test_the_first_turn_opens_and_the_next_ones_move(token):
    assert turn(token, 1, 0, 1, 1) == [0, 1, 2]


def test_round_and_round_in_both_directions(token):
    assert turn(token, -1, -1, -1, 2, 5) == [0, 2, 1, 0, 2]


def test_turning_keeps_the_choice_open(token):
    turn(token, 1, 1)
    assert not token.chooser.expire(3999)
    assert token.chooser.expire(4000)


@pytest.mark.parametrize(
    "busy",
    [
        lambda token: setattr(token.delivery, "typing", True),
        lambda token: setattr(token.delivery, "waiting", 4),
        lambda token: setattr(token, "request", object()),
        lambda token: setattr(token.store, "locked", True),
        lambda token: token.store.clear(),
    ],
)
def test_turns_while_nothing_can_be_chosen_are_lost(token, busy):
    busy(token)
    assert turn(token, 1, 1) == []
    assert not token.chooser.open
