"""The DS3231's calendar: seconds since its year 00, with a leap year every fourth year.

The data sheet promises leap years "valid up to 2100"; the counter has only two digits of the year, so the
calendar repeats every 36,525 days and 2100-02-29 exists. Arithmetic only, no registers.
"""

from __future__ import annotations

from typing import NamedTuple

DAY = 86_400
CENTURY_DAYS = 36_525
_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


class Moment(NamedTuple):
    """`year`: 0 to 199, including the century bit. `month` and `date`: from 1."""

    year: int
    month: int
    date: int
    hour: int
    minute: int
    second: int


def _before(month: int, leap: bool) -> int:
    return _BEFORE[month - 1] + (leap and month > 2)


def length(year: int, month: int) -> int:
    """Returns the number of days in a month."""
    return _BEFORE[month] - _BEFORE[month - 1] + (year % 4 == 0 and month == 2)


def valid(moment: Moment) -> bool:
    """Whether the counters can represent this date and time."""
    return (
        0 <= moment.year <= 199
        and 1 <= moment.month <= 12
        and 1 <= moment.date <= length(moment.year, moment.month)
        and 0 <= moment.hour < 24
        and 0 <= moment.minute < 60
        and 0 <= moment.second < 60
    )


def to_seconds(moment: Moment) -> int:
    """Seconds since year 0, 1 January, 00:00:00."""
    days = moment.year * 365 + (moment.year + 3) // 4
    days += _before(moment.month, moment.year % 4 == 0) + moment.date - 1
    return days * DAY + moment.hour * 3600 + moment.minute * 60 + moment.second


def from_seconds(seconds: int) -> Moment:
    """Returns the date and time; wraps after 200 years, because the century bit toggles."""
    days, rest = divmod(seconds, DAY)
    days %= 2 * CENTURY_DAYS
    cycle, day = divmod(days, 1461)
    year = 4 * cycle
    if day >= 366:
        year += 1 + (day - 366) // 365
        day = (day - 366) % 365
    leap = year % 4 == 0
    month = next(m for m in range(12, 0, -1) if day >= _before(m, leap))
    return Moment(year, month, day - _before(month, leap) + 1, rest // 3600, rest // 60 % 60, rest % 60)
