"""What is taken for a DS3231 and what is not, by its registers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fob.clock.ds3231_probe import LENGTH, is_ds3231
from ticktap.simulator.parts.ds3231 import Ds3231
from ticktap.simulator.timeline import SECOND, Timeline

# NXP PCF8523 after power: three control registers, the time at 03h, alarms off, timers as reset
PCF8523 = bytes.fromhex("0000008000000106010080808080003807000700")
# Maxim DS1307: the time, a control register, and memory
DS1307 = bytes.fromhex("8000000101010003" + "00" * 7 + "a5" * 5)


@given(st.integers(946_684_800, 4_102_444_799), st.binary(min_size=19, max_size=19))
def test_a_ds3231_is_one_whatever_was_written_to_it(unix, written):
    timeline = Timeline()
    chip = Ds3231(timeline)
    chip.supply(True)
    chip.set(unix)
    assert is_ds3231(read(chip))
    chip.start(write=True)
    for byte in (0, *written):
        chip.put(byte)
    chip.stop()
    timeline.run_until(timeline.now + SECOND)
    assert is_ds3231(read(chip))


def read(chip):
    chip.start(write=True)
    chip.put(0)
    chip.start(write=False)
    data = bytes(chip.get() for _ in range(LENGTH))
    chip.stop()
    return data


@pytest.mark.parametrize("other", [PCF8523, DS1307, b"\xff" * LENGTH], ids=["PCF8523", "DS1307", "all ones"])
def test_other_chips_are_not(other):
    assert len(other) == LENGTH
    assert not is_ds3231(other)


@pytest.mark.parametrize(("first", "again"), [(0x09, 0x10), (0x59, 0x00), (0x34, 0x35), (0x34, 0x34)])
def test_the_second_may_change_while_it_is_read(first, again):
    registers = bytearray(LENGTH)
    registers[0x00], registers[0x13] = first, again
    assert is_ds3231(registers)
    registers[0x13] = (again + 2) % 0x60
    assert not is_ds3231(registers)
