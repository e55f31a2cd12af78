"""Clicks to digits: with one button they are counted, with several each is one."""

import pytest

from fob.app.pin_entry import PinEntry, make_pin_entry


def clicked(pad, digits, now=0, gap=200):
    """Clicks the digits with one button, a pause behind each; the time then."""
    for digit in digits:
        for _ in range(int(digit)):
            now += gap
            pad.click(0, now)
            assert pad.step(now) is None
        now += 1200
        assert pad.step(now - 1) is None
        assert pad.step(now) == "digit"
        assert pad.step(now) is None
    return now


def test_closed_until_clicked():
    pad = PinEntry(1)
    assert (pad.is_open, pad.step(0), pad.step(10**6), pad.finish()) == (False, None, None, "")
    pad.click(0, 0)
    assert pad.is_open


@pytest.mark.parametrize("digits", ["1111", "9999", "2413", "1234567891234567"])
def test_clicks_are_counted(digits):
    pad = PinEntry(1)
    clicked(pad, digits)
    assert (pad.is_open, pad.finish(), pad.is_open) == (True, digits, False)


@pytest.mark.parametrize("gap", [1, 600, 1199])
def test_a_pause_ends_a_digit_and_anything_shorter_does_not(gap):
    pad = PinEntry(1)
    clicked(pad, "32", gap=gap)
    assert pad.finish() == "32"


def test_a_hold_ends_the_last_digit_too():
    pad = PinEntry(1)
    now = clicked(pad, "241")
    for _ in range(3):
        now += 100
        pad.click(0, now)
    assert pad.finish() == "2413"


def test_more_than_nine_clicks_are_nine():
    pad = PinEntry(1)
    clicked(pad, ["12", "1"])
    assert pad.finish() == "91"


@pytest.mark.parametrize("count", [2, 3, 9])
def test_several_buttons_are_a_digit_each(count):
    pad = PinEntry(count)
    for now, button in enumerate((0, 1, 1, count - 1)):
        pad.click(button, now)
        assert pad.step(now + 5000) is None  # no pause is needed, and none ends anything
    assert pad.finish() == f"122{count}"


@pytest.mark.parametrize("buttons", [1, 3])
def test_twenty_seconds_of_nothing_drop_it(buttons):
    pad = PinEntry(buttons)
    pad.click(0, 1000)
    pad.step(2200)
    assert pad.step(20_999) is None
    assert pad.is_open
    assert pad.step(21_000) == "cancelled"
    assert (pad.is_open, pad.finish()) == (False, "")


def test_every_click_begins_the_twenty_seconds_anew():
    pad = PinEntry(1)
    for now in range(0, 100_000, 19_000):
        pad.click(0, now)
        assert pad.step(now + 1200) == "digit"
        assert pad.step(now + 18_999) is None
    assert pad.finish() == "1" * 6


def test_a_pin_that_is_too_long_is_a_wrong_one():
    pad = PinEntry(3)
    for now in range(100):
        pad.click(now % 3, now)
    taken = pad.finish()
    assert taken.startswith("1231231231231231")
    assert len(taken) == 17  # one more than the longest: it cannot be right, and takes no more memory


def test_dropping_and_taking_leave_nothing_for_the_next_one():
    pad = PinEntry(1)
    for forget in (pad.clear, pad.finish):
        clicked(pad, "22")
        pad.click(0, 10_000)
        forget()
        assert not pad.is_open
        clicked(pad, "31", 20_000)
        assert pad.finish() == "31"


TELEPHONE = {**{str(n): n - 1 for n in range(1, 10)}, "<": 9, "0": 10, ">": 11}


def dialled(keys):
    """What twelve buttons make of keys: the PIN that was entered, or None when it was not ended."""
    pad = make_pin_entry(12)
    for now, key in enumerate(keys):
        if pad.click(TELEPHONE[key], now):
            return pad.finish()
    return None


@pytest.mark.parametrize(
    ("keys", "pin"),
    [("1234>", "1234"), ("9070>", "9070"), ("12<34>", "134"), ("1<<56>", "56"), ("1234", None), (">", None)],
)
def test_twelve_buttons_are_a_telephone(keys, pin):
    assert dialled(keys) == pin


def test_fewer_buttons_are_digits_and_end_nothing():
    pad = make_pin_entry(11)
    assert not any(pad.click(button, 0) for button in range(11))
    assert pad.finish() == "12345678999"


def test_an_encoders_switch_ends_a_pin_as_well():
    pad = make_pin_entry(12)
    pad.click(4, 0)
    assert pad.click(12, 1)
    assert pad.finish() == "5"


def test_digits_are_counted_while_they_come():
    pad = make_pin_entry(1)
    assert pad.count == 0
    now = clicked(pad, "21")
    assert pad.count == 2
    pad.click(0, now + 10)
    assert pad.count == 3
    pad.finish()
    assert pad.count == 0
