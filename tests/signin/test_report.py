"""Who needs an admin: each kind, and nobody who does not."""

from dataclasses import replace

import pytest

from signin.desk import ACCOUNT
from ticktap.clock.drift import Observation
from ticktap.clock.history import ClockHistory
from ticktap.provisioning import report

DAY = report.DAY


@pytest.fixture
def history(tmp_path):
    """Nothing is known of any clock."""
    with ClockHistory.open(tmp_path / "clocks.db") as history:
        yield history


def found(desk, history, kind, **more):
    """User, token and reason of what is found of one kind."""
    rows = report.findings(desk.registry, history, int(desk.now), [kind], **more)
    assert {each.kind for each in rows} <= {kind}
    return [(each.user, each.token, each.why, each.at) for each in rows]


def test_a_new_registry_needs_nobody(desk, history):
    assert report.findings(desk.registry, history, int(desk.now)) == []


def test_users_without_a_token(desk, history):
    desk.add("ann")
    desk.registry.users.add("bob")
    desk.registry.users.add("codes", methods=["backup-code"])
    desk.registry.tokens.record("A1", label="A-001", holder="ann", seen=1)
    since = int(desk.now)
    assert found(desk, history, "no-token") == [("bob", "", "none was enrolled", since)]
    desk.later(100)
    desk.registry.tokens.mark_lost("A1")
    desk.registry.users.disable("bob")
    assert found(desk, history, "no-token") == [("ann", "A-001", "the last one was lost", since + 100)]


def test_users_who_never_signed_in(desk, history):
    desk.add("ann")
    desk.add("bob", replace(ACCOUNT, secret=b"another secret of 20"), "B2")
    assert desk.verify(desk.code()).ok
    assert [user for user, *_ in found(desk, history, "never-signed-in")] == ["bob"]


def test_users_who_are_locked_now(desk, history):
    desk.add("ann")
    desk.registry.set_policy("tries", 2)
    desk.registry.set_policy("lock_minutes", 0)
    desk.verify(desk.wrong())
    assert found(desk, history, "locked") == []
    desk.verify(desk.wrong())
    since = int(desk.now)
    assert found(desk, history, "locked") == [
        ("ann", "", "2 wrong codes in a row; only an admin ends it", since)
    ]
    desk.registry.set_policy("lock_minutes", 5)
    assert found(desk, history, "locked") == [("ann", "", "2 wrong codes in a row", since)]
    desk.later(300)
    assert found(desk, history, "locked") == []


def test_users_with_few_backup_codes(desk, history):
    desk.add("ann")
    desk.registry.users.add("bob", methods=["token"])
    assert found(desk, history, "few-backup-codes") == [("ann", "", "none were made", None)]
    codes = desk.registry.factors.new_backup_codes("ann")
    for code in codes[:2]:
        assert desk.verify(code).ok
    assert found(desk, history, "few-backup-codes") == []
    assert desk.verify(codes[2]).ok
    assert found(desk, history, "few-backup-codes") == [("ann", "", "2 of 5 left", None)]


def test_clocks_that_are_due(desk, history):
    desk.registry.users.add("ann", full_name="Ann Example")
    for serial in ("A1", "B2", "C3"):
        desk.registry.tokens.record(serial, label=f"L-{serial}", holder="ann", seen=1)
    history.add("A1", Observation(int(desk.now), "sync", 0.0, 0.0, 0.005, aging=0, state="ok"))
    history.add("C3", Observation(int(desk.now), "sync", 0.0, 0.0, 0.005, aging=0, state="ok"))
    desk.registry.tokens.mark_lost("C3")
    assert found(desk, history, "clock-due") == []
    ((user, token, why, by),) = found(desk, history, "clock-due", within=400 * DAY)
    assert (user, token, why) == ("ann", "L-A1", "must be set soon") and by > desk.now
    desk.now = float(by)
    assert found(desk, history, "clock-due") == [("ann", "L-A1", "may be too far off by now", by)]


def test_kinds_come_in_their_order(desk, history):
    desk.registry.users.add("bob")
    desk.registry.users.add("ann")
    kinds = [each.kind for each in report.findings(desk.registry, history, int(desk.now))]
    assert kinds == ["no-token"] * 2 + ["never-signed-in"] * 2 + ["few-backup-codes"] * 2


def test_a_clock_is_reported_fourteen_days_before_it_is_due(desk, history):
    desk.registry.users.add("ann")
    desk.registry.tokens.record("A1", label="L-A1", holder="ann", seen=1)
    history.add("A1", Observation(int(desk.now), "sync", 0.0, 0.0, 0.005, aging=0, state="ok"))
    ((_, _, _, by),) = found(desk, history, "clock-due", within=400 * DAY)
    desk.now = float(by - 14 * 86_400 - 1)
    assert found(desk, history, "clock-due") == []
    desk.now += 1
    assert found(desk, history, "clock-due") == [("ann", "L-A1", "must be set soon", by)]


def test_a_clock_whose_battery_failed(desk, history):
    desk.registry.users.add("ann", full_name="Ann Example", email="ann@example.com")
    desk.registry.tokens.record("A1", label="L-A1", holder="ann", seen=1)
    desk.registry.tokens.record("B2", label="L-B2", seen=1)
    for serial in ("A1", "B2"):
        for days, state in ((20, "ok"), (10, "stopped")):
            at = int(desk.now) - days * DAY
            history.add(serial, Observation(at, "sync", 0.0, 0.0, 0.005, aging=0, state=state))
    rows = report.findings(desk.registry, history, int(desk.now), ["clock-due"])
    assert [(each.user, each.full_name, each.email, each.serial, each.why) for each in rows] == [
        ("ann", "Ann Example", "ann@example.com", "A1", "its battery has failed"),
        (None, "", "", "B2", "its battery has failed"),
    ]
