"""What fob.hid.layouts says, typed on real layouts: the text that arrives is the text that was meant."""

import pytest

from fob.hid import layouts
from keyboards.hosts import EVERY_HOST, HOSTS, one_by_one, report
from keyboards.xkb import CAPS_LOCK, NUM_LOCK, Host

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OFF_ON = [False, True]

every_host = pytest.mark.parametrize(("setting", "layout", "variant"), EVERY_HOST)
num_lock_off_on = pytest.mark.parametrize("num_lock", OFF_ON, ids=["num-off", "num-on"])
caps_lock_off_on = pytest.mark.parametrize("caps_lock", OFF_ON, ids=["caps-off", "caps-on"])

# Layouts with no setting of their own: the keypad needs none.
ELSEWHERE = "es it pt br latam nl se no dk fi is pl ro bg gr tr ru ua rs hr si ee lv lt il ara in th vn kr ca"


def test_every_setting_is_tried_on_a_host():
    assert sorted(HOSTS) == sorted(layouts.LAYOUTS)


@every_host
@caps_lock_off_on
def test_keypad_digits_with_num_lock_on(setting, layout, variant, caps_lock):
    host = Host(layout, variant, num_lock=True, caps_lock=caps_lock)
    assert host.feed(one_by_one(layouts.keys(DIGITS, setting, "keypad", caps_lock))) == DIGITS


@pytest.mark.parametrize("layout", ELSEWHERE.split())
def test_keypad_digits_on_layouts_without_a_setting(layout):
    host = Host(layout, num_lock=True)
    assert host.feed(one_by_one(layouts.keys(DIGITS))) == DIGITS


@every_host
def test_keypad_digits_with_num_lock_off_move_the_cursor_instead(setting, layout, variant):
    host = Host(layout, variant, num_lock=False)
    assert host.feed(one_by_one(layouts.keys("7410", setting, "keypad"))) == ""
    assert host.symbols == ["KP_Home", "KP_Left", "KP_End", "KP_Insert"]


@every_host
def test_keypad_digits_under_shift_are_no_digits(setting, layout, variant):
    host = Host(layout, variant, num_lock=True)
    shifted = [(layouts.SHIFT, usage) for _, usage in layouts.keys(DIGITS, setting, "keypad")]
    assert host.feed(one_by_one(shifted)) == ""


@every_host
@num_lock_off_on
@caps_lock_off_on
def test_row_digits_whatever_the_locks(setting, layout, variant, num_lock, caps_lock):
    host = Host(layout, variant, num_lock=num_lock, caps_lock=caps_lock)
    assert host.feed(one_by_one(layouts.keys(DIGITS, setting, "row", caps_lock))) == DIGITS


@every_host
@caps_lock_off_on
def test_letters_are_capitals_whatever_caps_lock(setting, layout, variant, caps_lock):
    host = Host(layout, variant, caps_lock=caps_lock)
    assert host.feed(one_by_one(layouts.keys(LETTERS, setting, caps=caps_lock))) == LETTERS


@every_host
def test_letters_with_the_wrong_idea_of_caps_lock_come_out_small(setting, layout, variant):
    host = Host(layout, variant, caps_lock=True)
    assert host.feed(one_by_one(layouts.keys(LETTERS, setting, caps=False))) == LETTERS.lower()


@every_host
def test_enter_and_tab(setting, layout, variant):
    assert Host(layout, variant).feed(one_by_one(layouts.keys("\t\n", setting))) == "\t\n"


@pytest.mark.parametrize(
    ("layout", "typed"),
    [("fr", 'à&é"'), ("be", 'à&é"'), ("cz", "é+ěš"), ("sk", "é+ľš"), ("hu", "ö123")],
)
def test_the_us_row_on_these_hosts_is_wrong(layout, typed):
    assert Host(layout).feed(one_by_one(layouts.keys("0123", "us", "row"))) == typed


@pytest.mark.parametrize(("setting", "layout", "variant"), [h for h in EVERY_HOST if h[1] != "jp"])
def test_a_host_reports_its_locks_as_the_keys_switch_them(setting, layout, variant):
    host = Host(layout, variant, num_lock=True)
    assert host.leds == NUM_LOCK
    host.feed([report(0, 0x53), report()])
    assert host.leds == 0
    host.feed([report(0, 0x39), report()])
    assert host.leds == CAPS_LOCK
    assert host.released


def test_on_a_japanese_host_the_caps_lock_key_needs_shift():
    host = Host("jp")
    host.feed(one_by_one([(0, 0x39)]))
    assert (host.leds, host.symbols) == (0, ["Eisu_toggle"])
    host.feed(one_by_one([(layouts.SHIFT, 0x39)]))
    assert host.leds == CAPS_LOCK
