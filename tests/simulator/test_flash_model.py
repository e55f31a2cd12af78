"""The chip's one flash: nvm and drive in it, one count of operations, one power that fails in any of them."""

import pytest

from ticktap.simulator.parts.flash import MIB, SECTOR, Flash
from ticktap.simulator.parts.nvm import ADDRESS, Nvm
from ticktap.simulator.signals import PowerLost
from ticktap.simulator.timeline import MS, Timeline

NVM = ADDRESS // SECTOR
BOOT = "import storage\nstorage.disable_usb_drive()\n"
BOTH = (
    "import microcontroller, time\nf = open('/store/a.bin', 'r+b')\nmicrocontroller.nvm[0:2] = b'ab'\n"
    "f.seek(8192)\nf.write(b'x' * 512)\ntime.sleep(3)\n"
)
FILES = {"store/a.bin": "\0" * 16384}


class Bench:
    """A flash alone on a timeline, with a power that can fail."""

    def __init__(self):
        self.timeline = Timeline()
        self.flash = Flash(self.timeline)
        self.flash.on_cut = self.fail

    def consume_time(self, ns):
        self.timeline.run_until(self.timeline.now + ns)

    def fail(self):
        raise PowerLost


@pytest.fixture
def bench():
    return Bench()


def test_only_an_erase_sets_bits(bench):
    bench.flash.program(5 * SECTOR, b"\x0f", bench.consume_time)
    bench.flash.program(5 * SECTOR, b"\xf5", bench.consume_time)
    assert bench.flash.sector(5)[:2] == b"\x05\xff"
    bench.flash.erase(5, bench.consume_time)
    assert bench.flash.data == b"\xff" * 2 * MIB


def test_a_whole_sector_takes_53_ms(bench):
    bench.flash.erase(7, bench.consume_time)
    bench.flash.program(7 * SECTOR, bytes(SECTOR), bench.consume_time)
    assert bench.timeline.now == 53 * MS
    assert (bench.flash.erases_of(7), bench.flash.programs_of(7), bench.flash.operations) == (1, 16, 17)
    assert bench.flash.sector(7) == bytes(SECTOR)


def test_there_is_nothing_past_the_end(bench):
    with pytest.raises(IndexError):
        bench.flash.sector(2 * MIB // SECTOR)


def test_nvm_is_the_sector_before_the_drive(bench):
    nvm = Nvm(bench.timeline, bench.flash)
    nvm.write(3, b"abc", bench.consume_time)
    assert bench.flash.data[0xFF003:0xFF006] == b"abc"
    assert (nvm.programs, bench.flash.programs_of(NVM), bench.flash.operations) == (1, 1, 1)


@pytest.mark.parametrize("fraction", [0.0, 0.3, 1.0])
def test_a_torn_erase(bench, fraction):
    bench.flash.load(3 * SECTOR, bytes(SECTOR))
    bench.flash.cut_at(0, fraction)
    with pytest.raises(PowerLost):
        bench.flash.erase(3, bench.consume_time)
    ones = sum(byte.bit_count() for byte in bench.flash.sector(3)) / (8 * SECTOR)
    assert ones == pytest.approx(fraction, abs=0.02)
    bench.flash.erase(3, bench.consume_time)
    assert bench.flash.sector(3) == b"\xff" * SECTOR


def test_a_torn_program_did_its_first_bytes(bench):
    bench.flash.cut_at(1, 0.5)
    with pytest.raises(PowerLost):
        bench.flash.program(0, bytes(512), bench.consume_time)
    assert bench.flash.sector(0)[:384] == bytes(384)
    assert bench.flash.sector(0)[385:] == b"\xff" * (SECTOR - 385)


def test_a_second_cut_for_the_same_sectors_replaces_the_first(bench):
    bench.flash.cut_at(0)
    bench.flash.cut_at(1, 0.0)
    bench.flash.erase(0, bench.consume_time)
    with pytest.raises(PowerLost):
        bench.flash.erase(0, bench.consume_time)


def test_operations_on_nvm_and_drive_are_one_sequence(run):
    token = run(BOTH, boot=BOOT, files=FILES)
    token.unplug()
    first = token.flash.operations
    token.plug()
    token.advance(3_000)
    assert token.drive.stored()["store/a.bin"][8192:8704] == b"x" * 512
    total = token.flash.operations - first
    assert total == 17 + 17 + 17  # nvm that holds something, the data, the directory at the end
    assert token.flash.erases == token.nvm.erases + sum(token.flash.erases_of(n) for n in range(256, 512))


@pytest.mark.parametrize(("operation", "torn"), [(0, "nvm"), (17, "data"), (34, "directory")])
def test_a_cut_at_any_place_in_it(run, operation, torn):
    token = run(BOTH, boot=BOOT, files=FILES)
    token.advance(4_000)
    token.unplug()
    content = token.drive.files["store/a.bin"]
    token.flash.cut_at(operation, 0.5)
    token.plug()
    token.advance(4_000)
    assert not token.plugged
    assert (token.nvm.data[:2] != b"ab") is (torn == "nvm")
    if torn != "directory":
        assert (token.drive.files["store/a.bin"] != content) is (torn == "data")
    else:
        assert "store/a.bin" not in token.drive.files or token.drive.files["store/a.bin"] != content


def test_a_cut_of_nvm_alone_counts_nvm_alone(run):
    token = run(BOTH, boot=BOOT, files=FILES, plugged=False)  # boot_out.txt is written before
    token.nvm.cut_at(0, 0.0)
    token.plug()
    assert not token.plugged
    assert token.nvm.data == b"\xff" * SECTOR
    assert token.nvm.operations == 1 < token.flash.operations


def test_a_drive_whose_boot_sector_is_torn_is_formatted(run):
    token = run("", boot=BOOT)
    token.flash.sector(256)[510] = 0xFF
    token.unplug()
    assert token.drive.files == {}
    token.plug()
    token.advance(10)
    assert "Hello World!" in token.console
    assert "boot.py" not in token.drive.files
