"""The mode of a token: of several things at once, the most urgent one."""

from itertools import combinations
from types import SimpleNamespace

import pytest

from fob import modes
from fob.app.token import Token
from fob.rpc import press_reason
from fob.ui import led_signals


def idle():
    """A token that does nothing, made of what its mode depends on."""
    return SimpleNamespace(
        delivery=SimpleNamespace(typing=False, waiting=None),
        requests=SimpleNamespace(waiting=None, is_pressed=False),
        account_menu=SimpleNamespace(is_open=False),
        _button_pin=None,
        maintenance=False,
        store=SimpleNamespace(usable=True, locked=False),
        time=SimpleNamespace(state="ok"),
    )


CAUSES = {
    modes.TYPING: lambda token: setattr(token.delivery, "typing", True),
    modes.PRESSED: lambda token: vars(token.requests).update(waiting=object(), is_pressed=True),
    modes.REQUEST: lambda token: setattr(token.requests, "waiting", object()),
    modes.WAITING: lambda token: setattr(token.delivery, "waiting", 1),
    modes.MENU: lambda token: setattr(token.account_menu, "is_open", True),
    modes.PIN: lambda token: setattr(token, "_button_pin", SimpleNamespace(is_open=True)),
    modes.MAINTENANCE: lambda token: setattr(token, "maintenance", True),
    modes.STORE_UNUSABLE: lambda token: setattr(token.store, "usable", False),
    modes.CLOCK_INVALID: lambda token: setattr(token.time, "state", "stopped"),
    modes.LOCKED: lambda token: setattr(token.store, "locked", True),
}


def test_every_mode_but_ready_has_a_cause():
    numbers = [value for name, value in vars(modes).items() if name.isupper()]
    assert sorted(numbers) == list(range(len(numbers)))
    assert set(numbers) == {*CAUSES, modes.READY}
    assert Token.mode(idle()) == modes.READY


def test_an_entry_of_a_pin_that_is_over_is_none():
    token = idle()
    token._button_pin = SimpleNamespace(is_open=False)
    assert Token.mode(token) == modes.READY


@pytest.mark.parametrize("some", [[mode] for mode in CAUSES] + [list(two) for two in combinations(CAUSES, 2)])
def test_the_most_urgent_one_counts(some):
    token = idle()
    for mode in sorted(some, reverse=True):
        CAUSES[mode](token)
    assert Token.mode(token) == min(some)


def test_what_a_press_is_for_is_told_by_the_led():
    reasons = [value for name, value in vars(press_reason).items() if name.isupper()]
    signals = {led_signals.background(modes.REQUEST, reason, True) for reason in reasons}
    assert len(reasons) == 5
    assert len(signals) == 4  # the first of two presses is shown as what cannot be undone


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        (modes.TYPING, False),
        (modes.MAINTENANCE, False),
        (modes.CLOCK_INVALID, False),
        (modes.LOCKED, True),
        (modes.READY, True),
    ],
)
def test_an_overdue_sync_is_the_least_urgent(mode, shown):
    signal = led_signals.background(mode, None, True)
    assert (signal == led_signals.SYNC_OVERDUE) == shown
    assert led_signals.background(mode, None, False) == (None if shown else signal)
