"""The record of clocks: kept, learned from a token's note, and refused when it is not ours."""

import sqlite3
import stat

import pytest

from ticktap.clock.drift import Observation, intervals
from ticktap.clock.history import ClockHistory, ClockHistoryError

SYNC = Observation(1_800_000_000, "sync", -0.0125, 0.0004, 0.0015, 22.25, -3, None, "ok", "chrony", 2, 3)
NOTE = {"unix": 1_800_864_000, "sets": 9, "note": "1800000000 3 864000 -300 2000 -41 7"}
NONE = {"unix": None, "sets": None, "note": None}


@pytest.fixture
def history(tmp_path):
    with ClockHistory.open(tmp_path / "clocks.db") as opened:
        yield opened


def test_what_was_seen_is_kept_in_order_and_apart(history):
    later = Observation(SYNC.unix + 10, "trim", None, 0.0, 0.1, None, 0, 5)
    history.add("A", later)
    history.add("A", SYNC)
    history.add("B", SYNC)
    history.close()
    with ClockHistory.open(history.path) as again:
        assert again.of("A") == [SYNC, later]
        assert again.of("B") == [SYNC]
        assert again.of("C") == []


def test_the_file_is_for_its_owner_only(history):
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600


def test_a_note_of_another_computer_is_learned_once(history):
    first = history.learn("A", NOTE)
    assert history.learn("A", NOTE) == first == history.of("A")
    (interval,) = intervals(first)
    assert interval.rate == pytest.approx(1.0)
    assert (first[-1].temperature, first[-1].aging) == (-10.25, 7)
    assert first[-1].source == "another computer"


def test_a_note_that_is_known_changes_nothing(history):
    history.add("A", SYNC)
    assert history.learn("A", NOTE | {"unix": SYNC.unix + 2}) == [SYNC]
    assert history.learn("A", NONE) == [SYNC]


def test_a_note_adds_to_what_is_known(history):
    history.add("A", SYNC)
    found = history.learn("A", NOTE)
    assert [each.unix for each in found] == [SYNC.unix, NOTE["unix"]]
    assert len(intervals(found)) == 1


def test_a_note_after_settings_that_nobody_recorded_begins_anew(history):
    history.add("A", SYNC)
    found = history.learn("A", NOTE | {"note": NOTE["note"].replace(" 3 ", " 5 ")})
    assert [each.unix for each in found] == [SYNC.unix, NOTE["unix"]]
    assert intervals(found) == []


def test_a_file_that_is_not_ours_is_left_alone(tmp_path):
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("create table theirs (x)")
    connection.close()
    with pytest.raises(ClockHistoryError, match="another program"):
        ClockHistory.open(other)
    noise = tmp_path / "noise.db"
    noise.write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(ClockHistoryError, match="cannot be used"):
        ClockHistory.open(noise)


def test_a_newer_file_is_refused(history):
    history.close()
    with sqlite3.connect(history.path) as connection:
        connection.execute("pragma user_version = 9")
    connection.close()
    with pytest.raises(ClockHistoryError, match="newer"):
        ClockHistory.open(history.path)


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ClockHistoryError, match="cannot be used"):
        ClockHistory.open(tmp_path / "file" / "clocks.db")
