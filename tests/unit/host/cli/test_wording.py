"""Times and durations in words."""

import time

import pytest

from ticktap.wording import ago, counted, duration, local_iso, local_minute, local_time, utc_minute


@pytest.fixture
def berlin(monkeypatch):
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_times_are_local_with_their_zone(berlin):
    assert local_time(1_800_000_000) == "2027-01-15 09:00 CET"
    assert local_time(1_815_000_000) == "2027-07-08 00:40 CEST"
    assert local_iso("2027-01-15T08:00:07Z") == "2027-01-15 09:00:07 CET"
    assert local_minute(utc_minute(1_800_000_000)) == "2027-01-15 09:00 CET"
    assert local_minute(utc_minute(10**18)) == "at no known time"
    assert local_time(10**18) == "at an unknown time"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1.9, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (3599, "59 minutes"),
        (7200, "2 hours"),
        (86399, "23 hours"),
        (86400, "1 day"),
        (200_000, "2 days"),
    ],
)
def test_durations(seconds, words):
    assert duration(seconds) == words
    assert ago(seconds) == ("just now" if seconds < 60 else f"{words} ago")


def test_counted():
    assert (counted(1, "try"), counted(0, "account")) == ("1 try", "0 accounts")
