"""USB: the keyboard's endpoint and lock LEDs, the serial ports, what may change when."""

import pytest

from ticktap.errors import NoToken, TokenError

BOOT = """
import storage, usb_cdc, usb_hid
usb_cdc.enable(console=False, data=True)
usb_hid.enable((usb_hid.Device.KEYBOARD,))
storage.disable_usb_drive()
"""
KEYBOARD = """
import supervisor, time, usb_hid
keyboard = usb_hid.devices[0]
def send(*keys, modifier=0):
    keyboard.send_report(bytes((modifier, 0) + keys + (0,) * (6 - len(keys))))
time.sleep(0.4)
"""
ECHO = """
import time, usb_cdc
data = usb_cdc.data
data.timeout = 0
while True:
    if data.in_waiting:
        data.write(data.read(data.in_waiting))
    time.sleep(0.001)
"""


def gaps(token):
    times = [report.ms for report in token.reports]
    return [round(b - a, 6) for a, b in zip(times, times[1:], strict=False)]


def test_the_real_layout_types_at_the_endpoint_s_pace(run):
    """Measured on the real interpreter: 12 reports, 88 ms from the first to the last."""
    code = KEYBOARD + (
        "from adafruit_hid.keyboard import Keyboard\n"
        "from adafruit_hid.keyboard_layout_us import KeyboardLayoutUS\n"
        "KeyboardLayoutUS(Keyboard(usb_hid.devices)).write('123456')\n"
    )
    token = run(code, boot=BOOT, lib=True)
    token.advance(600)
    assert (token.typed, gaps(token)) == ("123456", [8.0] * 11)


def test_a_report_is_fetched_on_the_host_s_grid(run):
    code = KEYBOARD + "for _ in range(5):\n    send(4)\n    send()\n    time.sleep(0.0117)\n"
    token = run(code, boot=BOOT)
    token.advance(600)
    assert len(token.reports) == 10
    assert {gap % 8 for gap in gaps(token)} == {0.0}


def test_typed_text(run):
    code = KEYBOARD + (
        "for keys, modifier in (((4,), 2), ((), 0), ((5, 6), 0), ((6, 7), 0), ((0x1E,), 2),"
        " ((0x62, 0x58), 0), ((0x28,), 0), ((4,), 1)):\n    send(*keys, modifier=modifier)\n"
    )
    token = run(code, boot=BOOT)
    token.advance(600)
    assert token.typed == "Abcd!0\n\n"
    token.clear_typed()
    assert (token.typed, token.reports) == ("", [])


@pytest.mark.parametrize(
    ("kind", "text"), [("linux", "7"), ("linux-num-off", ""), ("macos", "7"), ("chromeos", "7")]
)
def test_the_keypad_and_num_lock(run, kind, text):
    token = run(KEYBOARD + "send(0x5F)\n", boot=BOOT)
    token.host.become(kind)
    token.advance(600)
    assert token.typed == text


def test_the_num_lock_key_of_macos_empties_the_line(run):
    code = KEYBOARD + "for key in (4, 0x28, 5, 6, 0x53, 7):\n    send(key)\n    send()\n"
    token = run(code, boot=BOOT)
    token.host.become("macos")
    token.advance(600)
    assert (token.typed, token.host.lines_cleared) == ("a\nd", 1)


@pytest.mark.parametrize(
    ("kind", "report"),
    [
        ("linux", b"\x01"),
        ("linux-num-off", None),
        ("windows-num-off", b"\x00"),
        ("macos", None),
        ("chromeos", None),
        ("android", b"\x01"),
    ],
)
def test_what_is_reported_at_plug_in(run, kind, report):
    code = KEYBOARD + "print(keyboard.get_last_received_report())\n"
    token = run(code, boot=BOOT, plugged=False)
    token.host.become(kind)
    token.plug()
    token.advance(600)
    assert token.console.startswith(f"{report}\n")


