"""Civil dates and unix seconds, UTC, 2000-01-01 to 2099-12-31: what a DS3231 can hold.

Own arithmetic because `time.localtime` on CircuitPython fails from 2038-01-19. Leap years need no century
rule inside this range (2000 is one).
"""

DAY = 86400
FIRST = 946684800  # 2000-01-01 00:00:00
LAST = 4102444799  # 2099-12-31 23:59:59
_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


def days_in(year, month):
    """Days of a month, 28 to 31."""
    if month == 2 and year % 4 == 0:
        return 29
    return _BEFORE_MONTH[month] - _BEFORE_MONTH[month - 1]


def is_date(year, month, day, hour, minute, second):
    """Whether the six numbers name an instant this calendar can hold."""
    return (
        2000 <= year <= 2099
        and 1 <= month <= 12
        and 1 <= day <= days_in(year, month)
        and 0 <= hour <= 23
        and 0 <= minute <= 59
        and 0 <= second <= 59
    )


def unix(year, month, day, hour, minute, second):
    """Unix seconds of a date for which `is_date` holds."""
    y = year - 2000
    days = y * 365 + (y + 3) // 4 + _BEFORE_MONTH[month - 1] + day - 1
    if month > 2 and y % 4 == 0:
        days += 1
    return FIRST + days * DAY + hour * 3600 + minute * 60 + second


def civil(seconds):
    """(year, month, day, hour, minute, second, weekday) of unix seconds; weekday 0 is Monday.

    Raises ValueError outside FIRST..LAST.
    """
    if not FIRST <= seconds <= LAST:
        raise ValueError("outside 2000 to 2099")
    days, seconds = divmod(seconds - FIRST, DAY)
    wday = (days + 5) % 7  # 2000-01-01 was a Saturday
    period, days = divmod(days, 1461)  # of four years
    year = 2000 + 4 * period
    while days >= (366 if year % 4 == 0 else 365):
        days -= 366 if year % 4 == 0 else 365
        year += 1
    month = 1
    while days >= days_in(year, month):
        days -= days_in(year, month)
        month += 1
    return year, month, days + 1, seconds // 3600, seconds // 60 % 60, seconds % 60, wday
