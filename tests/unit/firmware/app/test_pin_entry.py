"""Clicks to digits: with one button they are counted, with several each is one."""

import pytest

from fob.app.button_pin import make_pin_entry
from fob.app.pin_entry import PinEntry


def clicked(entry, digits, now=0, gap=200):
    """Clicks the digits with one button, a pause behind each; the time then."""
    for digit in digits:
        for _ in range(int(digit)):
            now += gap
            entry.click(0, now)
            assert entry.step(now) is None
        now += 1200
        assert entry.step(now - 1) is None
        assert entry.step(now) == "digit"
        assert entry.step(now) is None
    return now


def test_closed_until_clicked():
    entry = PinEntry(1)
    assert (entry.is_open, entry.step(0), entry.step(10**6), entry.finish()) == (False, None, None, "")
    entry.click(0, 0)
    assert entry.is_open


@pytest.mark.parametrize("digits", ["1111", "9999", "2413", "1234567891234567"])
def test_clicks_are_counted(digits):
    entry = PinEntry(1)
    clicked(entry, digits)
    assert (entry.is_open, entry.finish(), entry.is_open) == (True, digits, False)


@pytest.mark.parametrize("gap", [1, 600, 1199])
def test_a_pause_ends_a_digit_and_anything_shorter_does_not(gap):
    entry = PinEntry(1)
    clicked(entry, "32", gap=gap)
    assert entry.finish() == "32"


def test_a_hold_ends_the_last_digit_too():
    entry = PinEntry(1)
    now = clicked(entry, "241")
    for _ in range(3):
        now += 100
        entry.click(0, now)
    assert entry.finish() == "2413"


def test_more_than_nine_clicks_are_nine():
    entry = PinEntry(1)
    clicked(entry, ["12", "1"])
    assert entry.finish() == "91"


@pytest.mark.parametrize("count", [2, 3, 9])
def test_several_buttons_are_a_digit_each(count):
    entry = PinEntry(count)
    for now, button in enumerate((0, 1, 1, count - 1)):
        entry.click(button, now)
        assert entry.step(now + 5000) is None  # no pause is needed, and none ends anything
    assert entry.finish() == f"122{count}"


@pytest.mark.parametrize("buttons", [1, 3])
def test_twenty_seconds_of_nothing_drop_it(buttons):
    entry = PinEntry(buttons)
    entry.click(0, 1000)
    entry.step(2200)
    assert entry.step(20_999) is None
    assert entry.is_open
    assert entry.step(21_000) == "cancelled"
    assert (entry.is_open, entry.finish()) == (False, "")


def test_every_click_begins_the_twenty_seconds_anew():
    entry = PinEntry(1)
    for now in range(0, 100_000, 19_000):
        entry.click(0, now)
        assert entry.step(now + 1200) == "digit"
        assert entry.step(now + 18_999) is None
    assert entry.finish() == "1" * 6


def test_a_pin_that_is_too_long_is_a_wrong_one():
    entry = PinEntry(3)
    for now in range(100):
        entry.click(now % 3, now)
    taken = entry.finish()
    assert taken.startswith("1231231231231231")
    assert len(taken) == 17  # one more than the longest: it cannot be right, and takes no more memory


def test_dropping_and_taking_leave_nothing_for_the_next_one():
    entry = PinEntry(1)
    for forget in (entry.clear, entry.finish):
        clicked(entry, "22")
        entry.click(0, 10_000)
        forget()
        assert not entry.is_open
        clicked(entry, "31", 20_000)
        assert entry.finish() == "31"


TELEPHONE = {**{str(n): n - 1 for n in range(1, 10)}, "<": 9, "0": 10, ">": 11}


def dialled(keys):
    """What twelve buttons make of keys: the PIN that was entered, or None when it was not ended."""
    entry = make_pin_entry(12)
    for now, key in enumerate(keys):
        if entry.click(TELEPHONE[key], now):
            return entry.finish()
    return None


@pytest.mark.parametrize(
    ("keys", "pin"),
    [("1234>", "1234"), ("9070>", "9070"), ("12<34>", "134"), ("1<<56>", "56"), ("1234", None), (">", None)],
)
def test_twelve_buttons_are_a_telephone(keys, pin):
    assert dialled(keys) == pin


def test_fewer_buttons_are_digits_and_end_nothing():
    entry = make_pin_entry(11)
    assert not any(entry.click(button, 0) for button in range(11))
    assert entry.finish() == "12345678999"


def test_an_encoders_switch_ends_a_pin_as_well():
    entry = make_pin_entry(12)
    entry.click(4, 0)
    assert entry.click(12, 1)
    assert entry.finish() == "5"


def test_digits_are_counted_while_they_come():
    entry = make_pin_entry(1)
    assert entry.count == 0
    now = clicked(entry, "21")
    assert entry.count == 2
    entry.click(0, now + 10)
    assert entry.count == 3
    entry.finish()
    assert entry.count == 0
