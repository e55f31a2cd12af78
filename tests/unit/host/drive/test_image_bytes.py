"""The bytes of the file for a board's bootloader: CircuitPython, an erased NVM, and the drive."""

import pytest

from emulated import fat as other_fat
from support.made_up_uf2 import RP2350, code, flash_of, uf2
from ticktap.drive import board_image
from ticktap.drive.board_image import (
    DRIVE,
    MIB,
    NVM,
    OWN_FILES,
    flash_size,
    make_image,
    read_circuitpython,
)
from ticktap.drive.boot_out import FLASH_MIB
from ticktap.drive.build import blank_store_file
from ticktap.drive.compare import Firmware, Formats, included_firmware
from ticktap.drive.store_layout import place_of_store_file
from ticktap.errors import BadInput, Refused
from ticktap.simulator.simulated_boards import BOARDS

CODE = code()
OLD = 0x5A  # what was in the flash before


@pytest.fixture(scope="module")
def circuitpython():
    return read_circuitpython(uf2(CODE), "made-up.uf2")


@pytest.fixture(scope="module")
def firmware():
    return included_firmware("raspberry_pi_pico")


@pytest.mark.parametrize("mib", [2, 4, 8, 16])
def test_the_flash_afterwards_is_a_new_token(circuitpython, firmware, mib):
    made = make_image(circuitpython, firmware, mib)
    flash, erased = flash_of(made.data, mib * MIB, before=OLD)
    assert flash[: len(CODE)] == CODE
    assert flash[NVM:DRIVE] == b"\xff" * 4096
    volume = flash[DRIVE:]
    assert other_fat.read(volume) == {**OWN_FILES, **firmware.files, "store/store.bin": blank_store_file()}
    assert place_of_store_file(volume).usable
    parts = [range(at // 4096, (at + size) // 4096) for at, size in made.parts.values()]
    assert erased == {number for part in parts for number in part}


def test_the_free_space_of_the_drive_is_not_written(circuitpython, firmware):
    made = make_image(circuitpython, firmware, 16)
    assert len(made.data) < 2 * 2 * MIB
    flash, _ = flash_of(made.data, 16 * MIB, before=OLD)
    start, size = made.parts["drive"]
    assert set(flash[start + size :]) == {OLD}


def test_the_same_input_makes_the_same_bytes(circuitpython, firmware):
    again = Firmware(dict(reversed(firmware.files.items())), firmware.version, firmware.formats)
    assert make_image(circuitpython, again, 2) == make_image(circuitpython, firmware, 2)


def test_version_board_and_checksum_are_read_from_the_file(circuitpython):
    found = read_circuitpython(uf2(code("9.2.9", "adafruit_kb2040")), "other.uf2")
    assert (found.version, found.board, found.known) == ("9.2.9", "adafruit_kb2040", False)
    assert (circuitpython.version, circuitpython.board) == ("10.0.3", "raspberry_pi_pico")


@pytest.mark.parametrize("version", ["8.2.9", "11.0.0-alpha.1"])
def test_a_version_that_was_not_tested_is_refused_with_one_that_was(version):
    with pytest.raises(Refused, match=version) as caught:
        read_circuitpython(uf2(code(version)), "made-up.uf2")
    assert "circuitpython.org/board/raspberry_pi_pico/" in caught.value.remedy


def test_another_chip_and_another_program_are_refused():
    with pytest.raises(Refused, match="RP2350"):
        read_circuitpython(uf2(CODE, RP2350), "made-up.uf2")
    with pytest.raises(BadInput, match="no CircuitPython"):
        read_circuitpython(uf2(bytes(5000)), "made-up.uf2")


def test_a_circuitpython_whose_drive_is_elsewhere_is_refused():
    with pytest.raises(Refused, match="another place"):
        read_circuitpython(uf2(code(size=MIB)), "made-up.uf2")


def test_other_bytes_under_a_known_name_are_refused(monkeypatch):
    monkeypatch.setitem(board_image.CHECKSUMS, "known.uf2", "0" * 64)
    with pytest.raises(Refused, match="SHA-256"):
        read_circuitpython(uf2(CODE), "known.uf2")


def test_firmware_that_does_not_fit_is_refused(circuitpython):
    large = Firmware({"large.bin": bytes(MIB)}, "1", Formats(1, 1))
    with pytest.raises(BadInput, match="do not fit"):
        make_image(circuitpython, large, 2)


def test_flash_sizes_are_those_of_the_simulated_boards():
    assert {name: BOARDS[name].flash_mib for name in FLASH_MIB if name in BOARDS} == {
        name: size for name, size in FLASH_MIB.items() if name in BOARDS
    }
    assert set(BOARDS) <= set(FLASH_MIB)
    assert flash_size("raspberry_pi_pico") == 2 and flash_size("raspberry_pi_pico", 16) == 16
    with pytest.raises(BadInput) as caught:
        flash_size("unknown")
    assert "--flash" in caught.value.remedy
