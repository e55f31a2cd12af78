"""When the chip's seconds begin: what is said to be possible always holds what is so, and is soon little."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fob.clock.subsecond import Subsecond
from support.chip_clock import Chip, World

DELAY = st.floats(0, 3)
BASE = 1_800_000_000


def look(subsecond, chip):
    _, unix = chip.read()
    subsecond.add_read(unix, *chip.read_window)


def check(subsecond, chip, world, unix):
    """The least and the most that are possible hold the truth. How wide they are."""
    least, most = subsecond.elapsed(unix, world.ticks)
    past = chip.unix_ms - unix * 1000
    # The moment asked for is known to a millisecond only, and so is how much has faded.
    assert least - 2 <= past <= most + 2
    return most - least


@settings(max_examples=150, deadline=None)
@given(
    first=st.floats(0, 999.999),
    ppm=st.floats(-45, 45),
    delays=st.lists(st.tuples(DELAY, DELAY), min_size=1, max_size=40),
    pauses=st.lists(st.floats(0, 45_000), min_size=1, max_size=60),
)
def test_the_truth_is_always_possible(first, ppm, delays, pauses):
    world, used = World(), iter(delays * 100)
    chip = Chip(world, BASE * 1000 + first, ppm, lambda: next(used))
    subsecond = Subsecond()
    for number, pause in enumerate(pauses):
        world.consume_time(pause)
        if number % 7 == 6:
            unix = int(chip.unix_ms // 1000) + (number % 5) * 3000 - 6000
            chip.set(unix)
            subsecond.add_set(unix, *chip.read_window)
        look(subsecond, chip)
        for unix in (int(chip.unix_ms // 1000), int(chip.unix_ms // 1000) + 7):
            check(subsecond, chip, world, unix)


@settings(max_examples=150, deadline=None)
@given(
    first=st.floats(0, 999.999), ppm=st.floats(-33, 33), delays=st.lists(st.tuples(DELAY, DELAY), min_size=1)
)
def test_twelve_looks_at_its_own_moments_are_enough(first, ppm, delays):
    world, used = World(), iter(delays * 100)
    chip = Chip(world, BASE * 1000 + first, ppm, lambda: next(used))
    subsecond = Subsecond()
    look(subsecond, chip)
    for _ in range(12):
        at = subsecond.next_read(world.ticks + 1)
        if at is None:
            break
        assert world.ticks < at <= world.ticks + 1 + 1000
        world.now = float(at)
        look(subsecond, chip)
    width = check(subsecond, chip, world, BASE)
    longest = max(ahead + behind for ahead, behind in delays)
    assert width <= 4 + 2 * (longest + 2)


def test_nothing_is_known_at_first_and_after_forgetting():
    subsecond = Subsecond()
    assert (subsecond.elapsed(BASE, 5), subsecond.next_read(5)) == (None, None)
    subsecond.add_read(BASE, 100, 101)
    assert subsecond.elapsed(BASE, 101) == (0, 1001)
    subsecond.forget()
    assert (subsecond.elapsed(BASE, 5), subsecond.next_read(5)) == (None, None)


def test_two_reads_around_an_edge_leave_what_is_between_them():
    subsecond = Subsecond()
    subsecond.add_read(BASE, 1000, 1001)
    subsecond.add_read(BASE + 1, 1004, 1005)
    assert subsecond.elapsed(BASE + 1, 1010) == (5, 10)
    assert subsecond.elapsed(BASE, 1010) == (1005, 1010)
    assert subsecond.elapsed(BASE + 2, 1010) == (-995, -990)


@pytest.mark.parametrize("moved", [-3600, -5, -1, 2, 5, 3600])
def test_a_chip_that_somebody_else_set_is_learned_anew(moved):
    subsecond = Subsecond()
    subsecond.add_read(BASE, 1000, 1001)
    subsecond.add_read(BASE + 1, 1004, 1005)
    subsecond.add_read(BASE + 1 + moved, 1300, 1301)
    assert subsecond.elapsed(BASE + 1 + moved, 1301) == (0, 1001)


def test_what_is_known_fades_by_fifty_millionths():
    """However often it is asked for meanwhile."""
    for step in (1_000, 19_999, 20_001, 39_999, 1_000_000):
        subsecond = Subsecond()
        subsecond.add_set(BASE, 1000, 1002)
        for now in range(1002, 1_000_002 + step, step):
            least, most = subsecond.elapsed(BASE, now)
        assert 2 + 2 * 49 <= most - least <= 2 + 2 * 52, step
        assert least <= now - 1002 <= now - 1000 <= most
