"""What a board says on its drives, where drives are mounted, and how they are let go of."""

import re
from pathlib import Path

import pytest

from ticktap.drive import boot_out, mounts
from ticktap.drive.udev_rules import udev_rules

OUT = (
    "Adafruit CircuitPython 10.0.3 on 2025-10-17; Raspberry Pi Pico with rp2040\r\n"
    "Board ID:raspberry_pi_pico\r\nUID:e6614c311b7e8a2f\r\nboot.py output:\r\nticktap 0.1.0\r\n"
)
INFO = "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n"


def test_a_board_tells_version_name_chip_and_number():
    assert boot_out.parse_boot_out(OUT) == boot_out.Board(
        "10.0.3", "raspberry_pi_pico", "Raspberry Pi Pico", "rp2040", "E6614C311B7E8A2F"
    )
    assert boot_out.parse_boot_out(OUT.replace("\r\n", "\n")).serial == "E6614C311B7E8A2F"
    assert boot_out.parse_boot_out("MicroPython") is None
    assert boot_out.parse_info(INFO) == ("Raspberry Pi RP2", "RPI-RP2")
    assert boot_out.parse_info("nothing") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"10.0.3": "10.1.0-beta.2"}, ""),
        ({"rp2040": "rp2350a"}, ""),
        ({"10.0.3": "9.2.8"}, "9.2.8"),
        ({"10.0.3": "11.0.0"}, "11.0.0"),
        ({"rp2040": "samd21g18"}, "samd21g18"),
    ],
)
def test_what_ticktap_was_not_tried_on_is_a_concern(change, words):
    text = OUT
    for old, new in change.items():
        text = text.replace(old, new)
    concern = boot_out.parse_boot_out(text).concern
    assert words in concern and bool(concern) == bool(words)


def test_a_checksum_is_named_where_it_is_known_and_only_there():
    assert re.search(r"SHA-256: [0-9a-f]{64}", boot_out.advice("rfguru_rp2040"))
    assert "not known" in boot_out.advice("raspberry_pi_pico")
    assert "raspberry_pi_pico-en_US-10" in boot_out.advice("raspberry_pi_pico")
    assert all(f"/board/{board}/" in boot_out.advice() for board in boot_out.BOARDS)


def test_mounts_of_fat_volumes_with_blanks_in_their_names():
    lines = [
        "/dev/sda1 / ext4 rw 0 0",
        "/dev/sdb1 /media/me/CIRCUITPY vfat rw 0 0",
        r"/dev/sdc1 /media/me/MY\040DRIVE vfat rw 0 0",
        "broken",
    ]
    assert list(mounts.parse_mounts(lines)) == [
        (Path("/media/me/CIRCUITPY"), Path("/dev/sdb1")),
        (Path("/media/me/MY DRIVE"), Path("/dev/sdc1")),
    ]


@pytest.fixture
def media(tmp_path, monkeypatch):
    """A list of mounted folders, as the system would tell."""
    places = {}
    for name, files in {
        "CIRCUITPY": {"boot_out.txt": OUT},
        "RPI-RP2": {"INFO_UF2.TXT": INFO},
        "STICK": {"photo.jpg": ""},
    }.items():
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / file).write_text(text)
        places[name] = tmp_path / name
    table = tmp_path / "mounts"
    table.write_text("".join(f"/dev/{name} {path} vfat rw 0 0\n" for name, path in places.items()))
    monkeypatch.setattr(mounts, "MOUNTS", table)
    monkeypatch.setattr("sys.platform", "linux")
    return places


def test_drives_are_known_by_what_is_on_them(media):
    drives, loaders = mounts.find()
    assert [(each.path, each.board.id, each.device) for each in drives] == [
        (media["CIRCUITPY"], "raspberry_pi_pico", Path("/dev/CIRCUITPY"))
    ]
    assert [(each.path, each.board_id) for each in loaders] == [(media["RPI-RP2"], "RPI-RP2")]
    assert mounts.at(media["CIRCUITPY"]).device == Path("/dev/CIRCUITPY")
    assert mounts.at(media["STICK"]) is None


def test_a_drive_that_is_plugged_in_and_not_mounted(media, tmp_path):
    device = tmp_path / "sdx1"
    device.write_text("")
    label = tmp_path / "label"
    label.symlink_to(device)
    assert mounts.not_mounted(label) == str(device)
    assert mounts.not_mounted(tmp_path / "none") == ""


@pytest.mark.parametrize(("platform", "program"), [("linux", "udisksctl"), ("darwin", "diskutil")])
def test_each_system_has_its_own_way_to_let_go(media, platform, program):
    drive = mounts.at(media["CIRCUITPY"])
    commands = mounts.eject_commands(drive, platform)
    assert commands[0][0] == program and str(drive.path) in str(commands) + str(drive.path)
    assert mounts.eject_commands(drive, "win32") == []
    assert "Explorer" in mounts.how_to_eject("win32")


def test_the_udev_rules_are_of_the_form_udev_reads():
    """udev(7): keys, operators and quoted values, separated by commas; a jump has its label."""
    key = r'[A-Z_]+(?:\{[A-Za-z_/]+\})?(?:==|\+=|=)"[^"]*"'
    rules = [line for line in udev_rules().splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(rf"{key}(?:, {key})*", line) for line in rules)
    assert re.findall(r'GOTO="(\w+)"', udev_rules()) == re.findall(r'LABEL="(\w+)"', udev_rules())
    assert 'ENV{ID_MM_DEVICE_IGNORE}="1"' in udev_rules() and 'TAG+="uaccess"' in udev_rules()