def test_lock_leds_come_once_each(run):
    code = KEYBOARD + (
        "print(keyboard.get_last_received_report(), keyboard.get_last_received_report())\n"
        "send(0x53)\nsend()\ntime.sleep(0.05)\n"
        "print(keyboard.get_last_received_report(), keyboard.get_last_received_report())\n"
    )
    token = run(code, boot=BOOT)
    token.advance(600)
    assert token.console.splitlines()[:2] == ["b'\\x01' None", "b'\\x00' None"]
    assert not token.host.num_lock


def test_leds_are_reported_when_one_changes(run):
    """As Linux does: the same LEDs are not sent again."""
    code = KEYBOARD + "while True:\n    print(keyboard.get_last_received_report())\n    time.sleep(0.05)\n"
    token = run(code, boot=BOOT)
    token.advance(600)
    token.set_locks(num_lock=True)
    token.set_locks(caps_lock=True)
    token.advance(100)
    assert [line for line in token.console.splitlines() if line != "None"] == ["b'\\x01'", "b'\\x03'"]


def test_a_host_that_reports_nothing(run):
    code = KEYBOARD + "keyboard.get_last_received_report()\nsend(0x53)\nsend()\ntime.sleep(0.05)\n"
    token = run(code + "print(keyboard.get_last_received_report())", boot=BOOT, plugged=False)
    token.host.reports_leds = False
    token.plug()
    token.advance(600)
    assert token.console.startswith("None\n")


def test_midi_is_on_unless_boot_switches_it_off(run):
    assert run("", boot=BOOT).chip.usb.midi
    assert not run("", boot=BOOT + "import usb_midi\nusb_midi.disable()\n").chip.usb.midi


def test_led_reports_do_not_survive_a_reload(run):
    code = "import supervisor, time, usb_hid\nprint(usb_hid.devices[0].get_last_received_report())\n"
    token = run(code + "time.sleep(0.5)\nsupervisor.reload()", boot=BOOT)
    token.advance(500)
    assert token.console.count("None\n") == 2


@pytest.mark.parametrize("state", ["connected", "polling"])
def test_nobody_fetches(run, state):
    """The endpoint takes one report for a host that does not poll; after that, 2 s each, "USB busy"."""
    code = KEYBOARD + (
        "for _ in range(2):\n    t = supervisor.ticks_ms()\n    try:\n"
        "        send(4)\n        print('taken')\n"
        "    except OSError as error:\n        print(error, supervisor.ticks_ms() - t)\n"
    )
    token = run(code, boot=BOOT, plugged=False)
    setattr(token.host, state, False)
    token.plug()
    token.advance(5_000)
    busy = "USB busy 2000"
    assert token.console.splitlines()[:2] == ([busy, busy] if state == "connected" else ["taken", busy])
    assert token.reports == []


@pytest.mark.parametrize(("resume_ms", "signals"), [(None, 0), (60_000, 1), (100, 1)])
def test_a_sleeping_host_is_asked_to_wake_if_it_allows_it_and_gets_nothing(run, resume_ms, signals):
    code = KEYBOARD + "t = supervisor.ticks_ms()\nsend(4)\nprint(supervisor.ticks_ms() - t)\n"
    token = run(code, boot=BOOT)
    token.host.suspended, token.host.resume_ms = True, resume_ms
    token.advance(3_000)
    assert token.console.startswith("2000\n")
    assert token.host.suspended is (resume_ms != 100)
    token.host.suspended = False
    token.advance(100)
    assert (token.host.wake_requests, token.reports) == (signals, [])


def test_a_report_in_the_endpoint_outlasts_a_suspend_but_not_a_new_host(run):
    code = KEYBOARD + "send(4)\ntime.sleep(1)\nsend(5)\n"
    token = run(code, boot=BOOT)
    token.host.polling = False
    token.advance(300)
    token.host.suspended = True
    token.advance(10)
    token.host.suspended, token.host.polling = False, True
    token.advance(10)
    assert token.typed == "a"
    token.host.polling = False
    token.advance(1_000)
    token.host.connected = False
    token.advance(10)
    token.host.connected = token.host.polling = True
    token.advance(500)
    assert token.typed == "a"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("keyboard.send_report(bytes(7))", "ValueError: report length must be 8"),
        ("keyboard.send_report(bytes(8), 2)", "ValueError: Invalid report_id"),
        ("import usb_cdc\nusb_cdc.enable()", "RuntimeError: Cannot change USB devices now"),
        ("usb_hid.enable(())", "RuntimeError: Cannot change USB devices now"),
        ("import storage\nstorage.enable_usb_drive()", "RuntimeError: Cannot change USB devices now"),
    ],
)
def test_wrong_use(run, line, error):
    token = run(KEYBOARD + line, boot=BOOT)
    token.advance(500)
    assert error in token.console


