"""The inventory: what registry and clock history contain about tokens that are not plugged in."""

from types import SimpleNamespace

import pytest

from ticktap.clock.drift import DAY, SPEC, Observation
from ticktap.clock.history import ClockHistory
from ticktap.provisioning.inventory import items

NOW = 1_800_000_000


def record(serial, seen=NOW - DAY, holder="alice", lost=None):
    return SimpleNamespace(
        serial=serial, label="A-001", firmware="0.1.0", holder=holder, last_seen=seen, lost=lost
    )


@pytest.fixture
def history(tmp_path):
    with ClockHistory.open(tmp_path / "clocks.db") as opened:
        yield opened


def look(history, **more):
    (item,) = items([record("1")], history, NOW, **more)
    return item


def synced(history, days_ago, off=0.0, **more):
    history.add(
        "1", Observation(NOW - days_ago * DAY, "sync", off, 0.0, 0.002, aging=0, source="chrony", **more)
    )


def test_a_token_whose_clock_was_never_seen_here(history):
    item = look(history)
    assert (item.clock, item.synced, item.sync_by) == ("unknown", None, None)
    assert (item.holder, item.seen) == ("alice", NOW - DAY)


def test_by_the_data_sheet_after_one_sync(history):
    synced(history, 10)
    item = look(history)
    assert (item.clock, item.synced) == ("ok", NOW - 10 * DAY)
    assert item.sync_by == pytest.approx(NOW - 10 * DAY + 15 / SPEC * 1e6, rel=0.001)


def test_by_its_own_rate_after_two(history):
    """1.2 ppm for a hundred days: it is not off by 15 s before 11 million seconds are over."""
    synced(history, 110)
    synced(history, 10, off=1.2e-6 * 100 * DAY)
    item = look(history)
    assert 15 / 1.6e-6 < item.sync_by - (NOW - 10 * DAY) < 15 / 1.2e-6


def test_a_sync_that_is_due(history):
    synced(history, 87)
    assert look(history).clock == "due"
    assert look(history, bound=30.0).clock == "ok"


def test_a_battery_that_failed(history):
    synced(history, 20)
    synced(history, 10, state="stopped")
    assert look(history).clock == "battery"


def test_a_code_tells_when_it_was_seen_and_nothing_of_the_clock(history):
    history.add("1", Observation(NOW - 5, "verify", 0.0, 0.0, 45.0))
    item = look(history)
    assert (item.seen, item.clock, item.sync_by) == (NOW - 5, "unknown", None)


def test_the_uncertainty_of_the_last_sync_is_taken_from_the_bound(history):
    """2 ppm (the data sheet) take 7,000,000 s for the 14 s that remain of 15 s, and 7,500,000 s for 15 s."""
    history.add("1", Observation(NOW, "sync", 0.0, 0.0, 1.0, aging=0, source="chrony"))
    assert look(history).sync_by == NOW + 7_000_000


def test_the_aging_offset_that_was_written_last_counts(history):
    """1.2 ppm, and 12 steps of 0.1 ppm: what is left is its wandering, three times 0.1 ppm."""
    synced(history, 110)
    synced(history, 10, off=1.2e-6 * 100 * DAY)
    history.add("1", Observation(NOW - 10 * DAY + 1, "trim", 0.0, 0.0, 0.002, aging=0, trimmed=12))
    assert look(history).sync_by == pytest.approx(NOW - 10 * DAY + 50_000_000, abs=10_000)


@pytest.mark.parametrize(("later", "clock"), [(-1, "ok"), (0, "due"), (1, "due")])
def test_a_sync_is_due_from_its_second(history, later, clock):
    history.add("1", Observation(NOW - DAY, "sync", 0.0, 0.0, 0.002, aging=0, source="chrony"))
    by = NOW - DAY + 7_499_000  # 15 s less 2 ms, at 2 ppm
    (item,) = items([record("1")], history, by + later)
    assert (item.clock, item.sync_by) == (clock, by)


def test_a_lost_token(history):
    found = items([record("1", lost=NOW - 5), record("2")], history, NOW)
    assert [(each.serial, each.lost) for each in found] == [("1", NOW - 5), ("2", None)]
