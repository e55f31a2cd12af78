"""Num Lock: read from the host, switched on when it is off, put back, and left alone when nobody told."""

import pytest
from virtual_desk import NUM_LOCK_KEY, keypad, keys_of, rolled


def num_lock_presses(desk):
    return sum(NUM_LOCK_KEY in report[2:] for report in desk.sent)


def test_on(alice):
    assert alice.click() == alice.code()
    assert num_lock_presses(alice) == 0


def test_off_is_switched_on_and_back(alice):
    alice.token.set_locks(num_lock=False)
    assert alice.click() == alice.code()
    switch = [(NUM_LOCK_KEY,), ()]
    assert keys_of(alice.sent) == switch + rolled(keypad(alice.code())) + switch
    assert alice.token.host.num_lock is False
    assert alice.click() == alice.code()
    assert num_lock_presses(alice) == 2


def test_changes_by_another_keyboard_are_followed(alice):
    for state in (False, True, False):
        alice.token.set_locks(num_lock=state)
        assert alice.click() == alice.code()
        assert num_lock_presses(alice) == (0 if state else 2)
        assert alice.status()["host"]["num_lock"] is state


@pytest.mark.parametrize("led_delay_ms", [1, 20, 100, 240])
def test_a_slow_host(alice, led_delay_ms):
    alice.token.host.led_delay_ms = led_delay_ms
    alice.token.set_locks(num_lock=False)
    alice.token.advance(10)
    assert alice.click(wait=800) == alice.code()
    assert alice.token.host.num_lock is False


def test_a_host_without_num_lock(alice):
    """macOS: its keypad always gives digits, and the key does nothing."""
    alice.token.host.honours_num_lock = False
    alice.token.set_locks(num_lock=False)
    assert alice.click(wait=700) == alice.code()
    assert num_lock_presses(alice) == 1
    assert alice.click() == alice.code()
    assert num_lock_presses(alice) == 0  # it has learned


def test_a_host_that_never_reported(make_desk):
    desk = make_desk(plugged=False)
    desk.token.host.reports_leds = False
    desk.plug()
    desk.add()
    assert desk.status()["host"] == {"connected": True, "num_lock": None, "caps_lock": None}
    assert desk.click() == desk.code()
    assert num_lock_presses(desk) == 0


def test_letters_and_suffixes_do_not_need_it_but_digits_do(desk):
    desk.add(type="steam", suffix="enter")
    desk.token.set_locks(num_lock=False)
    for _ in range(4):
        typed = desk.click(wait=800)
        assert len(typed) == 6
        assert num_lock_presses(desk) == (2 if any(c.isdigit() for c in typed) else 0)
        desk.set_clock(desk.clock + 30)
    assert desk.token.host.num_lock is False


def test_a_new_host_is_asked_anew(alice):
    alice.token.host.honours_num_lock = False
    alice.token.set_locks(num_lock=False)
    alice.click(wait=700)
    alice.token.host.connected = False
    alice.token.advance(500)
    alice.token.host.honours_num_lock = True
    alice.token.host.connected = True
    alice.token.advance(500)
    assert alice.click() == alice.code()
    assert num_lock_presses(alice) == 2
