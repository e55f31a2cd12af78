"""Rates, predictions and trims, from what was seen of a clock."""

from dataclasses import replace

import pytest

from ticktap.clock import aging_trim
from ticktap.clock.drift import SPEC, Drift, Interval, Observation, battery_failed, drift, intervals, passes
from ticktap.simulator import population

DAY = 86400
HOURS_28 = 28 * 3600


def seen(ppm, *days, aging=0, doubt=0.003, temperature=22.0):
    """Syncs on these days of a clock that runs at `ppm`."""
    out, last = [], None
    for day in days:
        unix = 1_800_000_000 + round(day * DAY)
        before = None if last is None else (unix - last) * ppm / 1e6
        out.append(Observation(unix, "sync", before, 0.0, doubt, temperature, aging))
        last = unix
    return out


def test_a_stretch_has_the_rate_and_its_doubt():
    (found,) = intervals(seen(1.5, 0, 10))
    assert found.rate == pytest.approx(1.5)
    assert found.doubt == pytest.approx(0.003 * 2**0.5 / (10 * DAY) * 1e6)
    assert (found.aging, found.temperature) == (0, 22.0)


def test_a_stretch_begins_where_the_sync_left_the_clock():
    one, other = seen(0, 0, 1)
    late = Observation(other.unix, "sync", 0.0864 + 0.002, 0.0, 0.003)
    (found,) = intervals([Observation(one.unix, "sync", None, 0.002, 0.003), late])
    assert found.rate == pytest.approx(1.0)


def test_what_is_too_near_or_unread_is_no_stretch():
    near = seen(1.0, 0, 0.01)
    assert intervals(near) == []
    lost = [near[0], Observation(near[0].unix + DAY, "sync", None, 0.0, 0.003, state="stopped")]
    assert intervals(lost) == []


@pytest.mark.parametrize(
    ("sets", "found", "interval"), [(3, 3, True), (3, 4, False), (None, 4, True), (3, None, True)]
)
def test_a_setting_that_nobody_recorded_is_in_no_stretch(sets, found, interval):
    one, other = seen(1.0, 0, 10)
    assert bool(intervals([replace(one, sets=sets), replace(other, found=found)])) is interval


def test_a_code_ends_a_stretch_and_begins_none():
    syncs = seen(1.0, 0, 20)
    code = Observation(syncs[0].unix + 10 * DAY, "verify", 30.0, 30.0, 45.0)
    found = intervals([syncs[0], code, syncs[1]])
    assert [each.end - each.start for each in found] == [10 * DAY, 20 * DAY]
    assert found[0].doubt > 50
    assert drift(found, 0).rate == pytest.approx(1.0, abs=0.01)


def test_without_anything_seen_the_data_sheet_speaks():
    assert drift([], 0) == Drift(0.0, SPEC, 0)


def test_the_rate_is_stated_for_the_register_as_it_is_now():
    found = intervals(seen(1.0, 0, 5, aging=0))
    assert drift(found, 10).rate == pytest.approx(0.0)
    assert drift(found, -5).rate == pytest.approx(1.5)


def test_a_stretch_with_the_present_register_decides():
    syncs = seen(3.0, 0, 2)
    trimmed = Observation(syncs[-1].unix + 1, "trim", None, 0.0, 0.003, 22.0, 0, 30)
    after = Observation(trimmed.unix + 2 * DAY, "sync", -0.2 * 2 * 0.0864, 0.0, 0.003, 22.0, 30)
    found = intervals([*syncs, trimmed, after])
    assert [each.aging for each in found] == [0, 30]
    assert drift(found, 30).rate == pytest.approx(-0.2, abs=0.01)


def test_more_stretches_make_the_rate_surer():
    few, many = (drift(intervals(seen(0.5, *range(0, days, 5))), 0) for days in (6, 60))
    assert many.doubt < few.doubt / 2
    assert (few.intervals, many.intervals) == (1, 11)


def measured(rate, doubt, aging=0):
    """An interval in ppm; `doubt` is three standard deviations."""
    return Interval(0, DAY, rate, doubt, aging, None)


def test_intervals_count_by_the_inverse_of_their_variance():
    """By hand: standard deviations of 0.1 and 0.4 ppm, and 0.1 ppm of wandering, give variances of 0.02 and
    0.17, weights of 50 and 100/17, the mean (50 + 200/17) / (950/17), and three times sqrt(17/950).
    """
    found = drift([measured(1.0, 0.3), measured(2.0, 1.2)], 0)
    assert found.rate == pytest.approx(21 / 19)
    assert found.doubt == pytest.approx(0.401314, abs=1e-6)
    assert drift([measured(1.0, 0.3)], 0).doubt == pytest.approx(0.424264, abs=1e-6)  # 3 sqrt(0.02)


