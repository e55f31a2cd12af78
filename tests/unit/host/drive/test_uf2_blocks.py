"""UF2 files: whole erase sectors in, whole erase sectors out; damaged files and other chips are refused."""

import pytest

from support.made_up_uf2 import RP2350, flash_of, uf2
from ticktap.drive.uf2 import SECTOR, read, write
from ticktap.errors import BadInput, Refused

CONTENT = bytes(number % 251 for number in range(SECTOR + 700))


def test_a_file_is_read_by_sectors_and_the_rest_of_the_last_is_erased():
    sectors = read(uf2(CONTENT, start=0x10000000 + 3 * SECTOR), "a.uf2")
    assert list(sectors) == [3 * SECTOR, 4 * SECTOR]
    assert sectors[3 * SECTOR] == CONTENT[:SECTOR]
    assert sectors[4 * SECTOR] == CONTENT[SECTOR:].ljust(768, b"\0").ljust(SECTOR, b"\xff")


def test_what_is_written_is_read_back_in_the_order_of_the_flash():
    sectors = {9 * SECTOR: b"\x09" * SECTOR, 0: b"\x01" * SECTOR}
    made = write(sectors)
    assert list(read(made, "a.uf2").items()) == sorted(sectors.items())
    flash, erased = flash_of(made, 16 * SECTOR, before=0)
    assert erased == {0, 9}
    assert flash[9 * SECTOR : 10 * SECTOR] == b"\x09" * SECTOR and flash[SECTOR] == 0


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: b"", "not a complete UF2"),
        (lambda data: data[:-1], "not a complete UF2"),
        (lambda data: data[:-512], "block 0"),
        (lambda data: data[512:] + data[:512], "block 0"),
        (lambda data: b"PK" + data[2:], "not a UF2"),
        (lambda data: data[:508] + b"\0" + data[509:], "not a UF2"),
    ],
)
def test_a_damaged_file_is_refused(damage, words):
    data = damage(uf2(CONTENT))
    with pytest.raises(BadInput, match=words) as caught:
        read(data, "a.uf2")
    assert "circuitpython.org" in caught.value.remedy


@pytest.mark.parametrize("start", [0x10000010, 0x20000000, 0x11000000])
def test_a_place_outside_the_flash_is_refused(start):
    with pytest.raises(BadInput, match="another memory"):
        read(uf2(CONTENT, start=start), "a.uf2")


@pytest.mark.parametrize(("family", "chip"), [(RP2350, "RP2350"), (0xADA52840, "nRF52840"), (7, "0x7")])
def test_another_chip_is_named_with_what_to_do(family, chip):
    with pytest.raises(Refused, match=chip) as caught:
        read(uf2(CONTENT, family), "a.uf2")
    assert "firmware install" in caught.value.remedy


def test_a_file_without_a_family_is_refused():
    with pytest.raises(Refused, match="another chip"):
        read(uf2(CONTENT, flags=0), "a.uf2")
