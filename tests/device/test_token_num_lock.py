"""Num Lock at computers of every kind: right digits where that is possible, and no line is ever emptied.

A desk begins at a Linux host with Num Lock on.
"""

import pytest

from support.virtual_desk import NUM_LOCK_KEY, keypad, keys_of, rolled
from ticktap.simulator.parts.computers import COMPUTERS

SWITCH = [(NUM_LOCK_KEY,), ()]


def num_lock_presses(desk):
    return sum(NUM_LOCK_KEY in report[2:] for report in desk.sent)


@pytest.fixture
def plug(make_desk):
    """plug(kind, **settings): a desk at a computer of that kind, with one account, freshly plugged in."""

    def at(kind, **settings):
        desk = make_desk()
        desk.add()
        if settings:
            desk.call("settings.set", **settings)
        desk.close()
        desk.token.unplug()
        desk.token.host.become(kind)
        desk.plug()
        desk.to_second(5)
        return desk

    return at


@pytest.mark.parametrize("kind", COMPUTERS)
def test_right_at_every_kind_of_computer(plug, kind):
    """With a layout whose digits need no Shift, as most have."""
    desk = plug(kind)
    before = desk.token.host.num_lock
    for _ in range(2):
        assert desk.click(wait=900) == desk.code()
    assert desk.token.host.num_lock is before
    assert desk.token.host.lines_cleared == 0


@pytest.mark.parametrize("kind", COMPUTERS)
def test_after_caps_lock_told_the_token_that_num_lock_is_off(plug, kind):
    """macOS reports Num Lock as off then. It has none: its key empties the line."""
    desk = plug(kind)
    desk.token.set_locks(caps_lock=True)
    assert desk.click(wait=900) == desk.code()
    assert desk.token.host.lines_cleared == 0


@pytest.mark.parametrize(
    ("kind", "digits"),
    [
        ("linux", "keypad"),
        ("linux-num-off", "row"),
        ("windows", "keypad"),
        ("windows-num-off", "row"),
        ("macos", "row"),
        ("chromeos", "row"),
        ("android", "keypad"),
        ("ipados", "row"),
    ],
)
def test_which_keys_are_used_where(plug, kind, digits):
    desk = plug(kind)
    assert desk.status()["host"]["digits"] == digits
    desk.click(wait=900)
    keypad_keys = range(0x59, 0x63)
    assert all((key in keypad_keys) == (digits == "keypad") for keys in keys_of(desk.sent) for key in keys)


def test_off_is_switched_on_and_back_where_num_lock_is_known_to_exist(alice):
    alice.token.set_locks(num_lock=False)
    assert alice.status()["host"]["digits"] == "switch"
    assert alice.click() == alice.code()
    assert keys_of(alice.sent) == SWITCH + rolled(keypad(alice.code())) + SWITCH
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


def test_a_host_that_does_not_answer_the_key_in_time(alice):
    """The key is pressed back, and the row is used until the next host."""
    alice.token.host.led_delay_ms = 10_000
    alice.token.set_locks(num_lock=False)
    assert alice.click(wait=900) == alice.code()
    assert num_lock_presses(alice) == 2
    assert alice.token.host.num_lock is False
    alice.token.clear_typed()
    assert alice.click() == alice.code()
    assert num_lock_presses(alice) == 0


def test_a_host_that_never_reports(make_desk):
    desk = make_desk(plugged=False)
    desk.token.host.reports_leds = False
    desk.token.host.num_lock = False
    desk.plug()
    desk.add()
    host = {"connected": True, "num_lock": None, "caps_lock": None, "digits": "row"}
    assert desk.status()["host"] == host
    assert desk.click() == desk.code()
    assert num_lock_presses(desk) == 0


def test_keypad_never_touches_num_lock(plug):
    """For hosts whose keypad always gives digits, whatever their layout."""
    desk = plug("macos", digits="keypad", layout="fr")
    assert desk.click(wait=900) == desk.code()
    assert keys_of(desk.sent) == rolled(keypad(desk.code()))


@pytest.mark.parametrize("kind", ["linux", "linux-num-off", "windows", "windows-num-off"])
def test_switch_needs_no_report_before(plug, kind):
    """For layouts whose digits need Shift, at computers with Num Lock."""
    desk = plug(kind, digits="switch", layout="fr")
    before = desk.token.host.num_lock
    for _ in range(2):
        assert desk.click(wait=900) == desk.code()
        assert desk.token.host.num_lock is before
    assert set(keypad(desk.code())) <= {key for keys in keys_of(desk.sent) for key in keys}


def test_switch_finds_out_that_an_unreported_num_lock_was_on(make_desk):
    """The report of a lit LED came before code.py had its buffers, and was lost."""
    desk = make_desk()
    desk.add()
    desk.call("settings.set", digits="switch")
    usb = desk.token.chip.usb
    buffers, usb.output_ids = usb.output_ids, set()
    desk.token.host.connected = False
    desk.token.advance(200)
    desk.token.host.connected = True
    desk.token.advance(400)
    usb.output_ids = buffers
    desk.connect()
    desk.to_second(5)
    assert desk.click(wait=900) == desk.code()
    assert keys_of(desk.sent) == SWITCH + SWITCH + rolled(keypad(desk.code()))
    assert desk.token.host.num_lock is True


def test_letters_and_suffixes_do_not_need_it_but_digits_do(desk):
    desk.add(type="steam", suffix="enter")
    desk.token.set_locks(num_lock=False)
    for _ in range(4):
        typed = desk.click(wait=800)
        assert len(typed) == 6
        assert num_lock_presses(desk) == (2 if any(c.isdigit() for c in typed) else 0)
        desk.set_clock(desk.clock + 30)
    assert desk.token.host.num_lock is False


def test_what_was_learned_of_one_host_is_not_used_at_the_next(alice):
    """A switch for two computers: the first has Num Lock, the second is a Mac."""
    alice.token.set_locks(num_lock=False)
    assert alice.status()["host"]["digits"] == "switch"
    alice.token.host.connected = False
    alice.token.advance(500)
    alice.token.host.become("macos")
    alice.token.host.connected = True
    alice.token.advance(500)
    alice.token.set_locks(caps_lock=True)
    assert alice.click() == alice.code()
    assert num_lock_presses(alice) == 0
