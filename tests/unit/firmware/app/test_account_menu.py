"""Choosing: where it starts, how it moves on, that it ends."""

import pytest

from fob.app.account_menu import AccountMenu


def test_closed_at_first():
    account_menu = AccountMenu()
    assert not account_menu.is_open
    assert account_menu.choose() is None
    assert not account_menu.expire(10**9)


@pytest.mark.parametrize(
    ("start", "clicks", "count", "position"),
    [(0, 0, 3, 0), (0, 1, 3, 1), (0, 3, 3, 0), (2, 1, 3, 0), (0, 5, 1, 0), (1, 100, 40, 21)],
)
def test_it_goes_round(start, clicks, count, position):
    account_menu = AccountMenu()
    account_menu.start(start, 1000)
    for _ in range(clicks):
        account_menu.advance(count, 1000)
    assert account_menu.is_open
    assert account_menu.choose() == position
    assert not account_menu.is_open


def test_it_expires_once_and_a_click_puts_that_off():
    account_menu = AccountMenu()
    account_menu.start(0, 1000)
    assert not account_menu.expire(999)
    account_menu.advance(3, 2000)
    assert not account_menu.expire(1999)
    assert account_menu.expire(2000)
    assert not account_menu.is_open
    assert not account_menu.expire(2001)
