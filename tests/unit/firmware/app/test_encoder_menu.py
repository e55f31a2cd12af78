"""An encoder's clicks to the choice of an account."""

from types import SimpleNamespace

import pytest

from fob.app.account_menu import AccountMenu
from fob.app.encoder_menu import EncoderMenu
from fob.app.token import Token


class TokenStore(list):
    """Accounts, and whether they are locked."""

    locked = False
    usable = True


@pytest.fixture
def token():
    shown = []
    token = SimpleNamespace(
        account_menu=AccountMenu(),
        delivery=SimpleNamespace(typing=False, waiting=None),
        requests=SimpleNamespace(waiting=None, is_pressed=False),
        maintenance=False,
        time=SimpleNamespace(state="ok"),
        _button_pin=None,
        store=TokenStore([4, 9, 2]),
        menu_timeout_at=lambda: 4000,
        shown=shown,
    )
    token.mode = lambda: Token.mode(token)
    token.show_menu_position = lambda: shown.append(token.account_menu.position)
    return token


def turn(token, *clicks):
    """The positions shown, one for each time that the encoder was looked at and had moved."""
    clicks = iter(clicks)
    encoder_menu = EncoderMenu(SimpleNamespace(steps=lambda: next(clicks)))
    for _ in range(clicks.__length_hint__()):
        encoder_menu.step(token)
    return token.shown


def test_the_first_turn_opens_and_the_next_ones_move(token):
    assert turn(token, 1, 0, 1, 1) == [0, 1, 2]


def test_round_and_round_in_both_directions(token):
    assert turn(token, -1, -1, -1, 2, 5) == [0, 2, 1, 0, 2]


def test_turning_keeps_the_choice_open(token):
    turn(token, 1, 1)
    assert not token.account_menu.expire(3999)
    assert token.account_menu.expire(4000)


@pytest.mark.parametrize(
    "busy",
    [
        lambda token: setattr(token.delivery, "typing", True),
        lambda token: setattr(token.delivery, "waiting", 4),
        lambda token: setattr(token.requests, "waiting", object()),
        lambda token: setattr(token.store, "locked", True),
        lambda token: token.store.clear(),
    ],
)
def test_turns_while_nothing_can_be_chosen_are_lost(token, busy):
    busy(token)
    assert turn(token, 1, 1) == []
    assert not token.account_menu.is_open
