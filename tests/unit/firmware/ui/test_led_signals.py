"""The light: what shows when, and that no two signals look alike."""

import itertools

import pytest

from fob import modes
from fob.ui import led_signals
from fob.ui.led_signals import GREEN, OFF, RED, LedSignals

BLINK = (RED, (100, 200))
ONCE = (GREEN, (50, 50, 50, 50))
BACKGROUND = [
    led_signals.WAITING_TIME_STEP,
    led_signals.PRESS_FOR_CODE,
    led_signals.MAINTENANCE,
    led_signals.CLOCK_INVALID,
    led_signals.STORE_UNUSABLE,
]
BACKGROUND += [led_signals.SYNC_OVERDUE, led_signals.PRESS_FOR_CHANGE]
BACKGROUND += [led_signals.PRESS_FOR_DESTRUCTIVE, led_signals.PRESS_AGAIN]
PASSING_SIGNALS = [
    led_signals.READY,
    led_signals.TYPED,
    led_signals.NO_HOST,
    led_signals.NO_ACCOUNT,
    led_signals.CLOCK_REFUSED,
    led_signals.STORE_REFUSED,
    led_signals.CANCELLED,
    led_signals.IDENTIFY,
]


@pytest.mark.parametrize(
    ("at", "colour"), [(1000, RED), (1099, RED), (1100, OFF), (1299, OFF), (1300, RED), (10_000, RED)]
)
def test_a_standing_signal_repeats(at, colour):
    shown = LedSignals()
    shown.set_background(BLINK, 1000)
    assert shown.colour(at) == colour


def test_a_passing_signal_covers_it_and_lets_it_start_anew():
    shown = LedSignals()
    shown.set_background(BLINK, 0)
    shown.show_once(ONCE, 30)
    assert [shown.colour(at) for at in (30, 79, 80, 130, 180, 229)] == [GREEN, GREEN, OFF, GREEN, OFF, OFF]
    assert [shown.colour(at) for at in (230, 329, 330)] == [RED, RED, OFF]


def test_the_same_standing_signal_goes_on_where_it_was():
    shown = LedSignals()
    shown.set_background(BLINK, 0)
    shown.set_background(BLINK, 150)
    assert shown.colour(150) == OFF


def test_nothing_to_say_is_dark():
    shown = LedSignals()
    assert shown.colour(0) == OFF
    shown.set_background(BLINK, 0)
    shown.set_background(None, 10)
    assert shown.colour(20) == OFF


@pytest.mark.parametrize("n", [1, 2, 5, 6, 40])
def test_numbers_blink(n):
    _, times = led_signals.number(n)
    assert len(times) == 2 * n
    assert times[-1] >= 3 * times[1] or n == 1
    assert led_signals.number(n)[0] == led_signals.number(n + 5)[0] != led_signals.number(n + 1)[0]


@pytest.mark.parametrize("signals", [BACKGROUND, PASSING_SIGNALS], ids=["background", "shown once"])
def test_rhythms_differ_without_their_colours(signals):
    for one, other in itertools.combinations(signals, 2):
        assert one[1] != other[1]


def test_what_a_press_is_for_is_shown_in_a_second():
    for reason in range(5):
        assert sum(led_signals.background(modes.REQUEST, reason, False)[1]) == led_signals.PRESS_PATTERN_MS


def test_a_signal_that_is_shown_once_can_be_ended():
    shown = LedSignals()
    shown.set_background(BLINK, 0)
    shown.show_once(ONCE, 0)
    shown.end_once()
    assert shown.colour(0) == RED


def test_colours_are_dim_rgb():
    for colour, times in [*BACKGROUND, *PASSING_SIGNALS]:
        assert 0 < colour <= 0xFFFFFF
        assert len(times) % 2 == 0
        assert max(colour.to_bytes(3, "big")) <= 0x30
