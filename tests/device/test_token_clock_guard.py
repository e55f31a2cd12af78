"""Who moves the clock has codes of another time made: a small budget without a press, no way around it."""

import random

import pytest

from support.virtual_desk import SECRET, RpcFailure, hotp


def offset(desk):
    """How far the chip is from the world's time, ms."""
    return (desk.clock - desk.token.unix) * 1000


def set_by(desk, ms):
    """Moves the clock forward by about so many ms, as a host does: waits, and sets at the right moment."""
    target = desk.clock * 1000 + ms
    wait = -target % 1000
    desk.token.advance(max(0, wait - 3))
    return desk.call("clock.set", unix=round((target + wait) / 1000))


def budget(desk):
    return desk.call("clock.get")["adjustment_left_ms"]


@pytest.fixture
def desk(make_desk):
    """A clock set with a press just now, and long enough ago that its seconds are known."""
    desk = make_desk(store_file=True)
    desk.add()
    desk.pressed("clock.allow")
    desk.call("clock.set", unix=int(desk.token.unix))
    desk.token.advance(13_000)
    assert desk.call("clock.get")["sets"] == 1
    desk.close()
    desk.open()
    return desk


def refused(desk, act, *args):
    with pytest.raises(RpcFailure) as failure:
        act(desk, *args)
    assert failure.value.code == 13
    return failure.value.data


def test_inside_the_limit_anyone_may(desk):
    before = offset(desk)
    told = set_by(desk, 300)
    assert told["sets"] == 2
    assert told["moved_ms"] == pytest.approx(300, abs=20)
    assert told["adjustment_left_ms"] == pytest.approx(2000 - told["moved_ms"], abs=20)
    assert offset(desk) - before == pytest.approx(told["moved_ms"], abs=20)
    told = set_by(desk, -500)
    assert told["moved_ms"] == pytest.approx(-200, abs=40)
    assert told == desk.call("clock.get") | {"unix": told["unix"], "ms": told["ms"]}
    assert desk.status()["faults"] == 0


@pytest.mark.parametrize("seconds", [-(10**6), -3600, -30, -3, 3, 30, 3600, 10**6, 10**8])
def test_outside_of_it_nobody_may_without_a_press(desk, seconds):
    before, writes = offset(desk), desk.token.nvm.operations
    with pytest.raises(RpcFailure) as failure:
        desk.call("clock.set", unix=int(desk.clock) + seconds)
    assert failure.value.code == 13
    assert failure.value.data == budget(desk)
    assert 1900 <= failure.value.data <= 2000
    assert offset(desk) == pytest.approx(before, abs=1)
    assert (desk.call("clock.get")["sets"], desk.token.nvm.operations) == (1, writes)


def test_with_a_press_any_time_for_thirty_seconds(desk):
    assert desk.pressed("clock.allow") == {}
    for seconds in (5000, -100):
        assert desk.call("clock.set", unix=int(desk.clock) + seconds)["state"] == "ok"
    told = desk.call("clock.get")
    assert (told["sets"], told["moved_ms"]) == (3, 0)
    assert 1990 <= told["adjustment_left_ms"] <= 2000
    desk.token.advance(28_000)
    assert desk.call("clock.set", unix=int(desk.clock) + 10)["sets"] == 4
    desk.token.advance(2500)
    refused(desk, set_by, 10_000)


def test_no_press_no_leave(desk):
    with pytest.raises(RpcFailure) as failure:
        desk.call("clock.allow", timeout=1)
    assert failure.value.code == 5
    refused(desk, set_by, 10_000)
    desk.pressed("session.allow")  # leave to change accounts is none to move the clock
    refused(desk, set_by, 10_000)


@pytest.mark.parametrize("how", ["close", "replug"])
def test_leave_ends_with_the_connection(desk, how):
    desk.pressed("clock.allow")
    if how == "close":
        desk.close()
    else:
        desk.token.unplug()
        desk.token.plug()
        desk.token.advance(3000)
    desk.open()
    refused(desk, set_by, 10_000)


def test_a_clock_nobody_ever_set_with_a_press(make_desk):
    desk = make_desk()
    desk.token.advance(13_000)
    assert budget(desk) == 0
    for ms in (0, 100, -100, 1000):
        assert refused(desk, set_by, ms) == 0


def test_a_stopped_clock_needs_a_press(desk):
    desk.token.rtc.osf = True
    desk.token.advance(1500)
    with pytest.raises(RpcFailure) as failure:
        desk.call("clock.set", unix=int(desk.token.unix))
    assert (failure.value.code, failure.value.data) == (13, 0)
    assert desk.call("clock.get")["state"] == "stopped"
    desk.pressed("clock.allow")
    assert desk.call("clock.set", unix=int(desk.token.unix))["state"] == "ok"


