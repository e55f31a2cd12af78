"""What the token remembers of a sync, its aging register, and the light that asks for a sync."""

import pytest

from support.owner_desk import Owner, claim
from support.pin_desk import set_pin, unlock
from support.virtual_desk import RpcFailure

NOTE = "1799900000 3 -17250 380 1500 93 -5"
DAY_MS = 86_400_000


def refused(act, *args, **params):
    with pytest.raises(RpcFailure) as failure:
        act(*args, **params)
    return failure.value.code, failure.value.data


def test_a_new_token_has_no_note(desk):
    assert desk.call("clock.noted") == {"unix": None, "sets": None, "note": None}


@pytest.mark.parametrize("note", [NOTE, "", "- - - - - - -", "ä" * 32, "x" * 64])
def test_a_note_is_kept_without_power_with_the_tokens_own_time(desk, note):
    at = int(desk.clock)
    assert desk.call("clock.note", note=note) == {}
    desk.replug()
    told = desk.call("clock.noted")
    assert told == {"unix": told["unix"], "sets": 0, "note": note}
    assert told["unix"] - at in (0, 1)


def test_it_knows_how_often_the_clock_had_been_set(desk):
    desk.pressed("clock.allow")
    for _ in range(3):
        desk.call("clock.set", unix=int(desk.clock))
    desk.call("clock.note", note=NOTE)
    desk.call("clock.set", unix=int(desk.clock))
    assert (desk.call("clock.noted")["sets"], desk.call("clock.get")["sets"]) == (3, 4)


def test_the_latest_note_counts_and_survives_a_rewrite(alice):
    alice.call("clock.note", note=NOTE)
    alice.token.advance(5_000)
    alice.call("clock.note", note="later")
    alice.pressed("store.compact")
    assert alice.call("clock.noted")["note"] == "later"
    alice.replug()
    assert alice.call("clock.noted")["note"] == "later"
    assert alice.click() == alice.code()


def test_a_reset_forgets_it(desk):
    desk.call("clock.note", note=NOTE)
    desk.pressed("store.reset")
    assert desk.call("clock.noted")["note"] is None


@pytest.mark.parametrize("note", ["x" * 65, "ä" * 33, "1\n2", None, 5, ["x"]])
def test_a_note_that_cannot_be(desk, note):
    assert refused(desk.call, "clock.note", note=note) == (-32602, "note")
    assert desk.call("clock.noted")["note"] is None


def test_a_clock_that_is_not_to_be_trusted_stamps_no_note(desk):
    desk.token.rtc.osf = True
    assert refused(desk.call, "clock.note", note=NOTE) == (4, "stopped")
    assert desk.call("clock.noted")["note"] is None


def test_with_an_owner_only_he_leaves_a_note_or_who_knows_the_pin(make_desk):
    desk = make_desk(store_file=True)
    desk.add()
    set_pin(desk)
    claim(desk)
    desk.replug()
    assert refused(desk.call, "clock.note", note=NOTE)[0] == 11
    Owner(desk).call("clock.note", note=NOTE)
    desk.replug()
    assert desk.call("clock.noted")["note"] == NOTE
    unlock(desk)
    assert desk.call("clock.note", note="by PIN") == {}


def test_notes_leave_the_room_that_is_kept_for_counters(make_desk):
    desk = make_desk(store_file=False)
    desk.add(type="hotp")
    desk.replug()
    filled = False
    for number in range(200):
        desk.pressed("session.allow") if number == 0 else None
        try:
            desk.add(f"account {number}", bytes(100))
        except RpcFailure as failure:
            filled = failure.code == 2
            break
    assert filled
    codes = []
    for _ in range(40):
        try:
            desk.call("clock.note", note="x" * 64)
        except RpcFailure as failure:
            codes.append(failure.code)
    assert set(codes) <= {2}
    assert desk.pressed("account.remove", id=2) == {}
    desk.click()
    assert desk.status()["faults"] == 0


# --- the aging register


@pytest.mark.parametrize("aging", [-128, -1, 0, 127])
def test_the_aging_register(desk, aging):
    desk.pressed("clock.allow")
    assert desk.call("clock.trim", aging=aging)["aging"] == aging
    assert desk.token.rtc.aging == aging
    start, clock = desk.token.unix, desk.clock
    desk.token.advance(600_000)
    gained = desk.clock - clock - (desk.token.unix - start)
    assert gained == pytest.approx(-aging * 0.1e-6 * 600, abs=1e-6)


@pytest.mark.parametrize("aging", [-129, 128, None, "0", 1.5])
def test_an_aging_it_does_not_hold(desk, aging):
    desk.pressed("clock.allow")
    assert refused(desk.call, "clock.trim", aging=aging) == (-32602, "aging")


def test_no_leave_no_trim(desk):
    """Neither leave to change accounts nor what is left of the adjustment limit is leave to trim."""
    assert refused(desk.call, "clock.trim", aging=1) == (13, 0)
    desk.pressed("session.allow")
    assert refused(desk.call, "clock.trim", aging=1) == (13, 0)
    desk.pressed("clock.allow")
    desk.call("clock.set", unix=int(desk.clock))
    desk.token.advance(30_100)
    assert desk.call("clock.get")["adjustment_left_ms"] > 1900
    assert refused(desk.call, "clock.trim", aging=1) == (13, 0)
    desk.pressed("clock.allow")
    desk.close()
    desk.open()
    assert refused(desk.call, "clock.trim", aging=1) == (13, 0)
    assert desk.token.rtc.aging == 0


def test_no_chip_no_trim(desk):
    desk.pressed("clock.allow")
    desk.token.rtc.present = False
    assert refused(desk.call, "clock.trim", aging=1)[0] == 4


def asks_for_a_sync(desk):
    """Whether the light flashes once every five seconds."""
    desk.token.advance(2_000)
    start = desk.token.ms
    desk.token.advance(20_000)
    return [round(on) for on, _ in desk.lit_spells(start)] in ([60] * 4, [60] * 3)


def test_the_light_asks_for_a_sync_that_is_due(desk):
    assert not asks_for_a_sync(desk)
    desk.call("settings.set", sync_days=30)
    assert asks_for_a_sync(desk), "it was never synchronised"
    desk.call("clock.note", note=NOTE)
    assert not asks_for_a_sync(desk)
    desk.token.unplug()
    desk.token.advance(30 * DAY_MS)
    desk.plug()
    assert asks_for_a_sync(desk)
    desk.call("settings.set", sync_days=0)
    assert not asks_for_a_sync(desk)
