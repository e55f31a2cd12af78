"""nvm over NOR flash: what a write costs, what it erases, what a power cut leaves."""

import pytest

from ticktap.simulator.parts.nvm import SIZE, Nvm
from ticktap.simulator.timeline import MS, Timeline

WRITER = "import microcontroller\nnvm = microcontroller.nvm\n"


@pytest.fixture
def flash():
    """An nvm on a timeline of its own; `flash.write(start, data)` returns the ms it took."""

    class Flash:
        def __init__(self):
            self.timeline = Timeline()
            self.nvm = Nvm(self.timeline)

        def write(self, start, data):
            began = self.timeline.now
            self.nvm.write(start, data, lambda ns: self.timeline.run_until(self.timeline.now + ns))
            return (self.timeline.now - began) / MS

    return Flash()


def test_erased_bytes_are_only_programmed(flash):
    assert flash.write(10, b"\x00\x01") == pytest.approx(0.64)
    assert (flash.nvm.data[9:13], flash.nvm.erases) == (b"\xff\x00\x01\xff", 0)


def test_a_write_over_a_page_border_is_two_programs(flash):
    flash.write(250, bytes(10))
    assert (flash.nvm.programs, flash.nvm.data[249:261]) == (2, b"\xff" + bytes(10) + b"\xff")


@pytest.mark.parametrize("again", [b"\x05", b"\x04", b"\xff"])
def test_any_other_write_erases_the_sector(flash, again):
    """Even identical bytes, and even bits that only go from 1 to 0."""
    flash.write(0, b"\x05")
    flash.write(4000, b"\x77")
    assert flash.write(0, again) == pytest.approx(53.14)
    assert (flash.nvm.erases, flash.nvm.data[:1], flash.nvm.data[4000]) == (1, again, 0x77)


def test_the_chip_waits_for_its_flash(printed):
    code = WRITER + (
        "import time\nt = time.monotonic_ns()\nnvm[0:4] = b'abcd'\nu = time.monotonic_ns()\n"
        "nvm[0:4] = b'abcd'\nprint((u - t) // 10000, (time.monotonic_ns() - u) // 1000000)\n"
    )
    assert printed(code, ms=500) == "65 53\n"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("nvm[0:3] = b'ab'", "ValueError: Slice and value different lengths."),
        ("nvm[0] = 256", "ValueError: Bytes must be between 0 and 255."),
        ("nvm[4096]", "IndexError: index out of range"),
        ("nvm[0:4:2]", "NotImplementedError: only slices with step=1 (aka None) are supported"),
    ],
)
def test_wrong_use(printed, line, error):
    assert error in printed(WRITER + line)


def test_reading(printed):
    assert printed(WRITER + "print(len(nvm), nvm[-1], nvm[0:2], bytes(nvm[4094:]))") == (
        "4096 255 bytearray(b'\\xff\\xff') b'\\xff\\xff'\n"
    )


def test_a_cut_in_a_program_keeps_what_was_done(run):
    token = run(WRITER + "nvm[0:100] = bytes(100)\nprint('done')\n", plugged=False)
    token.nvm.cut_at(0, 0.25)
    token.plug()
    assert not token.plugged
    assert "done" not in token.console
    assert token.nvm.data[:25] == bytes(25)
    assert token.nvm.data[26:] == b"\xff" * (SIZE - 26)


@pytest.mark.parametrize(("fraction", "left"), [(0.0, b"\xff"), (1.0, b"\x00")])
def test_a_cut_at_the_ends_of_a_program(run, fraction, left):
    token = run(WRITER + "nvm[7] = 0\nwhile True:\n    pass\n", plugged=False)
    token.nvm.cut_at(0, fraction)
    token.plug()
    assert token.nvm.data[7:8] == left


def test_a_cut_in_an_erase_leaves_bits_on_their_way_to_one(run):
    token = run(WRITER + "nvm[0:200] = bytes(200)\nnvm[0] = 1\n", plugged=False)
    token.nvm.cut_at(1, 0.5)
    token.plug()
    ones = sum(byte.bit_count() for byte in token.nvm.data[:200])
    assert 600 < ones < 1000
    assert token.nvm.data[200:] == b"\xff" * (SIZE - 200)


def test_a_cut_after_the_erase_loses_everything(run):
    token = run(WRITER + "nvm[0:4] = b'abcd'\nnvm[0] = 1\n", plugged=False)
    token.nvm.cut_at(2, 0.0)
    token.plug()
    assert token.nvm.data == b"\xff" * SIZE


def test_a_cut_by_the_clock_tears_too(run):
    code = WRITER + "import time\ntime.sleep(1)\nnvm[0:200] = bytes(200)\nnvm[0] = 1\n"
    token = run(code)
    assert token.advance_until(lambda: token.nvm.erases, 2_000)
    token.advance(20)
    token.power_cut()
    assert token.nvm.data[:200] not in (bytes(200), b"\xff" * 200)


def test_after_a_cut_the_token_starts_again(run):
    token = run(WRITER + "nvm[0:4] = b'abcd'\nprint('done')\nwhile True:\n    pass\n", plugged=False)
    token.nvm.cut_at(0, 0.0)
    token.plug()
    token.plug()
    assert "done" in token.console
    assert token.nvm.data[:4] == b"abcd"