def test_the_limit_is_kept_over_unplugging(desk):
    told = set_by(desk, 1500)
    desk.token.unplug()
    desk.token.plug()
    desk.token.advance(13_000)
    desk.open()
    again = desk.call("clock.get")
    assert (again["sets"], again["moved_ms"]) == (2, told["moved_ms"])
    assert abs(again["adjustment_left_ms"] - told["adjustment_left_ms"]) <= 1
    refused(desk, set_by, 1500)


@pytest.mark.parametrize(
    ("days", "ms"), [(10, 2000 + 10 * 432), (30, 2000 + 30 * 432), (31, 15_000), (400, 15_000)]
)
def test_it_grows_by_five_millionths_to_fifteen_seconds(desk, days, ms):
    desk.token.unplug()
    desk.token.advance(days * 86_400_000)
    desk.token.plug()
    desk.open()
    assert budget(desk) == pytest.approx(ms, abs=2)


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("step", [900, 350, 40])
def test_creeping_is_stopped(desk, direction, step):
    """Small moves one after the other, the cable pulled now and then."""
    before, refusals = offset(desk), 0
    for number in range(80):
        try:
            set_by(desk, direction * step)
        except RpcFailure as failure:
            assert failure.code == 13
            refusals += 1
        if number % 17 == 16:
            desk.token.unplug()
            desk.token.plug()
            desk.token.advance(13_000)
            desk.open()
        assert abs(offset(desk) - before) <= 2010
        if refusals > 3:
            break
    assert refusals
    assert abs(offset(desk) - before) > 500  # it did move


def test_no_order_of_moves_gets_further(desk):
    dice, before, moved = random.Random(3), offset(desk), 0
    for _ in range(60):
        try:
            set_by(desk, dice.choice((-1, 1)) * dice.randrange(1, 1200))
            moved += 1
        except RpcFailure as failure:
            assert failure.code == 13
        assert abs(offset(desk) - before) <= 2010
    assert moved > 4


def test_to_and_fro_over_power_cuts(desk):
    """A move whose cable is pulled between its record and the chip is counted, and gives nothing back."""
    before = offset(desk)
    for number in range(24):
        desk.token.flash.cut_at(1 + number % 4, 0.5)
        direction = -1 if number % 2 else 1
        desk.send("clock.set", unix=round(desk.clock) + direction)
        desk.token.advance(300)
        desk.token.unplug()
        desk.token.plug()
        desk.token.advance(13_000)
        desk.open()
        assert abs(offset(desk) - before) <= 2010, number
        told = desk.status()
        assert (told["clock"]["state"], told["faults"]) == ("ok", 0)


def test_the_count_survives_every_cut(desk):
    sets = 1
    for cut in range(8):
        desk.token.flash.cut_at(cut, 0.5)
        number = desk.send("clock.set", unix=round(desk.clock))
        desk.token.advance(300)
        answered = bool(desk.line(0)) if desk.token.plugged else False
        desk.token.unplug()
        desk.token.plug()
        desk.token.advance(13_000)
        desk.open()
        now = desk.call("clock.get")["sets"]
        assert now == sets + 1 if answered else now in (sets, sets + 1), (cut, number)
        sets = now
    assert sets > 1


def test_a_full_log_gives_no_time_for_nothing(desk):
    """Keeping the record then takes a third of a second, in which the clock goes on."""
    desk.pressed("session.allow")
    before, sets, erases = offset(desk), 0, desk.token.nvm.erases
    for number in range(330):
        desk.call("account.default", id=1)
        if number % 10 == 0:
            try:
                set_by(desk, -20)
                sets += 1
            except RpcFailure as failure:
                assert failure.code == 13
        assert abs(offset(desk) - before) <= 2010
    assert desk.token.nvm.erases > erases
    assert sets > 10
    told = desk.call("clock.get")
    assert offset(desk) - before == pytest.approx(told["moved_ms"], abs=40)


def test_a_stranger_does_not_use_up_the_room_for_counters(make_desk):
    """Each setting is a record; on a token without a store file the log takes so many of them and no more."""
    desk = make_desk(store_file=False)
    desk.add(type="hotp")
    desk.pressed("clock.allow")
    desk.call("clock.set", unix=int(desk.token.unix))
    desk.token.advance(13_000)
    desk.close()
    desk.token.advance(30_000)
    desk.open()
    codes = set()
    for number in range(400):
        if number % 60 == 59:  # else they are too many at once
            desk.token.unplug()
            desk.token.plug()
            desk.token.advance(13_000)
            desk.open()
        try:
            set_by(desk, 10 if number % 2 else -10)
        except RpcFailure as failure:
            codes.add(failure.code)
            if failure.code == 2:
                break
    assert 2 in codes
    for counter in range(5):
        assert desk.click() == hotp(SECRET, counter)
    assert desk.pressed("account.remove", id=1) == {}
