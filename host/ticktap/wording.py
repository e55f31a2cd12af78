"""Times, durations and counts in words, for people; and text made safe to print."""

from __future__ import annotations

from datetime import UTC, datetime

_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


def local_time(unix: float) -> str:
    """A time as this computer's clock shows it, with the zone: `2026-11-30 22:15 CET`."""
    try:
        return datetime.fromtimestamp(unix).astimezone().strftime("%Y-%m-%d %H:%M %Z")
    except (ValueError, OverflowError, OSError):  # a year that the system cannot show
        return "at an unknown time"


def local_second(unix: float) -> str:
    """As `local_time`, with seconds: `2026-11-30 22:15:30 CET`."""
    try:
        return datetime.fromtimestamp(unix).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    except (ValueError, OverflowError, OSError):
        return "at an unknown time"


def local_iso(utc: str) -> str:
    """As `local_time`, with seconds, of a time that programs get: `2026-11-30T21:15:00Z`."""
    when = datetime.strptime(utc, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return when.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def utc_minute(unix: float) -> str:
    """A time for programs, to the minute: `2026-11-30 21:15 UTC`."""
    try:
        return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return "at no known time"


def local_minute(utc: str) -> str:
    """As `local_time`, of what `utc_minute` gave."""
    try:
        return local_time(datetime.strptime(utc, "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return utc


def duration(seconds: float) -> str:
    """How long something takes, in its largest unit, rounded down: `8 seconds`, `2 days`."""
    for unit, length in _UNITS:
        if seconds >= length:
            return counted(int(seconds // length), unit)
    return counted(int(seconds), "second")


def ago(seconds: float) -> str:
    """How long ago something was: `just now`, `3 minutes ago`."""
    return "just now" if seconds < 60 else f"{duration(seconds)} ago"


def counted(number: int, what: str) -> str:
    """`1 account`, `2 accounts`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def printable(text: str) -> str:
    """Replaces control, format and bidirectional characters with "?": one line, safe to print."""
    return "".join(char if char.isprintable() else "?" for char in text)
