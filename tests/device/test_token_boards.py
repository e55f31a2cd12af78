"""Other boards: pins from settings.toml, a NeoPixel for a light, and words for whoever wired nothing."""

import pytest

ZERO = {"board": "waveshare_rp2040_zero", "sda": 4, "scl": 5, "buttons": (15,)}
QTPY = {"board": "adafruit_qtpy_rp2040", "sda": 24, "scl": 25, "buttons": (29,)}
QTPY_PINS = {"TICKTAP_SDA": "SDA", "TICKTAP_SCL": "SCL", "TICKTAP_BUTTONS": "A0", "TICKTAP_LED": "NEOPIXEL"}
RED, GREEN = (0x30, 0, 0), (0, 0x30, 0)


def colours(desk):
    return {value for _, value in desk.token.led_history}


def test_a_board_wired_as_its_settings_say(make_desk):
    desk = make_desk(settings=QTPY_PINS, **QTPY)
    assert desk.call("hello")["board"] == "adafruit_qtpy_rp2040"
    assert desk.call("clock.get")["state"] == "ok"
    desk.add()
    assert desk.click() == desk.code()
    assert GREEN in colours(desk)
    assert RED not in colours(desk)
    desk.token.rtc.present = False
    desk.token.advance(4000)
    assert RED in colours(desk)


def test_numbers_of_accounts_have_colours(make_desk):
    desk = make_desk(settings=QTPY_PINS, **QTPY)
    desk.add()
    desk.add("bob")
    desk.hold(wait=20)
    first = desk.token.led
    desk.token.press()
    desk.token.advance(20)
    assert first != desk.token.led != (0, 0, 0)


def test_a_board_without_a_plain_light_needs_none(make_desk):
    desk = make_desk(**ZERO)
    desk.add()
    assert desk.click() == desk.code()
    assert desk.token.led_history == []


def test_other_pins_of_a_pico(make_desk):
    pins = {"TICKTAP_SDA": "GP26", "TICKTAP_SCL": "GP27", "TICKTAP_BUTTONS": "GP3", "TICKTAP_LED": "LED"}
    desk = make_desk(settings=pins, sda=26, scl=27, buttons=(3,))
    desk.add()
    assert desk.click() == desk.code()


def test_an_unknown_board_says_what_to_set(make_desk):
    """With the drive and the console on, as nothing else would help."""
    desk = make_desk(plugged=False, **QTPY)
    desk.token.plug()
    desk.token.advance(1000)
    said = desk.token.console
    assert "adafruit_qtpy_rp2040 has no pin GP" in said
    for setting in ("TICKTAP_SDA", "TICKTAP_SCL", "TICKTAP_BUTTONS", "TICKTAP_LED", "settings.toml"):
        assert setting in said
    assert desk.token.chip.usb_drive
    assert desk.token.chip.usb.console.enabled


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ("TICKTAP_SDA", "GP4"),
        ("TICKTAP_SCL", "SCK0"),
        ("TICKTAP_BUTTONS", "A0,A9"),
        ("TICKTAP_LED", "NEOPIXEL2"),
    ],
)
def test_one_wrong_pin_is_named(make_desk, setting, name):
    desk = make_desk(plugged=False, settings={**QTPY_PINS, setting: name}, **QTPY)
    desk.token.plug()
    desk.token.advance(1000)
    assert f"has no pin {name.split(',')[-1]}" in desk.token.console
    assert f"{setting} is the one" in desk.token.console
    assert desk.token.chip.usb_drive
