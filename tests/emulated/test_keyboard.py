"""Key reports at the endpoint's pace, the host's locks and LEDs, the button under real keypad."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulated.probe import Probe
from ticktap.simulator.parts.computers import COMPUTERS

FIND_KEYBOARD = ("import usb_hid", "keyboard = usb_hid.devices[0]")
KEYPAD_DIGITS = range(0x59, 0x63)
NUM_LOCK = 0x53


@pytest.fixture
def keyboard(probe: Probe) -> Probe:
    """The probe with `keyboard`, the usb_hid device, and send(*keys)."""
    probe.run(
        *FIND_KEYBOARD,
        "def send(*keys): keyboard.send_report(bytes((0, 0)) + bytes(keys) + bytes(6 - len(keys)))",
        "def leds(): return keyboard.get_last_received_report()",
    )
    return probe


@pytest.fixture
def keys(probe: Probe) -> Iterator[Probe]:
    """The probe with `keys`, a keypad.Keys on the button, and its past events dropped."""
    probe.run(
        "import board, keypad", "keys = keypad.Keys((board.GP15,), value_when_pressed=False, pull=True)"
    )
    probe.token.advance(50)
    probe.run("keys.events.clear()")
    yield probe
    probe.run("keys.deinit()")


def test_reports_arrive_on_the_8_ms_grid(keyboard: Probe) -> None:
    keyboard.run(*(f"send(0x{key:02x})" for key in KEYPAD_DIGITS), "send()")
    keyboard.token.advance(20)
    times = [ms for ms, _ in keyboard.token.reports]
    assert keyboard.token.typed == "1234567890"
    assert [round(later - earlier, 3) for earlier, later in zip(times, times[1:], strict=False)] == [8.0] * 10


def test_keypad_moves_the_cursor_without_num_lock(keyboard: Probe) -> None:
    keyboard.token.set_locks(num_lock=False)
    keyboard.run("send(0x5f)", "send()", "send(0x1e)", "send()")
    keyboard.token.advance(20)
    assert keyboard.token.typed == "<Home>1"


@pytest.mark.parametrize("through_endpoint", [False, True], ids=["set-report", "out-endpoint"])
def test_host_tells_its_locks(keyboard: Probe, through_endpoint: bool) -> None:
    keyboard.token.host.leds_through_endpoint = through_endpoint
    for num_lock, caps_lock, bits in [(False, True, 2), (True, True, 3), (False, False, 0), (True, False, 1)]:
        keyboard.token.set_locks(num_lock=num_lock, caps_lock=caps_lock)
        keyboard.token.advance(20)
        assert keyboard.ask("leds()") == bytes([bits])
    assert keyboard.ask("leds()") is None, "each report is received once"
    keyboard.token.host.leds_through_endpoint = True


def test_num_lock_key_is_honoured_and_reported(keyboard: Probe) -> None:
    keyboard.run("leds()", f"send({NUM_LOCK})", "send()")
    keyboard.token.advance(20)
    assert keyboard.token.host.num_lock is False
    assert keyboard.ask("leds()") == b"\x00"


def test_host_without_num_lock_ignores_the_key(keyboard: Probe) -> None:
    keyboard.run("leds()")
    keyboard.token.host.become("macos")
    keyboard.token.advance(20)
    keyboard.run("leds()", f"send({NUM_LOCK})", "send()")
    keyboard.token.advance(20)
    assert keyboard.token.host.num_lock is False
    assert keyboard.ask("leds()") is None
    keyboard.token.host.become("linux")


@pytest.mark.parametrize("kind", COMPUTERS)
def test_what_each_kind_of_computer_reports_at_plug_in(probe: Probe, kind: str) -> None:
    """Whatever it reports comes after the token's program has begun, or it would be lost."""
    token = probe.token
    token.unplug()
    token.host.become(kind)
    token.plug()
    probe.reopen()
    probe.run(*FIND_KEYBOARD)
    lit = b"\x01" if COMPUTERS[kind].num_lock and COMPUTERS[kind].reports_num_lock else b"\x00"
    reported = COMPUTERS[kind].leds_at_plug_in == "always" or lit == b"\x01"
    assert probe.ask("keyboard.get_last_received_report()") == (lit if reported else None)
    token.host.become("linux")


def test_host_that_stops_polling(keyboard: Probe) -> None:
    keyboard.token.host.polling = False
    keyboard.start("send(0x1e)", "send(0x1f)", "send()")  # the endpoint takes one; the next call waits
    keyboard.token.advance(100)
    assert keyboard.token.reports == []
    keyboard.token.host.polling = True
    keyboard.wait()
    keyboard.token.advance(20)
    assert keyboard.token.typed == "12"


def test_button_press_reaches_keypad(keys: Probe) -> None:
    keys.token.press(ms=80)
    keys.token.advance(50)
    first, second = keys.ask("[(e.pressed, e.timestamp) for e in (keys.events.get(), keys.events.get())]")
    assert (first[0], second[0]) == (True, False)
    assert abs(second[1] - first[1] - 80) <= 20  # keypad looks every 20 ms
    edges = keys.token.edge_times
    assert edges.press_ns is not None and edges.release_ns is not None
    assert edges.release_ns - edges.press_ns == pytest.approx(80e6, abs=1000)


def test_glitch_is_not_a_press(keys: Probe) -> None:
    keys.token.press_later(delay_ms=3, ms=0.5)
    keys.token.advance(100)
    assert keys.ask("len(keys.events)") == 0


def test_press_later_happens_while_the_chip_works(keys: Probe) -> None:
    keys.token.press_later(delay_ms=100, ms=60)
    keys.run("import time", "time.sleep(0.3)")
    assert keys.ask("len(keys.events)") == 2