@pytest.mark.parametrize(("doubt", "intervals"), [(0.29, 1), (0.3, 1), (0.31, 2)])
def test_an_interval_of_three_tenths_of_a_ppm_is_precise(doubt, intervals):
    """With the aging offset in use, it decides alone."""
    assert drift([measured(1.0, doubt, aging=7), measured(3.0, 0.1, aging=0)], 7).intervals == intervals


@pytest.mark.parametrize(
    ("offset", "rate", "doubt", "earliest", "likely"),
    [
        (0.0, 2.0, 0.0, 7.5e6, 7.5e6),
        (5.0, 2.0, 0.0, 5e6, 5e6),
        (5.0, -2.0, 0.0, 1e7, 1e7),
        (0.0, 1.0, 1.0, 7.5e6, 1.5e7),
        (-10.0, 1.0, 3.0, 2.5e6, 2.5e7),
        (16.0, 0.0, 0.0, 0.0, 0.0),
        (0.0, 0.0, 0.0, None, None),
        (0.0, 0.0, 2.0, 7.5e6, None),
    ],
)
def test_when_the_offset_passes_the_bound(offset, rate, doubt, earliest, likely):
    found = passes(offset, Drift(rate, doubt, 1), 15.0)
    assert found == (earliest and pytest.approx(earliest), likely and pytest.approx(likely))


def test_a_battery_that_failed():
    good = seen(1.0, 0, 5)
    assert battery_failed([]) is None
    assert battery_failed(good) is False
    assert battery_failed(good, "stopped") is True
    new = [Observation(1, "sync", None, 0.0, 0.1, state="stopped"), *good]
    assert battery_failed(new) is False, "a module that was never set has not failed"
    assert battery_failed([*good, new[0]]) is True


# --- trims


@pytest.mark.parametrize(("ppm", "aging"), [(3.0, 30), (-2.04, -20), (0.16, 2), (20.0, 127), (-20.0, -128)])
def test_two_syncs_28_hours_apart_choose_the_step(ppm, aging):
    found = aging_trim.propose(seen(ppm, 0, HOURS_28 / DAY), 0, 22.0)
    assert (found.aging, found.why_not) == (aging, "")
    assert found.residual == pytest.approx(ppm - aging * 0.1)
    assert found.temperature == 22.0


def test_a_clock_that_is_right_is_not_trimmed():
    found = aging_trim.propose(seen(0.03, 0, 2, aging=5), 5, 22.0)
    assert found.aging == 5
    assert "already" in found.why_not


@pytest.mark.parametrize("syncs", [[], seen(1.0, 0), seen(1.0, 0, 0.2)])
def test_too_little_was_seen(syncs):
    found = aging_trim.propose(syncs, 0, 22.0)
    assert found.aging == 0
    assert "sync" in found.why_not


def test_a_day_in_the_sun_does_not_count():
    usual = seen(1.0, 0, 10)
    hot = Observation(usual[-1].unix + 2 * DAY, "sync", 3.0 * 2 * 0.0864, 0.0, 0.003, 60.0, 0)
    assert aging_trim.propose([*usual, hot], 0, 22.0).aging == 10


def after_trim(old, new):
    """Two syncs, a trim, a sync: rates before and after."""
    syncs = seen(old, 0, 2, aging=4)
    last = syncs[-1].unix
    written = Observation(last + 1, "trim", None, 0.0, 0.003, 22.0, 4, 14)
    return [*syncs, written, Observation(last + 1 + 2 * DAY, "sync", new * 2 * 0.0864, 0.0, 0.003, 22.0, 14)]


def test_a_trim_is_judged_by_what_follows():
    assert aging_trim.verdict(seen(1.0, 0, 2)) == ("none", None)
    assert aging_trim.verdict(after_trim(1.0, 0.02)) == ("better", None)
    assert aging_trim.verdict(after_trim(-1.0, -2.0)) == ("worse", 4)
    assert aging_trim.verdict(after_trim(1.0, 0.02)[:-1]) == ("waiting", None)


# --- the model


def test_trimmed_chips_hold_the_goal_over_a_year():
    """The distribution over a thousand is in `make bench`; ageing 0.1 ppm a year, one standard deviation."""
    chips = population.years(60, seed=5)
    uninterrupted = sorted(abs(chip.untrimmed) for chip in chips)
    trimmed = sorted(abs(chip.trimmed) for chip in chips)
    assert uninterrupted[30] > 1.0
    assert sum(ppm <= 0.2 for ppm in trimmed) >= 55
    assert trimmed[-1] < 0.5
    assert any(chip.aging > 0 for chip in chips)
    assert any(chip.aging < 0 for chip in chips)


def test_months_until_half_a_step():
    assert population.months(2.0) == pytest.approx(86.8 / 30.4, abs=0.02)
    assert population.months(-0.2) == pytest.approx(28.5, abs=0.1)
