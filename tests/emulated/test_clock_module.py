"""The DS3231 under the real adafruit_ds3231 driver, and what a broken one looks like from CircuitPython."""

from __future__ import annotations

import calendar
from collections.abc import Iterator

import pytest

from emulated.probe import ChipError, Probe

OPEN_BUS = ("import board, busio", "i2c = busio.I2C(board.GP5, board.GP4, frequency=100000)")


@pytest.fixture
def rtc(probe: Probe) -> Iterator[Probe]:
    """The probe with `rtc`, an adafruit_ds3231.DS3231."""
    probe.run("import adafruit_ds3231", *OPEN_BUS, "rtc = adafruit_ds3231.DS3231(i2c)")
    yield probe
    probe.run("i2c.deinit()")


def test_driver_reads_the_time(rtc: Probe) -> None:
    read = calendar.timegm(rtc.ask("tuple(rtc.datetime)")[:6])
    assert read <= rtc.token.unix < read + 1.1
    assert rtc.ask("rtc.lost_power") is False


def test_driver_sets_the_time_and_clears_the_stop_flag(rtc: Probe) -> None:
    rtc.token.rtc(stopped=True)
    assert rtc.ask("rtc.lost_power") is True
    rtc.run("import time", "rtc.datetime = time.struct_time((2031, 3, 30, 23, 59, 58, 6, -1, -1))")
    assert rtc.token.rtc()["stopped"] is False
    assert 0 <= rtc.token.unix - calendar.timegm((2031, 3, 30, 23, 59, 58)) < 0.1
    rtc.token.advance(2500)
    assert rtc.ask("tuple(rtc.datetime)[:6]") == (2031, 3, 31, 0, 0, 0)


def test_temperature_and_aging(rtc: Probe) -> None:
    rtc.token.rtc(celsius=-3.25)
    assert rtc.ask("rtc.temperature") == -3.25
    rtc.run("rtc.calibration = -20")
    assert rtc.ask("rtc.calibration") == -20


@pytest.mark.parametrize("data", ["b''", "b'\\0'"], ids=["bit-banged probe", "I2C block"])
def test_absent_module_does_not_answer(probe: Probe, data: str) -> None:
    probe.run(*OPEN_BUS, "i2c.try_lock()")
    probe.token.rtc(present=False)
    with pytest.raises(ChipError, match="OSError"):
        probe.run(f"i2c.writeto(0x68, {data})")
    probe.token.rtc(present=True)
    probe.run(f"i2c.writeto(0x68, {data})", "i2c.deinit()")


@pytest.mark.parametrize("fault", ["unpulled", "sda-low", "scl-low"])
def test_bus_that_is_not_high_is_refused(probe: Probe, fault: str) -> None:
    probe.token.rtc(bus=fault)
    with pytest.raises(ChipError, match="RuntimeError"):
        probe.run(*OPEN_BUS)
    probe.token.rtc(bus="ok")
    probe.run(*OPEN_BUS, "i2c.deinit()")


def test_line_that_falls_later_gives_an_error_and_recovers(rtc: Probe) -> None:
    rtc.token.rtc(bus="scl-low")
    with pytest.raises(ChipError, match="OSError"):
        rtc.ask("rtc.lost_power")
    rtc.token.rtc(bus="ok")
    rtc.token.advance(1)
    assert rtc.ask("rtc.lost_power") is False
