"""A PIN entered with the buttons: one is clicked as often as a digit says, or each button is a digit."""

import pytest

from support.pin_desk import OTHER, RIGHT, WRONG, info, key, set_pin, unlock
from support.virtual_desk import RpcFailure

THREE = {"buttons": (15, 16, 17), "settings": {"TICKTAP_BUTTONS": "GP15,GP16,GP17"}}
PAUSE = 1300  # longer than what ends a digit
STRETCHED = 4000  # enough for the token to make a key of it


def prepared(make_desk, digits, **board):
    """A token with a PIN of the host and one for the buttons, locked."""
    desk = make_desk(store_file=True, **board)
    desk.add()
    set_pin(desk)
    assert desk.pressed("pin.keys", digits=digits) == info(keys=True)
    desk.replug()
    assert desk.status()["pin"] == info(locked=True, keys=True)
    return desk


@pytest.fixture
def one(make_desk):
    """One button, PIN 2413."""
    return prepared(make_desk, "2413")


@pytest.fixture
def three(make_desk):
    """Three buttons, PIN 2131."""
    return prepared(make_desk, "2131", **THREE)


def clicks(desk, digits):
    """Enters digits with one button, without the hold."""
    for digit in digits:
        for _ in range(int(digit)):
            desk.token.press()
            desk.token.advance(150)
        desk.token.advance(PAUSE)


def enter(desk, digits):
    """The whole of it; waits until the token has tried it."""
    if len(desk.token.buttons) == 1:
        clicks(desk, digits)
    else:
        for digit in digits:
            desk.token.press(int(digit))
            desk.token.advance(150)
    desk.token.press(1, 1000)
    desk.token.advance(STRETCHED)


def pin_of(desk):
    return desk.status()["pin"]


def test_clicks_pauses_and_a_hold_unlock(one):
    enter(one, "2413")
    assert pin_of(one) == info(keys=True)
    assert one.token.typed == ""
    one.to_second(1)
    assert one.click() == one.code()


def test_a_button_a_digit(three):
    enter(three, "2131")
    assert pin_of(three) == info(keys=True)
    assert three.token.typed == ""
    three.to_second(1)
    assert three.click() == three.code()


def test_the_hold_may_end_the_last_digit_too(one):
    clicks(one, "241")
    for _ in range(3):
        one.token.press()
        one.token.advance(150)
    one.token.press(1, 1000)
    one.token.advance(STRETCHED)
    assert pin_of(one)["locked"] is False


@pytest.mark.parametrize("digits", ["2414", "241", "24131", "1", "2431"])
def test_wrong_ones_count(one, digits):
    before = one.token.ms
    enter(one, digits)
    assert pin_of(one) == info(locked=True, tries=7, keys=True)
    one.token.advance(2000)
    long, *short = [on for on, _ in one.lit_spells(before)][-3:]
    assert 440 <= long <= 900  # on a light of one colour it may begin in the last of what says "entering"
    assert short == [120, 120]
    enter(one, "2413")
    assert pin_of(one) == info(keys=True)


def test_wrong_ones_of_several_buttons_count(three):
    for digits, left in (("213", 7), ("2132", 6)):
        enter(three, digits)
        assert pin_of(three) == info(locked=True, tries=left, keys=True)
    enter(three, "2131")
    assert pin_of(three) == info(keys=True)


def test_an_entry_ends_when_the_host_unlocks(one):
    clicks(one, "24")
    unlock(one, RIGHT)
    one.to_second(1)
    assert one.click() == one.code()
    one.token.advance(25_000)
    assert pin_of(one) == info(keys=True)


def test_three_wrong_ones_whoever_enters_them(one):
    enter(one, "1111")
    with pytest.raises(RpcFailure) as failure:
        unlock(one, WRONG)
    assert (failure.value.code, failure.value.data) == (14, 6)
    enter(one, "1")
    assert pin_of(one) == info(locked=True, tries=5, replug=True, keys=True)
    enter(one, "2413")  # the right one, too late
    assert pin_of(one) == info(locked=True, tries=5, replug=True, keys=True)
    one.replug()
    enter(one, "2413")
    assert pin_of(one) == info(keys=True)


