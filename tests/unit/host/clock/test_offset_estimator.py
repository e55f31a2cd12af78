"""From polls to an offset: bounds that hold, uncertainties that are honest, syncs within their goal."""

import random

import pytest

from support.fake_port import FakePort, FakeToken
from ticktap.clock import edge_sampling, sync
from ticktap.clock.offset_estimator import Estimate, Poll
from ticktap.device.client import Client


class JitteryPort(FakePort):
    """Every way takes between two times, evenly spread."""

    def __init__(self, token, low, high, chance):
        super().__init__(token)
        self.low, self.high, self.chance = low, high, chance

    def write(self, data):
        """As FakePort's."""
        self.latency = self.chance.uniform(self.low, self.high)
        super().write(data)

    def read_line(self, timeout):
        """As FakePort's."""
        self.latency = self.chance.uniform(self.low, self.high)
        return super().read_line(timeout)


def uneven(seed, fine, error):
    token, chance = FakeToken(), random.Random(seed)
    token.fine, token.clock_error = fine, error
    token.time.now += chance.random()
    return token, Client(JitteryPort(token, 0.001, 0.02, chance)), token.time


def test_one_poll_bounds_the_offset():
    estimate = Estimate()
    estimate.add(Poll(100.0, 100.02, 150.0, 151.0))
    assert (estimate.low, estimate.high) == (pytest.approx(49.98), 51.0)
    found = estimate.offset()
    assert found.seconds == pytest.approx(50.49)
    assert found.uncertainty == pytest.approx(0.51, abs=0.01)


def test_two_polls_around_an_edge_narrow_it():
    estimate = Estimate()
    estimate.add(Poll(100.00, 100.01, 150.0, 151.0))
    estimate.add(Poll(100.01, 100.02, 151.0, 152.0))
    found = estimate.offset()
    assert found.seconds == pytest.approx(50.99, abs=0.001)
    assert found.uncertainty <= 0.01


def test_a_fast_poll_counts_for_more_than_slow_ones():
    estimate = Estimate()
    for at in range(5):
        estimate.add(Poll(100 + at, 100.04 + at - at / 400, 150.03 + at, 150.03 + at))
    wide = estimate.offset()
    estimate.add(Poll(106, 106.002, 156.005, 156.005))
    assert estimate.offset().seconds == pytest.approx(50.004, abs=0.001)
    assert estimate.offset().uncertainty < wide.uncertainty / 4


def test_a_contradiction_begins_anew():
    estimate = Estimate()
    estimate.add(Poll(100.0, 100.01, 150.0, 150.0))
    estimate.add(Poll(101.0, 101.01, 251.0, 251.0))
    assert estimate.contradicted == 1
    assert estimate.offset().seconds == pytest.approx(149.995, abs=0.001)


def test_the_least_of_an_uneven_line_is_not_its_luckiest_round_trip():
    even, spread = Estimate(), Estimate()
    even.round_trips = [0.0301, 0.03, 0.0302, 0.03]
    spread.round_trips = [0.01, 0.018, 0.021, 0.024, 0.03]
    assert even.least == pytest.approx(0.03)
    assert spread.least <= 0.01 - 0.008 + 1e-9


@pytest.mark.parametrize("fine", [False, True])
def test_offsets_over_an_uneven_line_are_within_what_they_state(fine):
    missed = 0
    for seed in range(40):
        error = random.Random(seed).uniform(-3, 3)
        token, client, host = uneven(seed, fine, error)
        found = edge_sampling.offset(client, host)
        missed += abs(found.seconds - error) > found.uncertainty
        assert found.uncertainty < 0.02
    assert missed <= 1


def test_a_hundred_syncs_over_an_uneven_line_are_within_the_goal():
    """Each way 1 to 20 ms; the token tells its milliseconds, as the firmware does."""
    errors = []
    for seed in range(100):
        token, client, host = uneven(seed, True, random.Random(seed).uniform(-2, 2))
        sync.sync(client, host, client.allow_clock)
        errors.append(abs(token.clock_error))
    assert sum(error > sync.GOAL for error in errors) <= 1


@pytest.mark.parametrize("error", [0.0, 0.001, -0.0015])
def test_a_clock_that_is_right_is_left_alone(error):
    token, client, host = uneven(3, True, error)
    done = sync.sync(client, host)
    assert (done.kept, token.clock_sets, token.clock_error) == (True, [], error)


def test_a_clock_is_never_left_worse_than_it_was():
    for seed in range(30):
        before = random.Random(seed).uniform(-0.03, 0.03)
        token, client, host = uneven(seed, True, before)
        sync.sync(client, host)
        assert abs(token.clock_error) <= max(abs(before), sync.GOAL)


def test_a_press_is_asked_for_once_and_only_when_it_is_needed():
    token, client, host = uneven(1, True, 30.0)
    presses = []

    def allow():
        presses.append(host.time())
        client.allow_clock()

    sync.sync(client, host, allow)
    assert len(presses) == 1
    assert abs(token.clock_error) < sync.GOAL


def test_without_anybody_to_press_the_clock_stays_as_it_is():
    token, client, host = uneven(1, True, 30.0)
    with pytest.raises(sync.ClockGuarded):
        sync.sync(client, host)
    assert (token.clock_error, token.clock_sets) == (30.0, [])


def test_an_offset_near_the_limit_is_not_within_it_while_the_directions_may_differ():
    """Twenty readings exactly in the middle of a round trip of 10 ms; one direction may take 1 ms more."""
    for off, likely in ((0.0045, False), (0.003, True)):
        estimate = Estimate()
        for at in range(20):
            second = 100.0 + at + off
            estimate.add(Poll(100.0 + at, 100.01 + at, second + 0.0045, second + 0.0055))
        assert abs(estimate.offset().seconds - off) < 0.0005
        assert (estimate.within(0.005) > 0.995) is likely
