"""The drive as a host sees it: there in maintenance mode, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drive.fat_files import FatFiles
from emulated import fat
from emulated.conftest import DRIVE, NOON
from emulated.engine import EngineError
from emulated.image import DRIVE as DRIVE_IN_FLASH
from emulated.storage import Blocks, Disk
from emulated.token import EmulatedToken
from ticktap.simulator.parts.fatfs import FatFs

# Classes of interfaces (USB class codes, usb.org), and a bit of bmAttributes (USB 2.0, table 9-10).
CDC, HID, MASS_STORAGE, CDC_DATA = 2, 3, 8, 10
REMOTE_WAKEUP = 0x20


def interface_classes(token: EmulatedToken) -> list[int]:
    """The classes of the configuration's interfaces, in the descriptor's order."""
    identity = token.identity
    assert identity is not None
    return [interface["class"] for interface in identity["interfaces"]]


@pytest.fixture(scope="module")
def in_maintenance(firmware_flash: bytes) -> Iterator[EmulatedToken]:
    with EmulatedToken(None, flash=firmware_flash, unix=NOON) as token:
        token.plug(maintenance=True)
        token.advance(1000)
        yield token


def test_maintenance_shows_the_drive_byte_for_byte(in_maintenance: EmulatedToken) -> None:
    disk = Disk(in_maintenance)
    blocks, size = disk.capacity
    assert size == fat.SECTOR
    assert blocks >= fat.MIB // fat.SECTOR
    files = fat.read(disk.volume())
    built = {
        path.relative_to(DRIVE).as_posix(): path.read_bytes() for path in DRIVE.rglob("*") if path.is_file()
    }
    boot_out = files.pop("boot_out.txt")
    assert files == built
    assert boot_out == fat.read(in_maintenance.flash[DRIVE_IN_FLASH])["boot_out.txt"]


def test_looking_at_the_drive_writes_nothing(in_maintenance: EmulatedToken) -> None:
    before = in_maintenance.flash
    Disk(in_maintenance).read(0, 64)
    in_maintenance.advance(2000)
    assert in_maintenance.flash == before


def test_a_block_outside_the_drive_is_refused(in_maintenance: EmulatedToken) -> None:
    disk = Disk(in_maintenance)
    blocks, _ = disk.capacity
    with pytest.raises((OSError, TimeoutError)):
        disk.read(blocks + 8, 1)


def test_what_a_computer_writes_is_on_the_flash(firmware_flash: bytes) -> None:
    """A file through a computer's own FAT driver, CircuitPython's mass storage and its cache."""
    with EmulatedToken(None, flash=firmware_flash, unix=NOON) as token:
        token.plug(maintenance=True)
        token.advance(500)
        blocks = Blocks(token)
        files = FatFiles(FatFs(blocks))
        files.write("lib/fob/note.txt", b"x" * 700)
        assert files.read("lib/fob/note.txt") == b"x" * 700
        written = fat.read(token.power_cut()[DRIVE_IN_FLASH])
    assert written["lib/fob/note.txt"] == b"x" * 700
    assert written["code.py"] == (DRIVE / "code.py").read_bytes()


def test_the_interfaces_in_maintenance(in_maintenance: EmulatedToken) -> None:
    """Two serial ports and the drive: no keyboard, no MIDI, no audio."""
    assert interface_classes(in_maintenance) == [CDC, CDC_DATA, CDC, CDC_DATA, MASS_STORAGE]


def test_the_interfaces_in_normal_use(emulated_token: EmulatedToken) -> None:
    """One serial port and the keyboard: no drive, no console, no MIDI, no audio."""
    emulated_token.open()
    assert interface_classes(emulated_token) == [CDC, CDC_DATA, HID]
    identity = emulated_token.identity
    assert identity is not None
    assert identity["attributes"] & REMOTE_WAKEUP


def test_normal_use_shows_no_drive(emulated_token: EmulatedToken) -> None:
    emulated_token.open()
    identity = emulated_token.identity
    assert identity is not None
    assert not [each for each in identity["interfaces"] if each["class"] == 8]
    with pytest.raises(EngineError, match="no drive"):
        Disk(emulated_token)
