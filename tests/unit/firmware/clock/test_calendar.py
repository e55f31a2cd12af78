"""The token's calendar against the standard library's, over every day it can hold."""

from datetime import UTC, datetime

import pytest

from fob.clock import calendar


def test_every_day_agrees_with_datetime():
    for seconds in range(calendar.FIRST + 12345, calendar.LAST, calendar.DAY):
        date = datetime.fromtimestamp(seconds, UTC)
        want = (date.year, date.month, date.day, date.hour, date.minute, date.second, date.weekday())
        assert calendar.civil(seconds) == want
        assert calendar.unix(*want[:6]) == seconds
        assert calendar.is_date(*want[:6])


@pytest.mark.parametrize("seconds", [calendar.FIRST, calendar.LAST, 2**31 - 1, 2**31, 951782399, 951782400])
def test_the_edges(seconds):
    assert calendar.unix(*calendar.civil(seconds)[:6]) == seconds


@pytest.mark.parametrize("seconds", [calendar.FIRST - 1, calendar.LAST + 1, 0, -1])
def test_outside_is_refused(seconds):
    with pytest.raises(ValueError):
        calendar.civil(seconds)


@pytest.mark.parametrize(
    "date",
    [
        (1999, 12, 31, 0, 0, 0),
        (2100, 1, 1, 0, 0, 0),
        (2001, 2, 29, 0, 0, 0),
        (2000, 2, 30, 0, 0, 0),
        (2026, 0, 1, 0, 0, 0),
        (2026, 13, 1, 0, 0, 0),
        (2026, 4, 31, 0, 0, 0),
        (2026, 1, 0, 0, 0, 0),
        (2026, 1, 1, 24, 0, 0),
        (2026, 1, 1, 0, 60, 0),
        (2026, 1, 1, 0, 0, 60),
        (2165, 165, 165, 165, 165, 165),  # all ones, as BCD
    ],
)
def test_no_date(date):
    assert not calendar.is_date(*date)


@pytest.mark.parametrize(
    "date",
    [
        (2000, 1, 1, 0, 0, 0),
        (2099, 12, 31, 23, 59, 59),
        (2028, 2, 29, 12, 0, 59),
        (2027, 2, 28, 0, 59, 0),
        (2026, 4, 30, 23, 0, 0),
    ],
)
def test_the_first_and_the_last_of_each_number(date):
    assert calendar.is_date(*date)
