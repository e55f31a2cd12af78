"""A sync as a line of numbers and back; what no sync can have left is no note."""

import pytest

from ticktap.clock.drift import Observation
from ticktap.clock.sync_note import from_note, to_note

SYNC = Observation(1_800_000_000, "sync", -0.0125, 0.0004, 0.0015, 22.25, -3, None, "ok", "chrony", 4, 6)
LINE = "1799000000 4 -12500 400 1500 89 -3"


def told(note, unix=SYNC.unix, sets=6):
    return from_note({"unix": unix, "sets": sets, "note": note})


def test_there_and_back():
    assert to_note(SYNC, 1_799_000_000) == LINE
    seen, since = told(LINE)
    assert since == 1_799_000_000
    assert (seen.unix, seen.before, seen.after, seen.doubt) == (SYNC.unix, -0.0125, 0.0004, 0.0015)
    assert (seen.temperature, seen.aging, seen.found, seen.sets) == (22.25, -3, 4, 6)


def test_what_is_not_known_comes_back_so():
    note = to_note(Observation(SYNC.unix, "sync", None, 0.0, 0.001), None)
    assert note == "- - - 0 1000 - -"
    seen, since = told(note)
    assert (since, seen.before, seen.temperature, seen.aging, seen.found) == (None,) * 5


def test_the_longest_fits_the_token():
    """A day's sync after a hundred thousand settings; and half an hour off."""
    worst = Observation(
        4_102_444_799, "sync", -2147.483647, -0.05, 60.0, -127.75, -128, found=99_999, sets=99_999
    )
    assert len(to_note(worst, 4_102_400_000)) <= 64


@pytest.mark.parametrize("before", [None, 4000.0, -1e7])
def test_what_is_no_drift_is_not_noted(before):
    assert to_note(Observation(1, "sync", before, 0.0, 0.001), None).split()[2] == "-"


def test_later_versions_may_say_more():
    assert told(LINE + " 17") == told(LINE)


@pytest.mark.parametrize(
    "note",
    [
        *(None, 7, "", "hello", "1 2 3", "- - - - - - -", "- - - 0 - - -"),
        *("- - - 0 -5 - -", "- - - 0 1000 600 -", "- - - 0 1000 - 128", "- - - 0 1000 - -129"),
        *("- - 9999999999 0 1 - -", "- - - 9999999999 1 - -", "1800000001 - 0 0 1 - -", "-5 - 0 0 1 - -"),
        *("- 7 0 0 1 - -", "- -1 0 0 1 - -", "- - 0 0 99999999999 - -"),
    ],
)
def test_what_no_sync_can_have_left(note):
    assert told(note) is None


@pytest.mark.parametrize(("unix", "sets"), [(None, 6), (SYNC.unix, None), (1 << 40, 6), (SYNC.unix, 1 << 40)])
def test_what_no_token_can_say(unix, sets):
    assert told(LINE, unix, sets) is None
