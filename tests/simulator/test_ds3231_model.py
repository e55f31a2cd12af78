"""The DS3231 model: against its data sheet, through the wires and through the real Adafruit driver."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticktap.simulator.crystal import Crystal
from ticktap.simulator.parts import rtc_calendar as chain
from ticktap.simulator.parts.ds3231 import CONV, OSF, YEAR_2000, Ds3231
from ticktap.simulator.timeline import SECOND, Timeline

DRIVER = """
import board, busio, time
from adafruit_ds3231 import DS3231
rtc = DS3231(busio.I2C(board.GP5, board.GP4, frequency=400_000))
"""


class Wires:
    """A chip on wires with a timeline: `write(register, ...)`, `read(register, n)`, `wait(seconds)`."""

    def __init__(self):
        self.timeline = Timeline()
        self.chip = Ds3231(self.timeline)
        self.chip.supply(True)

    def write(self, register, *values):
        assert self.chip.start(write=True)
        for byte in (register, *values):
            self.chip.put(byte)
        self.chip.stop()

    def read(self, register, length=1):
        self.chip.start(write=True)
        self.chip.put(register)
        self.chip.start(write=False)
        data = bytes(self.chip.get() for _ in range(length))
        self.chip.stop()
        return data

    def wait(self, seconds):
        self.timeline.run_until(self.timeline.now + round(seconds * SECOND))


@pytest.fixture
def wires():
    return Wires()


def test_power_on_defaults(wires):
    """Data sheet, figure 1 and the notes to it: 1 January 2000, OSF set, INTCN and both rates set."""
    assert wires.read(0x00, 7).hex() == "00000001010100"
    assert wires.read(0x0E, 2).hex() == "1c88"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("59 59 23 02 28 02 23", "00 00 00 03 01 03 23"),  # no leap year
        ("59 59 23 03 28 02 24", "00 00 00 04 29 02 24"),
        ("59 59 23 04 29 02 24", "00 00 00 05 01 03 24"),
        ("59 59 23 07 28 02 00", "00 00 00 01 29 02 00"),  # 2000 is one
        ("59 59 23 02 28 02 96", "00 00 00 03 29 02 96"),
        ("59 59 23 05 31 12 26", "00 00 00 06 01 01 27"),
        ("59 59 23 04 30 04 30", "00 00 00 05 01 05 30"),
        ("59 59 23 04 31 12 99", "00 00 00 05 01 81 00"),  # the century bit
        ("59 59 23 07 28 82 00", "00 00 00 01 29 82 00"),  # 2100-02-29 exists for this chip
        ("59 59 71 02 10 10 20", "00 00 52 03 11 10 20"),  # 11 pm -> 12 am of the next day
        ("59 59 51 02 10 10 20", "00 00 72 02 10 10 20"),  # 11 am -> 12 pm
        ("59 59 72 02 10 10 20", "00 00 61 02 10 10 20"),  # 12 pm -> 1 pm
        ("59 59 52 02 10 10 20", "00 00 41 02 10 10 20"),  # 12 am -> 1 am
    ],
)
def test_one_second_later(wires, before, after):
    wires.write(0x00, *bytes.fromhex(before))
    wires.wait(1)
    assert wires.read(0x00, 7).hex(" ") == after


@given(st.datetimes(datetime.datetime(2000, 1, 1), datetime.datetime(2099, 12, 31, 23, 59, 59)))
def test_the_calendar_is_the_civil_one_until_2099(moment):
    seconds = int((moment - datetime.datetime(2000, 1, 1)).total_seconds())
    ours = chain.from_seconds(seconds)
    assert ours == (moment.year - 2000, *moment.timetuple()[1:6])
    assert chain.to_seconds(ours) == seconds


@given(st.integers(0, 2 * chain.CENTURY_DAYS * chain.DAY - 1))
def test_the_calendar_is_its_own_inverse(seconds):
    moment = chain.from_seconds(seconds)
    assert chain.valid(moment)
    assert chain.to_seconds(moment) == seconds


def test_set_from_outside_is_what_the_wires_show(wires):
    wires.chip.set(4_102_444_799)  # 2099-12-31 23:59:59, a Thursday
    assert wires.read(0x00, 7).hex() == "59592304311299"
    assert wires.chip.unix == 4_102_444_799


def test_writing_seconds_restarts_the_second(wires):
    wires.wait(0.9)
    wires.write(0x00, 0x30)
    wires.wait(0.99)
    assert wires.read(0x00) == b"\x30"
    wires.wait(0.02)
    assert wires.read(0x00) == b"\x31"


def test_writing_minutes_does_not_restart_the_second(wires):
    wires.wait(0.9)
    wires.write(0x01, 0x30)
    wires.wait(0.2)
    assert wires.read(0x00, 2) == b"\x01\x30"


def test_a_read_is_latched_at_its_start(wires):
    wires.write(0x00, 0x59, 0x59)
    wires.chip.start(write=True)
    wires.chip.put(0x00)
    wires.chip.start(write=False)
    wires.wait(1)
    assert [wires.chip.get(), wires.chip.get()] == [0x59, 0x59]


def test_the_pointer_wraps_after_the_last_register(wires):
    assert wires.read(0x12, 2)[1:] == wires.read(0x00)


def test_status_flags_can_only_be_cleared(wires):
    assert wires.read(0x0F)[0] & OSF
    wires.write(0x0F, 0x08)
    assert wires.read(0x0F) == b"\x08"
    wires.write(0x0F, 0x8B)
    assert wires.read(0x0F) == b"\x08"


def test_temperature_cannot_be_written(wires):
    wires.chip.temperature = -10.25
    wires.write(0x11, 0x55, 0x40)
    assert wires.read(0x11, 2) == b"\xf5\xc0"
    assert wires.chip.temperature == -10.25


@pytest.mark.parametrize(("ppm", "aging", "gained"), [(2.0, 0, 2.0), (0.0, 100, -10.0), (1.5, -5, 2.0)])
def test_drift(wires, ppm, aging, gained):
    wires.write(0x10, aging & 0xFF)
    wires.write(0x0E, 0x1C | CONV)
    wires.wait(0.2)
    wires.chip.ppm = ppm
    start = wires.chip.unix
    wires.wait(1_000_000)
    assert wires.chip.unix - start == pytest.approx(1_000_000 + gained, abs=1e-6)
    assert wires.chip.aging == aging


def test_an_aging_offset_waits_for_a_conversion(wires):
    """Data sheet, 32kHz TCXO: loaded when the temperature changes, or after a conversion by the user."""
    wires.write(0x10, 100)
    assert (wires.chip.aging, wires.chip.rate) == (100, 0.0)
    wires.write(0x0E, 0x1C | CONV)
    wires.wait(0.2)
    assert wires.chip.rate == pytest.approx(-10)
    wires.write(0x10, 0)
    wires.wait(1000)
    assert wires.chip.rate == pytest.approx(-10)
    wires.chip.temperature = 26
    assert wires.chip.rate == 0


@pytest.mark.parametrize(("celsius", "ppm"), [(25, 1.0), (40, 1.9), (10, 1.1)])
def test_a_crystal_runs_by_its_temperature(wires, celsius, ppm):
    wires.chip.crystal = Crystal(error=1.0, tilt=0.4, bend=0.5)
    wires.chip.temperature = celsius
    start = wires.chip.unix
    wires.wait(100_000)
    assert wires.chip.unix - start == pytest.approx(100_000 * (1 + ppm / 1e6), abs=2e-6)


def test_a_crystal_ages_fastest_at_first():
    crystal = Crystal(ageing=1.0)
    at = [crystal.ppm(25, days, 0) for days in (0, 90, 365)]
    assert (at[0], at[2]) == (0.0, pytest.approx(1.0))
    assert at[1] > 0.5


@pytest.mark.parametrize(
    ("before", "hour"),
    [("52", 0), ("41", 1), ("51", 11), ("72", 12), ("61", 13), ("71", 23)],
)
def test_twelve_hour_mode_of_other_firmware_is_the_same_time(wires, before, hour):
    wires.write(0x00, *bytes.fromhex(f"0000{before}0410102026"[:14]))
    assert wires.chip.unix % 86400 == hour * 3600


@pytest.mark.parametrize("unix", [2**31 - 2, 2**31 - 1, 2**32 - 2, 4_102_444_798])
def test_no_second_is_special(wires, unix):
    """2038-01-19 03:14:07, 2106 is past the century, 2099-12-31 23:59:58."""
    wires.chip.set(unix)
    seen = []
    for _ in range(3):
        seen.append(wires.read(0x00))
        wires.wait(1)
    assert wires.chip.unix == unix + 3
    assert len(set(seen)) == 3


@pytest.mark.parametrize(
    "registers", ["7f7f3f073f1fff", "00000001000000", "00000001320126", "00000001010026", "00000001011326"]
)
def test_dates_that_no_sane_clock_holds_stand_still(wires, registers):
    wires.write(0x00, *bytes.fromhex(registers))
    wires.wait(5)
    assert wires.chip.unix is None
    wires.write(0x00, *bytes.fromhex("00000001010126"))
    wires.wait(5)
    assert wires.read(0x00, 7).hex() == "05000001010126"


def test_a_date_that_does_not_exist_stands_still(wires):
    wires.write(0x00, *bytes.fromhex("00000003310224"))
    wires.wait(10)
    assert wires.chip.unix is None
    assert wires.read(0x00, 7).hex() == "00000003310224"
    wires.write(0x04, 0x28)
    assert wires.chip.unix == YEAR_2000 + chain.to_seconds(chain.Moment(24, 2, 28, 0, 0, 0))


def test_battery_keeps_the_time(wires):
    wires.chip.set(1_900_000_000)
    wires.chip.supply(False)
    wires.wait(1_000)
    wires.chip.supply(True)
    assert (wires.chip.unix, wires.chip.osf) == (1_900_001_000, False)


def test_a_flat_battery_loses_time_and_says_so(wires):
    wires.chip.set(1_900_000_000)
    wires.chip.battery = False
    wires.chip.supply(False)
    wires.wait(1_000)
    wires.chip.supply(True)
    assert (wires.chip.unix, wires.chip.osf) == (YEAR_2000, True)


def test_eosc_stops_the_oscillator_on_battery(wires):
    wires.chip.set(1_900_000_000)
    wires.write(0x0E, 0x9C)
    wires.wait(5)
    wires.chip.supply(False)
    wires.wait(1_000)
    wires.chip.supply(True)
    assert (wires.chip.unix, wires.chip.osf) == (1_900_000_005, True)


def test_a_conversion_is_busy_for_a_while(wires):
    wires.write(0x0E, 0x1C | CONV)
    assert (wires.read(0x0E)[0] & CONV, wires.read(0x0F)[0] & 0x04) == (CONV, 0x04)
    wires.wait(0.2)
    assert (wires.read(0x0E)[0] & CONV, wires.read(0x0F)[0] & 0x04) == (0, 0)


def test_the_real_driver_reads_and_sets(run):
    code = DRIVER + (
        "print(tuple(rtc.datetime)[:7], rtc.lost_power, rtc.temperature)\n"
        "rtc.datetime = time.struct_time((2031, 12, 31, 23, 59, 58, 2, -1, -1))\n"
        "time.sleep(3)\nprint(tuple(rtc.datetime)[:7], rtc.lost_power)\n"
        "rtc.calibration = -3\nprint(rtc.calibration)\n"
    )
    token = run(code, lib=True, rtc_set=False)
    token.advance(4_000)
    assert token.console.splitlines()[:3] == [
        "(2000, 1, 1, 0, 0, 2, 0) True 25.0",
        "(2032, 1, 1, 0, 0, 1, 3) False",
        "-3",
    ]


def test_the_real_driver_without_a_chip(run):
    token = run(DRIVER, lib=True, plugged=False)
    token.rtc.present = False
    token.plug()
    assert "ValueError: No I2C device at address: 0x68" in token.console


def test_a_chip_that_disappears(run):
    code = DRIVER + (
        "while True:\n    try:\n        rtc.datetime\n        print('read')\n"
        "    except OSError as error:\n        print(error.errno)\n    time.sleep(0.1)\n"
    )
    token = run(code, lib=True)
    token.advance(100)
    token.rtc.present = False
    token.advance(300)
    assert token.console.splitlines()[-1] == "19"
    token.bus.held_low = True
    token.advance(2_500)
    assert token.console.splitlines()[-1] == "110"
    token.bus.held_low = False
    token.rtc.present = True
    token.advance(1_500)
    assert token.console.splitlines()[-1] == "read"


def test_no_pull_ups(run):
    token = run(DRIVER, lib=True, plugged=False)
    token.bus.pull_ups = False
    token.plug()
    assert "RuntimeError: No pull up found on SDA or SCL; check your wiring" in token.console


@pytest.mark.parametrize(
    ("pins", "error"),
    [
        ("board.GP4, board.GP5", "ValueError: Invalid pins"),
        ("board.GP5, board.GP6", "ValueError: Invalid pins"),
        ("board.GP7, board.GP6", "RuntimeError: No pull up found on SDA or SCL; check your wiring"),
    ],
)
def test_wrong_pins(printed, pins, error):
    assert error in printed(f"import board, busio\nbusio.I2C({pins})")


def test_a_bus_in_use_and_after(printed):
    code = """
import board, busio
first = busio.I2C(board.GP5, board.GP4)
try:
    busio.I2C(board.GP5, board.GP4)
except ValueError as error:
    print(error)
first.deinit()
with busio.I2C(board.GP5, board.GP4) as bus:
    try:
        bus.scan()
    except RuntimeError as error:
        print(error)
    bus.try_lock()
    print(bus.scan(), bus.try_lock())
"""
    assert printed(code) == "I2C peripheral in use\nFunction requires lock\n[104] False\n"
