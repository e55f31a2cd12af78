"""What a host sees of the token in normal use, and in maintenance mode, the way in when all is wrong."""

import pytest

from support.virtual_desk import SECRET, RpcFailure


@pytest.fixture
def maintained(make_desk):
    """A token with an account, plugged in again with its button held."""
    desk = make_desk()
    desk.add()
    desk.token.unplug()
    desk.plug(maintenance=True)
    return desk


def hid(desk):
    return [(spec.usage_page, spec.usage) for spec in desk.token.chip.usb.hid_devices]


def test_normal_use_is_a_keyboard_and_one_port(desk):
    usb = desk.token.chip.usb
    assert hid(desk) == [(0x01, 0x06)]
    assert not usb.midi
    assert (usb.console.enabled, usb.data.enabled, desk.token.chip.usb_drive) == (False, True, False)
    assert (usb.identity["manufacturer"], usb.identity["product"]) == ("ticktap", "ticktap token")


def test_maintenance_is_the_drive_and_the_console(maintained):
    usb = maintained.token.chip.usb
    assert hid(maintained) == []
    assert (usb.console.enabled, usb.data.enabled, maintained.token.chip.usb_drive) == (True, True, True)
    assert maintained.call("hello")["mode"] == "maintenance"
    host = {"connected": False, "num_lock": None, "caps_lock": None, "digits": None}
    assert maintained.status()["host"] == host
    assert not usb.midi


def test_nothing_is_typed_in_maintenance(maintained):
    maintained.token.advance(5000)
    assert maintained.click() == ""
    assert maintained.hold() == ""
    assert maintained.sent == []
    for method in ("code.get", "code.type"):
        with pytest.raises(RpcFailure) as refused:
            maintained.call(method, id=1)
        assert refused.value.code == 8
    assert maintained.status()["faults"] == 0


def test_everything_else_works_in_maintenance(maintained):
    assert maintained.add("bob") == 2
    assert maintained.call("clock.get")["state"] == "ok"
    maintained.token.advance(5000)
    number = maintained.send("store.reset")
    maintained.press_later("store.reset")
    assert maintained.result(number) == {}


def test_the_light_in_maintenance(maintained):
    maintained.token.advance(10_000)
    before = maintained.token.ms
    maintained.token.advance(5000)
    assert maintained.token.led is True
    assert maintained.lit_spells(before) == []


def test_no_watchdog_in_maintenance(maintained, desk):
    assert not maintained.token.chip.watchdog.running  # a person may stop the program and look around
    assert desk.token.chip.watchdog.running


def test_the_next_start_is_a_normal_one(maintained):
    maintained.replug()
    assert maintained.call("hello")["mode"] == "normal"
    assert maintained.click() == maintained.code(SECRET)


def test_every_start_says_the_same(desk):
    """A changed boot_out.txt would be a write to the drive, and a power cut during one can lose it."""
    said = desk.token.drive.files["boot_out.txt"]
    assert desk.token.drive.writes == 1  # the first start of all
    desk.add()
    for maintenance in (False, True, False):
        desk.token.unplug()
        desk.plug(maintenance=maintenance)
        desk.click()
        assert desk.token.drive.files["boot_out.txt"] == said
    desk.token.rtc.present = False
    desk.replug()
    desk.token.advance(3000)
    assert desk.token.drive.writes == 1


def test_nothing_is_printed(desk):
    desk.add()
    desk.click()
    desk.token.rtc.present = False
    desk.token.advance(3000)
    desk.click()
    assert desk.token.console == ""
