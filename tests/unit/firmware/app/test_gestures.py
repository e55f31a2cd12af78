"""Edges in, gestures out: by the times on the edges, not by when somebody looks."""

import pytest

from fob.app.gestures import CLICK, DOWN, HOLD, Gestures

SETTINGS = {"debounce_ms": 30, "long_press_ms": 800}


@pytest.mark.parametrize(
    ("ms", "told"), [(0, None), (29, None), (30, CLICK), (799, CLICK), (800, HOLD), (5000, HOLD)]
)
def test_what_a_release_means(ms, told):
    gestures = Gestures(SETTINGS)
    assert gestures.edge(0, True, 1000) == DOWN
    assert gestures.edge(0, False, 1000 + ms) == told


@pytest.mark.parametrize(("now", "button"), [(1000, None), (1799, None), (1800, 2), (9999, 2)])
def test_a_hold_is_told_while_the_button_is_down(now, button):
    gestures = Gestures(SETTINGS)
    gestures.edge(2, True, 1000)
    assert gestures.overdue(now) == button


def test_a_hold_is_told_once():
    gestures = Gestures(SETTINGS)
    gestures.edge(0, True, 0)
    assert gestures.overdue(800) == 0
    assert gestures.overdue(900) is None
    assert gestures.edge(0, False, 1000) is None
    gestures.edge(0, True, 2000)
    assert gestures.edge(0, False, 2100) == CLICK


def test_a_release_without_a_press_means_nothing():
    assert Gestures(SETTINGS).edge(0, False, 50) is None


def test_buttons_do_not_mix():
    gestures = Gestures(SETTINGS)
    gestures.edge(0, True, 0)
    gestures.edge(1, True, 700)
    assert gestures.edge(1, False, 760) == CLICK
    assert gestures.overdue(800) == 0
    assert gestures.edge(1, True, 900) == DOWN
    assert gestures.edge(0, False, 950) is None
    assert gestures.edge(1, False, 1000) == CLICK


def test_thresholds_are_read_at_each_decision():
    settings = dict(SETTINGS)
    gestures = Gestures(settings)
    gestures.edge(0, True, 0)
    settings["debounce_ms"] = 100
    assert gestures.edge(0, False, 90) is None


def test_undecided_until_the_release_or_the_hold():
    gestures = Gestures(SETTINGS)
    seen = [gestures.undecided]
    gestures.edge(0, True, 0)
    seen.append(gestures.undecided)
    gestures.overdue(800)
    seen.append(gestures.undecided)
    gestures.edge(0, False, 900)
    gestures.edge(0, True, 1000)
    seen.append(gestures.undecided)
    gestures.edge(0, False, 1100)
    seen.append(gestures.undecided)
    assert seen == [False, True, False, True, False]


@pytest.mark.parametrize("held", [False, True])
def test_a_forgotten_press_means_nothing(held):
    gestures = Gestures(SETTINGS)
    gestures.edge(0, True, 0)
    if held:
        gestures.overdue(800)
    gestures.forget()
    assert not gestures.undecided
    assert gestures.overdue(2000) is None
    assert gestures.edge(0, False, 2000) is None
    gestures.edge(0, True, 3000)
    assert gestures.edge(0, False, 3100) == CLICK
