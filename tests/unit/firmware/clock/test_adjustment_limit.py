"""How far the clock may be moved without a press: the record, and an attacker who sets it as he likes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fob.clock.adjustment_limit import AdjustmentLimit
from fob.clock.timekeeper import AdjustmentTooLarge, ClockInvalid, Timekeeper
from support.chip_clock import Chip, World

BASE = 1_800_000_000
BUILT = 1_795_305_600
DELAY = st.floats(0, 3)


def test_nothing_may_be_moved_before_the_first_press():
    limit = AdjustmentLimit()
    assert (limit.sets, limit.moved, limit.allowed(BASE), limit.left(BASE)) == (0, 0, 0, 0)
    assert limit.fits(0, 0, BASE)
    assert not limit.fits(-1, 0, BASE)
    assert not limit.fits(0, 1, BASE)


@pytest.mark.parametrize(
    ("later", "room"),
    [
        (-5, 2000),
        (0, 2000),
        (199, 2000),
        (200, 2001),
        (86400, 2432),
        (2_599_999, 14_999),
        (2_600_000, 15_000),
        (31_557_600, 15_000),
        (2**31, 15_000),
    ],
)
def test_two_seconds_and_five_millionths_and_fifteen_seconds_at_most(later, room):
    limit = AdjustmentLimit(AdjustmentLimit().after_press(BASE))
    assert (limit.sets, limit.moved) == (1, 0)
    assert limit.allowed(BASE + later) == limit.left(BASE + later) == room
    assert limit.fits(-room, room, BASE + later)
    assert not limit.fits(-room - 1, 0, BASE + later)
    assert not limit.fits(0, room + 1, BASE + later)


def test_moves_add_up_and_the_unknown_counts_both_ways():
    limit = AdjustmentLimit(AdjustmentLimit().after_press(BASE))
    limit = AdjustmentLimit(limit.after_move(490, 510))
    assert (limit.sets, limit.moved, limit.left(BASE)) == (2, 500, 1490)
    perhaps = AdjustmentLimit(limit.before_move(-510, -490))
    assert (perhaps.sets, perhaps.left(BASE)) == (3, 1490)
    assert not perhaps.fits(0, 1491, BASE)
    assert not perhaps.fits(-1981, 0, BASE)
    limit = AdjustmentLimit(limit.after_move(-510, -490))  # back again: about nothing, but who knows
    assert (limit.sets, limit.moved, limit.left(BASE)) == (3, 0, 1980)
    assert limit.fits(1950, 1980, BASE)
    assert limit.fits(-1980, -1950, BASE)
    assert not limit.fits(1950, 1981, BASE)
    assert not limit.fits(-1981, -1950, BASE)


def test_a_press_begins_anew_and_counts_on():
    limit = AdjustmentLimit(AdjustmentLimit(AdjustmentLimit().after_press(BASE)).after_move(-1900, -1800))
    limit = AdjustmentLimit(limit.after_press(BASE + 10))
    assert (limit.sets, limit.moved, limit.left(BASE + 10)) == (3, 0, 2000)


def test_the_record_is_for_ever():
    record = AdjustmentLimit(AdjustmentLimit().after_press(BASE)).after_move(-3, 4)
    assert record == bytes.fromhex("02000000 00d2496b fdffffff 04000000")
    assert AdjustmentLimit(record).after_move(0, 0)[:4] == bytes.fromhex("03000000")


class Desk:
    """A token's clock, its record, and what an honest clock would show."""

    def __init__(self, first=0.0, ppm=0.0, delays=((0.3, 0.3),), keeping=(1.0,)):
        self.world = World()
        self._delays, self._keeping = iter(list(delays) * 10_000), iter(list(keeping) * 10_000)
        self.chip = Chip(self.world, BASE * 1000 + first, ppm, lambda: next(self._delays))
        self.record = None
        self.start()
        self.time.set(int(self.chip.unix_ms // 1000), True)
        self.honest, self.began = self.chip.first, self.world.now

    def start(self):
        """Unplugged and plugged in: what was learned of the phase is gone."""
        self.time = Timekeeper(self.chip, BUILT, lambda: self.record, self._keep)

    def _keep(self, record):
        self.world.consume_time(next(self._keeping))
        self.record = record

    def look(self, times=1):
        for _ in range(times):
            at = self.time.next_read(self.world.ticks + 1)
            self.world.now = float(at or self.world.ticks + 1000)
            self.time.read()

    @property
    def moved(self):
        """How far the chip is from where it would be, ms."""
        return self.chip.first - self.honest

    @property
    def bound(self):
        return min(15_000, 2000 + (self.world.now - self.began) * 5e-6) + 1


@settings(max_examples=150, deadline=None)
@given(
    first=st.floats(0, 999.999),
    ppm=st.floats(-20, 20),
    delays=st.lists(st.tuples(DELAY, DELAY), min_size=1, max_size=20),
    keeping=st.lists(st.floats(0, 400), min_size=1, max_size=8),
    acts=st.lists(
        st.one_of(
            st.tuples(st.just("set"), st.integers(-4, 4), st.floats(0, 1000)),
            st.tuples(st.just("look"), st.integers(1, 12), st.just(0)),
            st.tuples(st.just("wait"), st.integers(0, 3_000_000), st.just(0)),
            st.tuples(st.just("replug"), st.just(0), st.just(0)),
        ),
        max_size=60,
    ),
)
def test_no_sequence_of_settings_without_a_press_gets_further(first, ppm, delays, keeping, acts):
    desk = Desk(first, ppm, delays, keeping)
    for act, number, wait in acts:
        if act == "set":
            desk.world.consume_time(wait)
            try:
                desk.time.set(int(desk.chip.unix_ms // 1000) + number, False)
            except AdjustmentTooLarge as error:
                assert 0 <= error.left <= desk.bound
        elif act == "look":
            desk.look(number)
        elif act == "wait":
            desk.world.consume_time(number)
        else:
            desk.start()
        assert abs(desk.moved) <= desk.bound


@pytest.mark.parametrize("keeping", [0.0, 1.0, 5.0, 60.0, 300.0])
@pytest.mark.parametrize("fraction", [5, 250, 500, 750, 995])
@pytest.mark.parametrize("forward", [(0,), (1,), (0, 1)])
def test_creeping_gets_no_further(forward, fraction, keeping):
    """Each setting moves by less than a second and looks like nothing; keeping the record takes its time."""
    desk = Desk(keeping=[keeping])
    desk.look(12)
    for number in range(3000):
        second = int(desk.chip.unix_ms // 1000) + 1
        desk.world.now = max(desk.world.now, desk.chip.began(second) + fraction)
        try:
            desk.time.set(second + forward[number % len(forward)], False)
        except AdjustmentTooLarge:
            break
        assert abs(desk.moved) <= desk.bound
    assert abs(desk.moved) <= desk.bound


def test_a_setting_that_had_to_wait_for_the_store_is_reckoned_again():
    desk = Desk(keeping=[1.0, 300.0, 1.0])  # one for the press, one with a full log, one more
    desk.look(12)
    second = int(desk.chip.unix_ms // 1000) + 1
    desk.world.now = desk.chip.began(second) + 100
    desk.time.set(second, False)
    assert desk.moved == pytest.approx(-400, abs=330)
    told = desk.time.describe()
    assert (told["sets"], told["moved_ms"]) == (2, pytest.approx(desk.moved, abs=4))


def test_a_setting_that_the_store_made_too_late_is_refused_and_not_counted():
    desk = Desk(keeping=[1.0, 8000.0, 1.0])  # a full store file: everything moves
    desk.look(12)
    before, moved = desk.time.describe(), desk.moved
    with pytest.raises(AdjustmentTooLarge):
        desk.time.set(int(desk.chip.unix_ms // 1000) + 1, False)
    told = desk.time.describe()
    assert [told[name] for name in ("sets", "moved_ms")] == [before[name] for name in ("sets", "moved_ms")]
    assert desk.moved == pytest.approx(moved, abs=1)


def kept_right(desk, days):
    """A computer sets it to its own time every other day; how many days that went well without a press."""
    for day in range(0, days, 2):
        desk.world.consume_time(2 * 86_400_000)
        desk.start()
        desk.look(12)
        second = (BASE * 1000 + desk.world.now) // 1000 + 1  # the world's own time
        desk.world.now = second * 1000 - BASE * 1000
        try:
            desk.time.set(int(second), False)
        except AdjustmentTooLarge:
            return day
        assert abs(desk.chip.unix_ms - BASE * 1000 - desk.world.now) < 600
    return days


def test_a_computer_that_keeps_it_right_needs_a_press_a_month():
    """Of the worst chip there is, 5 ppm; then it may go on for another."""
    desk = Desk(ppm=5.0)
    for _ in range(24):
        assert kept_right(desk, 32) == 32
        desk.time.set(int(desk.chip.unix_ms // 1000), True)


def test_without_any_press_it_comes_to_an_end():
    """At 3 ppm the fifteen seconds are used up after 58 days."""
    assert kept_right(Desk(ppm=3.0), 400) == pytest.approx(58, abs=3)


def test_a_clock_that_does_not_run_needs_a_press():
    desk = Desk()
    desk.look(12)
    for state in ("stopped",):
        desk.chip.state = state
        with pytest.raises(AdjustmentTooLarge) as refused:
            desk.time.set(BASE + 20, False)
        assert refused.value.left == 0
        desk.time.set(BASE + 20, True)
        assert desk.time.read() == ("ok", BASE + 20)


@pytest.mark.parametrize("state", ["absent", "bus"])
def test_a_clock_that_is_not_there_is_not_counted(state):
    desk = Desk()
    before = desk.record
    desk.chip.state = state
    for pressed in (False, True):
        with pytest.raises(ClockInvalid):
            desk.time.set(BASE + 20, pressed)
    assert desk.record == before


def test_a_time_that_cannot_be_true_is_not_counted():
    desk = Desk()
    before = desk.record
    for unix in (0, BUILT - 1, 4102444800):
        with pytest.raises(ValueError, match="range"):
            desk.time.set(unix, True)
    assert desk.record == before


def test_the_record_is_kept_before_the_chip_is_set():
    """So that pulling the cable in between gives no move for nothing."""
    desk = Desk()
    desk.look(12)

    class PulledError(Exception):
        pass

    def pulled(unix):
        raise PulledError

    desk.chip.set = pulled
    left = desk.time.describe()["adjustment_left_ms"]
    with pytest.raises(PulledError):
        desk.time.set(int(desk.chip.unix_ms // 1000) + 1, False)
    desk.start()
    assert desk.time.describe()["sets"] == 2
    assert desk.time.describe()["adjustment_left_ms"] < left


@pytest.mark.parametrize("ahead", [1, -1])
def test_moves_that_did_not_happen_give_no_room_to_go_back(ahead):
    """The cable is pulled between record and setting, again and again; then a move the other way."""
    desk = Desk()
    desk.look(12)
    really, left = desk.chip.set, []
    for _ in range(40):
        desk.chip.set = lambda unix: "bus"
        desk.look(12)
        with pytest.raises((ClockInvalid, AdjustmentTooLarge)):
            desk.time.set(int(desk.chip.unix_ms // 1000) + ahead, False)
        left.append(desk.time.describe()["adjustment_left_ms"])
    assert desk.moved == 0
    desk.chip.set = really
    for _ in range(40):
        desk.look(12)
        try:
            desk.time.set(int(desk.chip.unix_ms // 1000) - ahead, False)
        except AdjustmentTooLarge:
            break
    assert abs(desk.moved) <= desk.bound
    assert max(left[1:]) <= left[0] + 3  # the five millionths


def test_the_description():
    desk = Desk()
    told = desk.time.describe()
    assert (told["state"], told["sets"], told["moved_ms"], told["adjustment_left_ms"]) == ("ok", 1, 0, 2000)
    desk.look(12)
    second = int(desk.chip.unix_ms // 1000) + 1
    desk.world.now = desk.chip.began(second) - 500
    desk.time.set(second, False)
    told = desk.time.describe()
    assert told["sets"] == 2
    assert told["moved_ms"] == pytest.approx(500, abs=8)
    assert 1485 <= told["adjustment_left_ms"] <= 1505
    with pytest.raises(AdjustmentTooLarge) as refused:
        desk.time.set(second + 3, False)
    assert refused.value.left == told["adjustment_left_ms"]
