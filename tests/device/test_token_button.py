"""Button events in, codes out: clicks, brushes, holds, choosing, several buttons."""

import pytest

from support.virtual_desk import SECRET, hotp

OTHERS = {"bob": b"another secret", "carol": b"a third secret!!"}


@pytest.fixture
def three(alice):
    for name, secret in OTHERS.items():
        alice.add(name, secret)
    return alice


def codes(desk):
    """The codes of the three accounts now, in the token's order."""
    return [desk.code(secret) for secret in (SECRET, *OTHERS.values())]


def test_a_click_types_the_default_account(three):
    assert three.click() == codes(three)[0]
    assert three.status()["last"] == "typed"
    three.call("account.default", id=3)
    assert three.click() == codes(three)[2]


def test_no_account(desk):
    before = desk.token.ms
    assert desk.click(wait=1500) == ""
    assert desk.lit_spells(before)[0][0] == 600
    assert desk.status()["last"] == "no-account"
    assert desk.hold() == ""


# ms of a contact; whether it types. A contact is seen 5 to 10 ms late at both ends.
@pytest.mark.parametrize(
    ("ms", "types"), [(1, False), (15, False), (24, False), (36, True), (60, True), (780, True)]
)
def test_length_of_a_click(alice, ms, types):
    assert alice.hold(ms=ms, wait=150) == (alice.code() if types else "")


def test_it_is_decided_at_the_release(alice):
    alice.token.clear_typed()
    alice.token.buttons[0].push()
    alice.token.advance(700)
    assert alice.sent == []
    alice.token.buttons[0].let_go()
    alice.token.advance(100)
    assert alice.token.typed == alice.code()


def test_a_hold_opens_choosing_and_blinks_the_number(three):
    three.token.buttons[0].push()
    three.token.advance(790)
    before = three.token.ms
    three.token.advance(120)  # the hold counts while the button is still down
    three.token.buttons[0].let_go()
    three.token.advance(900)
    assert three.lit_spells(before)[0][0] == 180
    assert len(three.lit_spells(before)) == 1
    assert three.token.typed == ""


@pytest.mark.parametrize(("clicks", "chosen"), [(0, 0), (1, 1), (2, 2), (3, 0), (4, 1)])
def test_choosing(three, clicks, chosen):
    assert three.hold() == ""
    for click in range(clicks):
        three.token.press()
        before = three.token.ms
        three.token.advance(1100)
        blinks = [on for on, _ in three.lit_spells(before)]
        assert blinks == [180] * ((click + 1) % 3 + 1)
    assert three.hold() == codes(three)[chosen]
    assert three.click() == codes(three)[0]  # choosing is over


def test_choosing_follows_the_order(three):
    three.call("account.move", id=3, position=1)
    three.hold()
    assert three.hold() == codes(three)[2]


def test_a_pause_cancels_choosing(three):
    three.hold()
    three.click()
    before = three.token.ms
    three.token.advance(4200)
    assert three.lit_spells(before)[-1][0] == 60
    assert three.click() == codes(three)[0]


def test_a_hold_that_began_before_the_pause_ended_still_chooses(three):
    three.hold(wait=50)
    three.click(wait=50)
    three.token.advance(3600)
    assert three.hold() == codes(three)[1]


def test_choosing_ends_although_the_button_is_stuck(three):
    three.token.buttons[0].push()
    three.token.advance(6000)
    three.token.buttons[0].let_go()
    three.token.advance(20)
    assert three.click() == codes(three)[0]


def test_choosing_ends_when_an_account_goes(three):
    three.hold()
    three.call("account.remove", id=1)
    assert three.click() == codes(three)[1]


def test_choosing_switched_off(three):
    three.call("settings.set", menu="off")
    assert three.hold() == codes(three)[0]


@pytest.mark.parametrize(
    ("settings", "ms", "outcome"),
    [
        ({"debounce_ms": 100}, 80, "nothing"),
        ({"debounce_ms": 100}, 120, "typed"),
        ({"debounce_ms": 5}, 15, "typed"),
        ({"long_press_ms": 2000}, 1500, "typed"),
        ({"long_press_ms": 300}, 350, "choosing"),
    ],
)
def test_thresholds_are_settings(alice, settings, ms, outcome):
    alice.call("settings.set", **settings)
    typed = alice.hold(ms=ms, wait=150)
    assert typed == (alice.code() if outcome == "typed" else "")
    if outcome == "choosing":
        assert alice.hold(ms=ms) == alice.code()


def test_the_pause_is_a_setting(three):
    three.call("settings.set", menu_timeout_ms=1000)
    three.hold(wait=1100)
    assert three.click() == codes(three)[0]


def test_presses_while_typing_are_ignored(alice):
    alice.call("settings.set", inter_key_ms=100)
    alice.token.clear_typed()
    alice.token.press()
    for _ in range(3):
        alice.token.advance(40)
        alice.token.press()
    alice.token.advance(3000)
    assert alice.token.typed == alice.code()


def test_ticks_that_wrap_make_no_difference(alice):
    """supervisor.ticks_ms wraps 65 s after power-on: before, on and after that moment."""
    alice.call("settings.set", min_remaining_s=0)
    alice.token.advance(65_536 - alice.token.chip.nanoseconds() / 1e6 - 400)
    for _ in range(5):
        assert alice.click(wait=200) == alice.code()
    assert alice.status()["uptime"] in (64, 65, 66)


@pytest.mark.parametrize("count", [2, 3])
def test_button_n_is_account_n(make_desk, count):
    pins = (15, 14, 13)[:count]
    desk = make_desk(buttons=pins, settings={"TICKTAP_BUTTONS": ",".join(f"GP{pin}" for pin in pins)})
    desk.add("alice")
    for name, secret in OTHERS.items():
        desk.add(name, secret)
    desk.call("account.default", id=3)
    for button in range(1, count + 1):
        assert desk.click(button) == codes(desk)[button - 1]
    desk.hold(2)
    assert desk.hold(1) == codes(desk)[1]  # choosing begins at the button's own account


def test_a_button_without_an_account(make_desk):
    desk = make_desk(buttons=(15, 14), settings={"TICKTAP_BUTTONS": "GP15, GP14"})
    desk.add()
    assert desk.click(2) == ""
    assert desk.status()["last"] == "no-account"
    assert desk.click(1) == desk.code()


def test_a_click_uses_up_a_hotp_counter_and_a_brush_does_not(desk):
    desk.add(type="hotp")
    assert desk.click() == hotp(SECRET, 0)
    assert desk.hold(ms=15) == ""
    assert desk.click() == hotp(SECRET, 1)
