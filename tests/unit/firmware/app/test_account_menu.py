"""Choosing: where it starts, how it moves on, that it ends."""

import pytest

from fob.app.account_menu import AccountMenu


def test_closed_at_first():
    menu = AccountMenu()
    assert not menu.is_open
    assert menu.choose() is None
    assert not menu.expire(10**9)


@pytest.mark.parametrize(
    ("start", "clicks", "count", "position"),
    [(0, 0, 3, 0), (0, 1, 3, 1), (0, 3, 3, 0), (2, 1, 3, 0), (0, 5, 1, 0), (1, 100, 40, 21)],
)
def test_it_goes_round(start, clicks, count, position):
    menu = AccountMenu()
    menu.start(start, 1000)
    for _ in range(clicks):
        menu.advance(count, 1000)
    assert menu.is_open
    assert menu.choose() == position
    assert not menu.is_open


def test_it_expires_once_and_a_click_puts_that_off():
    menu = AccountMenu()
    menu.start(0, 1000)
    assert not menu.expire(999)
    menu.advance(3, 2000)
    assert not menu.expire(1999)
    assert menu.expire(2000)
    assert not menu.is_open
    assert not menu.expire(2001)
