"""Power, start-up, resets, ends: the chip as a whole, and the thread under it."""

import threading

import pytest

from ticktap.simulator import VirtualToken

LOOP = "import time\nwhile True:\n    time.sleep(0.001)\n"
REASON = "import microcontroller\nprint(microcontroller.cpu.reset_reason)\n"


def firmware_threads():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("firmware")]


def test_start_up_takes_as_long_as_on_the_chip(run):
    """1.2 s from power to code.py, 1.2 s more when boot_out.txt changes."""
    token = run("print('here')", plugged=False)
    token.plug(wait=False)
    token.advance(2_395)
    assert token.console == ""
    token.advance(10)
    assert token.console.startswith("here")
    token.unplug()
    token.plug(wait=False)
    token.advance(1_195)
    assert token.console.count("here") == 1
    token.advance(10)
    assert token.console.count("here") == 2


def test_boot_out_is_written_only_when_it_changes(run):
    token = run("", boot="import os\nprint('boot', os.getenv('X'))", settings={"X": 7})
    assert token.drive.files["boot_out.txt"].endswith(b"UID:DE6348109F2A4C17\nboot.py output:\nboot 7\n")
    assert token.drive.writes == 1
    token.unplug()
    token.plug()
    assert token.drive.writes == 1
    assert "boot" not in token.console


def test_boot_and_code_do_not_share_modules(run):
    token = run("import m\nprint(m.x)", boot="import m\nm.x = 2", files={"m.py": "x = 1"})
    assert token.console.startswith("1\n")


def test_an_exception_ends_code_py_and_frees_the_pins(run):
    code = (
        "import board, digitalio\nled = digitalio.DigitalInOut(board.LED)\nled.switch_to_output(True)\n"
        "def f():\n    raise ValueError('no')\nf()\n"
    )
    token = run(code)
    assert token.console == (
        "Traceback (most recent call last):\n"
        '  File "code.py", line 6, in <module>\n'
        '  File "code.py", line 5, in f\n'
        "ValueError: no\n\nCode done running.\n"
    )
    assert [lit for _, lit in token.led_history] == [True, False]
    assert isinstance(token.error, ValueError)


def test_sys_exit_is_silent(printed):
    assert printed("import sys\nsys.exit(3)") == ""


def test_reset_reasons(run):
    token = run(REASON + "import time\ntime.sleep(0.1)\nmicrocontroller.reset()\n")
    token.advance(500)
    lines = token.console.splitlines()
    assert lines[:2] == ["microcontroller.ResetReason.POWER_ON", "microcontroller.ResetReason.SOFTWARE"]
    token.reset()
    token.advance(500)
    assert "microcontroller.ResetReason.RESET_PIN" in token.console


def test_reset_takes_usb_down_and_reload_does_not(run):
    reset = run("import microcontroller, time\ntime.sleep(0.5)\nmicrocontroller.reset()")
    reload = run("import supervisor, time\ntime.sleep(0.5)\nsupervisor.reload()")
    for token, expected in ((reset, False), (reload, True)):
        assert token.chip.usb.configured
        token.advance(250)
        assert token.chip.usb.configured is expected


def test_reload_runs_code_py_again_with_fresh_modules(run):
    code = "import m, supervisor, time\nm.x += 1\nprint(m.x)\ntime.sleep(0.2)\nsupervisor.reload()"
    token = run(code, files={"m.py": "x = 0"})
    token.advance(1_000)
    lines = token.console.split("soft reboot\n")
    assert len(lines) > 4
    assert set(lines) <= {"1\n", ""}


@pytest.mark.parametrize(
    "clause", ["except:", "except BaseException:", "except (ValueError, BaseException) as e:", "finally:"]
)
def test_firmware_cannot_catch_its_end(run, clause):
    body = "continue" if clause == "finally:" else "pass"
    token = run(
        f"import time\nwhile True:\n    try:\n        time.sleep(0.01)\n    {clause}\n        {body}\n"
    )
    assert len(firmware_threads()) == 1
    token.power_cut()
    assert firmware_threads() == []


