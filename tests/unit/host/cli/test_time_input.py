"""Times as people give them."""

import time
from datetime import datetime

import pytest

from ticktap.cli.framework import time_input
from ticktap.errors import BadInput


@pytest.fixture(autouse=True)
def berlin(monkeypatch):
    """A zone with summer time."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


NOW = 1_795_000_000  # 2026-11-18 12:06:40 in Berlin


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("2026-11-17", "2026-11-17T00:00:00+01:00", "2026-11-18T00:00:00+01:00"),
        ("2026-03-29", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),  # 23 hours long
        ("2026-11-17 22:15", "2026-11-17T22:15:00+01:00", "2026-11-17T22:16:00+01:00"),
        ("2026-07-17T22:15:30", "2026-07-17T22:15:30+02:00", "2026-07-17T22:15:31+02:00"),
        ("2026-11-17 22:15Z", "2026-11-17T22:15:00+00:00", "2026-11-17T22:16:00+00:00"),
        ("2026-11-17T22:15:30+05:30", "2026-11-17T22:15:30+05:30", "2026-11-17T22:15:31+05:30"),
        ("9:05", "2026-11-18T09:05:00+01:00", "2026-11-18T09:06:00+01:00"),
        ("09:05:07", "2026-11-18T09:05:07+01:00", "2026-11-18T09:05:08+01:00"),
    ],
)
def test_a_time_and_its_end(text, begins, ends):
    assert time_input.unix(text, NOW) == datetime.fromisoformat(begins).timestamp()
    assert time_input.unix(text, NOW, end=True) == datetime.fromisoformat(ends).timestamp()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("30m", 1800), ("5 min", 300), ("8h", 28_800), ("7d", 604_800), ("2w", 1_209_600)],
)
def test_how_long_ago(text, seconds):
    assert time_input.unix(text, NOW) == time_input.unix(text, NOW, end=True) == NOW - seconds


@pytest.mark.parametrize(
    "text", ["", "today", "2026-13-01", "25:00", "-3h", "2026", "3y", "\0", "9999999d" * 9]
)
def test_what_is_no_time(text):
    with pytest.raises(BadInput, match="this is not a time") as caught:
        time_input.unix(text, NOW)
    assert "2026-11-30" in caught.value.remedy
