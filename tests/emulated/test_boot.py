"""The chip starts as a real one does, and the drive is laid out as CircuitPython lays it out."""

from __future__ import annotations

import pytest

from emulated import fat
from emulated.conftest import OTHER_SIZES
from emulated.image import DRIVE, FLASH_SIZES
from emulated.probe import Probe
from emulated.token import EmulatedToken

FORMATTED_MS = 3000  # of emulated time, from the first sector that is erased


def test_runs_circuitpython_and_its_own_time(probe: Probe) -> None:
    assert probe.ask("__import__('sys').implementation.name") == "circuitpython"
    probe.run("import time", "start = time.monotonic_ns()")
    probe.token.advance(250)
    before = probe.token.ms
    elapsed_ms = probe.ask("time.monotonic_ns() - start") / 1e6
    assert 250 < elapsed_ms < probe.token.ms - before + 260


def test_clock_rate_is_125_mhz(probe: Probe) -> None:
    assert probe.ask("__import__('microcontroller').cpu.frequency") == 125_000_000


def test_host_finds_the_device_by_name_and_serial(probe: Probe) -> None:
    identity = probe.token.identity
    assert identity is not None
    uid = probe.ask("bytes(__import__('microcontroller').cpu.uid)")
    assert identity["serial"] == uid.hex().upper()
    assert "CircuitPython CDC2 data" in [interface["name"] for interface in identity["interfaces"]]


@pytest.mark.parametrize("mib", [4, *OTHER_SIZES])
def test_a_blank_drive_is_formatted_like_ours(mib: int) -> None:
    """Boot sector and FAT, byte for byte, and where the data begin, of each size of flash."""
    with EmulatedToken(None, usb=False, size=FLASH_SIZES[mib]) as token:
        token.advance_until(lambda: token.erases, step_ms=20)
        token.advance(FORMATTED_MS)
        theirs = token.flash[DRIVE]
    files = fat.read(theirs)
    assert files["code.py"] == b'print("Hello World!")\n'
    ours = fat.build({**files, "lib/nothing.txt": b""}, len(theirs))
    end = fat.LAYOUTS[len(theirs)].root
    assert theirs[fat.SECTOR : end] == ours[fat.SECTOR : end]


def test_long_names_and_folders_reach_the_chip(probe: Probe) -> None:
    listed = probe.ask("sorted(__import__('os').listdir('/lib/adafruit_register'))")
    on_drive = fat.read(probe.token.flash[DRIVE])
    prefix = "lib/adafruit_register/"
    assert listed == sorted(name.removeprefix(prefix) for name in on_drive if name.startswith(prefix))
    size = probe.ask("__import__('os').stat('/lib/adafruit_ds3231.py')[6]")
    assert size == len(on_drive["lib/adafruit_ds3231.py"])


@pytest.mark.parametrize(
    "name",
    [
        "code.py",
        "README.TXT",
        "Mixed.py",
        "adafruit_ds3231.py",
        "thirteen_char",
        ".hidden",
        "a.b.c",
        "naïve.txt",
    ],
)
def test_fat_gives_back_every_kind_of_name(name: str) -> None:
    files = {f"folder/{name}": b"x" * 1500, name: b"", "other.txt": b"y" * 512}
    assert fat.read(fat.build(files)) == files


def test_fat_keeps_similar_long_names_apart() -> None:
    files = {f"library_number_{number}.py": bytes([number]) for number in range(12)}
    assert fat.read(fat.build(files)) == files


def test_fat_refuses_more_than_fits() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        fat.build({"big.bin": bytes(fat.MIB)})
