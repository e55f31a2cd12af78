"""A token on each board of hardware/ticktap_hardware/board_pins.py, wired and set as its fragment says."""

import pytest

from ticktap.simulator.modules import busio
from ticktap.simulator.simulated_boards import BOARDS as SIMULATED
from ticktap_hardware.board_pins import FRAGMENTS

ON = {name: board for name, board in FRAGMENTS.items() if board.board_id in SIMULATED}


def make(make_desk, name):
    board = ON[name]
    return make_desk(
        board=board.board_id,
        settings=board.settings(),
        sda=board.pins[board.sda],
        scl=board.pins[board.scl],
        buttons=tuple(board.pins[button] for button in board.buttons),
        oled=tuple(map(int, board.screen.split("x"))) if "x" in board.screen else None,
    )


@pytest.mark.parametrize("name", ON)
def test_it_signs_in(make_desk, name):
    desk = make(make_desk, name)
    assert desk.call("hello")["board"] == ON[name].board_id
    assert desk.call("clock.get")["state"] == "ok"
    desk.add()
    assert desk.click() == desk.code()


@pytest.mark.parametrize(("screen", "hertz"), [({}, 100_000), ({"TICKTAP_SCREEN": "128x32"}, 400_000)])
def test_the_bus_is_slow_unless_a_screen_is_on_it(make_desk, monkeypatch, screen, hertz):
    seen = []
    started = busio.I2C.__init__

    def record(self, *args, **named):
        seen.append(named["frequency"])
        started(self, *args, **named)

    monkeypatch.setattr(busio.I2C, "__init__", record)
    desk = make_desk(settings=screen, oled=(128, 32) if screen else None)
    assert desk.call("clock.get")["state"] == "ok"
    assert seen == [hertz]


@pytest.mark.parametrize("name", [name for name in ON if ON[name].screen])
def test_its_screen_shows_what_is_typed(make_desk, name):
    desk = make(make_desk, name)
    desk.add()
    desk.to_second(3)
    code = desk.click()
    assert desk.token.screen[0] == "alice"
    assert desk.token.screen[1].startswith(f"{code[:3]} {code[3:]}")


@pytest.mark.parametrize("name", [name for name in ON if name != "ticktap_carrier"])
def test_its_light_shows(make_desk, name):
    desk = make(make_desk, name)
    desk.add()
    desk.click()
    assert len({value for _, value in desk.token.led_history}) > 1


def test_the_carriers_light_shows_on_its_own_pin(make_desk):
    desk = make(make_desk, "ticktap_carrier")
    seen = []
    desk.token.chip.pins[12].on_output = seen.append
    desk.add()
    desk.click()
    assert True in seen
    assert seen[-1] is False


def test_what_a_light_needs_is_switched_on(make_desk):
    board = ON["adafruit_qtpy_rp2040"]
    desk = make(make_desk, "adafruit_qtpy_rp2040")
    assert desk.token.chip.pins[board.pins["NEOPIXEL_POWER"]].output is True


def test_a_light_needs_nothing_more_elsewhere(make_desk):
    desk = make(make_desk, "adafruit_kb2040")
    assert [pin.number for pin in desk.token.chip.pins if pin.output is True] == []