def test_what_boot_py_chose_is_what_code_py_sees(printed):
    code = "import usb_cdc, usb_hid\nprint(usb_cdc.console, usb_cdc.data is None, len(usb_hid.devices))"
    assert printed(code, boot=BOOT) == "None False 1\n"
    assert printed(code + "\nprint(usb_cdc.data)").endswith(" True 3\nNone\n")


def test_names_are_given_in_boot_py(run):
    line = "import supervisor\nsupervisor.set_usb_identification('maker', 'thing')\n"
    assert run(boot=line).chip.usb.identity == {"manufacturer": "maker", "product": "thing"}
    assert run(line).chip.usb.identity == {}


def test_lines_there_and_back(run):
    token = run(ECHO, boot=BOOT)
    port = token.open()
    port.write(b"one\ntw")
    assert port.read_line(1) == b"one"
    with pytest.raises(TimeoutError):
        port.read_line(0.1)
    port.write(b"o\r\n")
    assert port.read_line(1) == b"two"
    port.close()
    port.close()
    with pytest.raises(TokenError):
        port.write(b"x")


def test_a_burst_longer_than_the_fifo(run):
    token = run(ECHO, boot=BOOT)
    port = token.open()
    port.write(b"x" * 5_000 + b"\n")
    assert port.read_line(5) == b"x" * 5_000


def test_ports_that_are_not_there(run):
    token = run(ECHO, boot=BOOT, plugged=False)
    with pytest.raises(NoToken):
        token.open()
    token.plug()
    port = token.open()
    token.unplug()
    with pytest.raises(TokenError):
        port.read_line(1)
    token.plug()
    with pytest.raises(TokenError):
        port.write(b"the old port")
    token.open().close()


def test_writing_to_nobody_returns_at_once_and_discards(run):
    code = (
        "import time, usb_cdc\nfor i in range(99):\n    usb_cdc.data.write(b'%d\\n' % i)\n    time.sleep(0.1)"
    )
    token = run(code, boot=BOOT)
    token.advance(1_000)
    port = token.open()
    first = int(port.read_line(1))
    assert first > 9
    assert int(port.read_line(1)) == first + 1


def test_a_host_that_is_open_but_stuck(run):
    code = (
        "import supervisor, time, usb_cdc\nd = usb_cdc.data\nwhile not d.connected:\n    time.sleep(0.01)\n"
        "d.write_timeout = 0.5\nt = supervisor.ticks_ms()\n"
        "print(d.write(bytes(1000)), supervisor.ticks_ms() - t)\n"
    )
    token = run(code, boot=BOOT)
    token.chip.usb.data.reading = False
    token.open()
    token.advance(1_000)
    assert token.console.startswith("256 500\n")


def test_read_timeouts(run):
    code = (
        "import supervisor, usb_cdc\nd = usb_cdc.data\nfor timeout in (0, 0.25):\n    d.timeout = timeout\n"
        "    t = supervisor.ticks_ms()\n    print(d.read(4), supervisor.ticks_ms() - t)\n"
        "d.timeout = None\nprint(d.read(4), d.readline(), d.in_waiting)\n"
    )
    token = run(code, boot=BOOT)
    token.advance(500)
    port = token.open()
    port.write(b"abcdef\ngh")
    token.advance(100)
    assert token.console.splitlines()[:3] == ["b'' 0", "b'' 250", "b'abcd' b'ef\\n' 2"]
