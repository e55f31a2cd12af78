"""A Pico with an OLED beside its clock: what can be read there, and when."""

import pytest

from support.pin_desk import set_pin
from support.virtual_desk import SHOWN_MS, RpcFailure, hotp

OLED = {"oled": (128, 32), "settings": {"TICKTAP_SCREEN": "128x32"}}
SOON = 300  # ms, a few looks of the screen


@pytest.fixture
def desk(make_desk):
    """With one account, at the third second of a step."""
    desk = make_desk(store_file=True, **OLED)
    desk.add(issuer="Example")
    desk.to_second(3)
    return desk


def read(desk, ms=SOON):
    desk.token.advance(ms)
    return desk.token.screen


def ever_shown(desk):
    return "\n".join(line for _, lines in desk.token.chip.screen.history for line in lines)


def test_a_code_is_there_after_a_press_and_for_its_time_only(desk):
    desk.token.advance(2000)
    code = desk.code()
    assert code[:3] not in ever_shown(desk)
    assert desk.click() == code
    name, line = read(desk)
    assert name == "Example alice"
    assert line.split() == [code[:3], code[3:], line.split()[-1]]
    assert 20 <= int(line.split()[-1].rstrip("s")) <= 26
    left = int(line.split()[-1].rstrip("s"))
    desk.token.advance(left * 1000)
    assert desk.clock % 30 > 20
    assert read(desk) == ["ticktap", "1 account"]


def test_it_never_outlives_its_step(desk):
    for second in (0, 9, 18, 26):
        desk.to_second(second)
        desk.token.advance(1100)
        code = desk.click()
        step = int(desk.clock) // 30
        while int(desk.clock) // 30 == step:
            desk.token.advance(50)
        assert code[:3] not in "".join(read(desk, 120))


def test_without_a_computer_it_can_be_read(desk):
    desk.port.close()
    desk.token.host.connected = False
    desk.token.advance(100)
    assert desk.click() == ""
    code = desk.code()
    assert read(desk)[1].startswith(f"{code[:3]} {code[3:]}")


def test_a_counted_code_without_a_computer_is_used_up(desk):
    desk.call("account.default", id=desk.add("bob", type="hotp"))
    desk.token.host.suspended = True
    for counter in range(2):
        desk.click()
        code = hotp(b"12345678901234567890", counter)
        assert read(desk) == ["bob", f"{code[:3]} {code[3:]}           30s"]


def test_a_code_for_the_computer_is_not_shown_but_its_name_is(desk):
    number = desk.send("code.get", id=1)
    desk.token.advance(SHOWN_MS)
    assert read(desk)[0] == "Press for a code"
    assert desk.token.screen[1].startswith("Example alice")
    desk.token.press()
    code = desk.result(number)["code"]
    read(desk)
    assert code[:3] not in ever_shown(desk)


def test_it_says_what_a_press_would_allow(desk):
    number = desk.send("store.reset")
    assert read(desk)[0] == "Press twice: 1 of 2"
    desk.hold()
    with pytest.raises(RpcFailure):
        desk.result(number)
    assert "Press" not in "".join(read(desk))


def test_a_minute_later_it_is_dark_and_a_press_wakes_it(desk):
    desk.token.advance(61_000)
    assert desk.token.screen == []
    desk.click()
    assert read(desk)[0] == "Example alice"


def test_choosing(desk):
    desk.add("bob")
    desk.hold()
    assert read(desk) == ["Example alice", "                  1/2"]
    desk.token.press()
    assert read(desk) == ["bob", "                  2/2"]


def test_locked_it_shows_no_name_and_a_pin_as_stars(desk):
    set_pin(desk)
    desk.pressed("pin.keys", digits="2413")
    desk.click()
    assert "Example alice" in read(desk)
    desk.call("pin.lock")
    assert read(desk) == ["Locked", ""]
    desk.token.press()
    assert read(desk) == ["PIN", "*"]
    desk.token.advance(25_000)
    assert read(desk) == ["Locked", ""]


def test_a_stopped_clock_shows_no_code(desk):
    desk.token.rtc.osf = True
    assert desk.click() == ""
    assert read(desk, 1500)[1] == "Clock is not set"


def test_a_screen_that_is_plugged_in_later(make_desk):
    desk = make_desk(**OLED)
    desk.token.chip.screen.present = False
    desk.replug()
    assert read(desk, 2000) == []
    desk.token.chip.screen.present = True
    assert read(desk, 1500) == ["ticktap", "0 accounts"]
    assert desk.status()["faults"] == 0


def test_a_dead_bus_costs_the_screen_and_comes_back(desk):
    desk.click()
    desk.token.bus.held_low = True
    desk.token.advance(6000)
    desk.token.bus.held_low = False
    desk.token.advance(3000)
    desk.click()
    assert read(desk)[0] == "Example alice"
    assert desk.status()["faults"] == 0
    assert desk.status()["reset"] == "POWER_ON"


def test_it_is_dark_before_the_token_restarts(desk):
    desk.token.host.polling = False
    desk.token.press()
    desk.token.advance_until(lambda: desk.token.chip.reset_reason == "SOFTWARE", 5000)
    assert desk.token.screen == []


def test_maintenance(make_desk):
    desk = make_desk(plugged=False, **OLED)
    desk.token.plug(maintenance=True)
    assert read(desk) == ["Maintenance", ""]


@pytest.mark.parametrize("screen", ["DISPLAY", "128x48"])
def test_a_screen_that_the_board_has_not_is_said(make_desk, screen):
    desk = make_desk(plugged=False, settings={"TICKTAP_SCREEN": screen})
    desk.token.plug()
    desk.token.advance(1000)
    assert f"has no pin {screen}" in desk.token.console
    assert "TICKTAP_SCREEN is the one" in desk.token.console
    assert desk.token.chip.usb_drive


def test_a_taller_one(make_desk):
    desk = make_desk(oled=(128, 64), settings={"TICKTAP_SCREEN": "128x64"})
    desk.add()
    desk.to_second(3)
    code = desk.click()
    lines = read(desk)
    assert lines[:3] == ["alice", f"{code[:3]} {code[3:]}", ""]
    assert lines[3].startswith("====")
    assert lines[3].endswith("s")