def test_erased_by_the_buttons(make_desk):
    desk = make_desk(store_file=True)
    desk.add()
    desk.call("token.rename", name="desk")
    desk.call("settings.set", max_pin_failures=4)
    set_pin(desk)
    desk.pressed("pin.keys", digits="2413")
    desk.replug()
    for left in (3, 2, 1):
        enter(desk, "11")
        assert pin_of(desk)["tries"] == left
    desk.replug()
    before = desk.token.ms
    enter(desk, "11")
    desk.token.advance(3000)
    spells = [on for on, _ in desk.lit_spells(before) if on > 1500]
    assert len(spells) == 2
    assert pin_of(desk) == info(set=False, tries=None)
    told = desk.status()
    assert (told["accounts"], told["faults"]) == (0, 0)
    assert desk.call("hello")["name"] == "desk"
    desk.add("new")
    desk.to_second(1)
    assert desk.click() == desk.code()


def test_entering_shows_on_the_light_and_a_digit_too(one):
    before = one.token.ms
    clicks(one, "2")
    one.token.advance(1500)
    spells = one.lit_spells(before)
    assert (400, 200) in spells  # entering
    assert (60, 200) in spells  # a digit is taken


def test_silence_drops_what_was_entered(one):
    clicks(one, "11")
    one.token.advance(21_000)
    assert pin_of(one) == info(locked=True, keys=True)  # no try
    enter(one, "2413")
    assert pin_of(one) == info(keys=True)


def test_a_hold_without_digits_is_no_try(one):
    one.token.press(1, 1000)
    one.token.advance(STRETCHED)
    assert pin_of(one) == info(locked=True, keys=True)
    assert one.status()["last"] == "locked"


def test_unplugged_while_it_is_entered(one):
    clicks(one, "24")
    one.replug()
    enter(one, "13")
    assert pin_of(one) == info(locked=True, tries=7, keys=True)


def test_clicks_while_the_key_is_being_made_are_for_nothing(one):
    clicks(one, "2413")
    one.token.press(1, 1000)
    for _ in range(4):
        one.token.press()
        one.token.advance(40)
    one.token.advance(STRETCHED)
    assert pin_of(one) == info(keys=True)
    assert one.token.typed == ""


def test_a_request_that_waits_gets_the_click(one):
    clicks(one, "24")
    assert one.pressed("account.remove", id=1) == {}
    clicks(one, "13")
    one.token.press(1, 1000)
    one.token.advance(STRETCHED)
    assert pin_of(one) == info(keys=True)
    assert one.status()["accounts"] == 0


def test_the_host_unlocks_as_before(one):
    assert unlock(one) == info(keys=True)
    one.to_second(1)
    assert one.click() == one.code()


def test_another_pin_for_the_buttons_replaces_the_first(one):
    unlock(one)
    assert one.pressed("pin.keys", digits="1121") == info(keys=True)
    one.replug()
    enter(one, "2413")
    assert pin_of(one) == info(locked=True, tries=7, keys=True)
    enter(one, "1121")
    assert pin_of(one) == info(keys=True)


def test_without_one_any_more_clicks_are_clicks(one):
    unlock(one)
    assert one.pressed("pin.keys", digits=None) == info()
    one.replug()
    enter(one, "2413")
    assert pin_of(one) == info(locked=True)
    assert one.status()["last"] == "locked"


def test_another_pin_of_the_host_drops_that_of_the_buttons(one):
    unlock(one)
    assert set_pin(one, OTHER, RIGHT) == info()
    one.replug()
    enter(one, "2413")
    assert pin_of(one) == info(locked=True)


def test_the_digits_of_a_pin(one):
    unlock(one)
    for digits in ("123", "1" * 17, "1230", "12a4", "", 1234, "١٢٣٤"):
        with pytest.raises(RpcFailure) as failure:
            one.call("pin.keys", digits=digits)
        assert (failure.value.code, failure.value.data) == (-32602, "digits")


def test_it_needs_a_press_and_the_pin_itself_is_nowhere(make_desk):
    desk = make_desk(store_file=True)
    set_pin(desk)
    with pytest.raises(RpcFailure) as failure:
        desk.call("pin.keys", digits="987654321987", timeout=1)
    assert failure.value.code == 5
    assert pin_of(desk) == info()
    desk.pressed("pin.keys", digits="987654321987")
    assert [
        word for word in (b"987654321987", key(RIGHT).encode(), RIGHT[:16]) if word in desk.token.flash.data
    ] == []
