"""Choosing: where it starts, how it moves on, that it ends."""

import pytest

from fob.app.account_menu import Chooser


def test_closed_at_first():
    chooser = Chooser()
    assert not chooser.open
    assert chooser.take() is None
    assert not chooser.expire(10**9)


@pytest.mark.parametrize(
    ("start", "clicks", "count", "position"),
    [(0, 0, 3, 0), (0, 1, 3, 1), (0, 3, 3, 0), (2, 1, 3, 0), (0, 5, 1, 0), (1, 100, 40, 21)],
)
def test_it_goes_round(start, clicks, count, position):
    chooser = Chooser()
    chooser.start(start, 1000)
    for _ in range(clicks):
        chooser.forward(count, 1000)
    assert chooser.open
    assert chooser.take() == position
    assert not chooser.open


def test_it_expires_once_and_a_click_puts_that_off():
    chooser = Chooser()
    chooser.start(0, 1000)
    assert not chooser.expire(999)
    chooser.forward(3, 2000)
    assert not chooser.expire(1999)
    assert chooser.expire(2000)
    assert not chooser.open
    assert not chooser.expire(2001)