def test_finally_runs_without_power_but_cannot_use_it(run):
    code = "import time, microcontroller\ntry:\n    time.sleep(9)\nfinally:\n    microcontroller.nvm[0] = 1\n"
    token = run(code)
    token.power_cut()
    assert token.nvm.data[0] == 0xFF
    assert firmware_threads() == []


def test_a_hang_is_ended_by_the_watchdog(run):
    code = REASON + (
        "from watchdog import WatchDogMode\nw = microcontroller.watchdog\nw.timeout = 0.5\n"
        "w.mode = WatchDogMode.RESET\nwhile True:\n    pass\n"
    )
    token = run(code)
    token.advance(700)
    assert "ResetReason.WATCHDOG" in token.console


def test_a_fed_watchdog_is_quiet_and_stops_with_the_program(run):
    code = REASON + (
        "import time\nfrom watchdog import WatchDogMode\nw = microcontroller.watchdog\nw.timeout = 0.1\n"
        "w.mode = WatchDogMode.RESET\nfor _ in range(20):\n    time.sleep(0.05)\n    w.feed()\n"
    )
    token = run(code)
    token.advance(5_000)
    assert "WATCHDOG" not in token.console
    assert token.chip.phase == "done"


def test_no_thread_is_left(make_drive):
    with VirtualToken(make_drive(LOOP)) as token:
        token.advance(10)
        assert len(firmware_threads()) == 1
    assert firmware_threads() == []
    token.close()


def test_unplugging_before_anything_ran(run):
    token = run(LOOP, plugged=False)
    token.plug(wait=False)
    token.unplug()
    token.advance(5_000)
    assert (token.plugged, token.console, firmware_threads()) == (False, "", [])


def test_the_world_goes_on_without_power(run):
    token = run(LOOP, plugged=False, unix=1_900_000_000)
    token.advance(86_400_000)
    assert token.unix == 1_900_086_400
    assert token.rtc.unix == 1_900_086_400


def test_same_inputs_same_outcome(run):
    code = "import os, time\nwhile True:\n    print(os.urandom(4), time.monotonic_ns())\n    time.sleep(0.05)"
    outcomes = []
    for steps in ((1_000,), (1,) * 1_000):  # however the caller cuts the time
        token = run(code)
        for ms in steps:
            token.advance(ms)
        outcomes.append(token.console)
    assert outcomes[0] == outcomes[1]
    assert outcomes[0].count("\n") > 20


def test_maintenance_holds_the_button_through_the_start(run):
    code = (
        "import board, digitalio, time\nb = digitalio.DigitalInOut(board.GP15)\n"
        "b.pull = digitalio.Pull.UP\nprint(b.value)\nwhile not b.value:\n    time.sleep(0.01)\nprint('up')"
    )
    token = run(code, plugged=False)
    token.plug(maintenance=True)
    assert token.console.startswith("False\n")
    token.advance(50)
    assert "up" in token.console


@pytest.mark.parametrize("board", ["waveshare_rp2040_zero", "adafruit_qtpy_rp2040"])
def test_other_boards(printed, board):
    code = "import board\nprint(board.board_id, hasattr(board, 'LED'), board.NEOPIXEL)"
    pin = {"waveshare_rp2040_zero": 16, "adafruit_qtpy_rp2040": 12}[board]
    assert printed(code, board=board) == f"{board} False microcontroller.pin.GPIO{pin}\n"


def test_state_keeps_nvm_clock_and_identity(run):
    code = "import microcontroller\nmicrocontroller.nvm[5] = 9\nprint('ok')"
    first = run(code, unix=1_800_000_000, serial=b"12345678")
    first.rtc.ppm = 100.0
    first.advance(1_000)
    kept, at = first.save(), first.unix
    first.close()
    second = run(LOOP, unix=at + 1_000_000, state=kept)
    assert second.nvm.data[5] == 9
    assert second.serial == b"12345678".hex().upper()
    assert second.rtc.unix - second.unix == pytest.approx(100.0, abs=0.01)
    assert second.drive.writes == 0  # boot_out.txt is kept too
