"""The inventory: what registry and ledger tell of tokens that are not plugged in."""

from types import SimpleNamespace

import pytest

from ticktap.clock.drift import DAY, SPEC, Seen
from ticktap.clock.history import Ledger
from ticktap.provisioning.inventory import items

NOW = 1_800_000_000


def record(serial, seen=NOW - DAY, holder="alice"):
    return SimpleNamespace(
        serial=serial, label="A-001", firmware="0.1.0", holder=holder, last_seen=seen, lost=None
    )


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "clocks.db") as opened:
        yield opened


def look(ledger, **more):
    (item,) = items([record("1")], ledger, NOW, **more)
    return item


def synced(ledger, days_ago, off=0.0, **more):
    ledger.add("1", Seen(NOW - days_ago * DAY, "sync", off, 0.0, 0.002, aging=0, source="chrony", **more))


def test_a_token_whose_clock_was_never_seen_here(ledger):
    item = look(ledger)
    assert (item.clock, item.synced, item.sync_by) == ("unknown", None, None)
    assert (item.holder, item.seen) == ("alice", NOW - DAY)


def test_by_the_data_sheet_after_one_sync(ledger):
    synced(ledger, 10)
    item = look(ledger)
    assert (item.clock, item.synced) == ("ok", NOW - 10 * DAY)
    assert item.sync_by == pytest.approx(NOW - 10 * DAY + 15 / SPEC * 1e6, rel=0.001)


def test_by_its_own_rate_after_two(ledger):
    """1.2 ppm for a hundred days: it is not off by 15 s before 11 million seconds are over."""
    synced(ledger, 110)
    synced(ledger, 10, off=1.2e-6 * 100 * DAY)
    item = look(ledger)
    assert 15 / 1.6e-6 < item.sync_by - (NOW - 10 * DAY) < 15 / 1.2e-6


def test_a_sync_that_is_due(ledger):
    synced(ledger, 87)
    assert look(ledger).clock == "due"
    assert look(ledger, bound=30.0).clock == "ok"


def test_a_battery_that_failed(ledger):
    synced(ledger, 20)
    synced(ledger, 10, state="stopped")
    assert look(ledger).clock == "battery"


def test_a_code_tells_when_it_was_seen_and_nothing_of_the_clock(ledger):
    ledger.add("1", Seen(NOW - 5, "verify", 0.0, 0.0, 45.0))
    item = look(ledger)
    assert (item.seen, item.clock, item.sync_by) == (NOW - 5, "unknown", None)
