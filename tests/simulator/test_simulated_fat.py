"""The drive as a FAT volume in flash: its layout, which flash work calls cause and when, what is lost."""

import random

import pytest

from emulated import fat12 as other_fat12
from ticktap.simulator import VirtualToken
from ticktap.simulator.drive import Drive
from ticktap.simulator.oserror import _OSError
from ticktap.simulator.parts import fat12
from ticktap.simulator.parts.flash import SECTOR, Flash
from ticktap.simulator.parts.sector_cache import SectorCache
from ticktap.simulator.timeline import Timeline

BOOT = "import storage\nstorage.disable_usb_drive()\n"
BLOCK = 512
TREE = {
    "boot.py": b"x" * 513,
    "empty.txt": b"",
    "lib/package/__init__.py": b"1",
    "lib/package/a_rather_long_name_of_a_module.py": b"2" * 5000,
    "Mixed.Case": b"3",
    "näme with späces.txt": b"4",
    **{f"many/file_number_{n}.txt": bytes([n]) for n in range(40)},
    "vault/a.bin": b"A" * 3000,
    "vault/b.bin": b"B" * 2000,
}


@pytest.fixture
def drive():
    """A writable drive on a flash of its own, with TREE on it."""
    return make_drive_of(TREE)


def make_drive_of(files, layout=None):
    timeline = Timeline()
    made = Drive(files, SectorCache(Flash(timeline), timeline), layout)
    made.writable = True
    return made


def volume(drive):
    """The volume's bytes in the flash."""
    return drive.cache.flash.data[0x100000:]


def clusters(drive, path):
    """The clusters of a file or directory, in order."""
    return drive.volume.clusters(path)


# --- layout


@pytest.mark.parametrize("layout", [None, fat12.Layout(3), fat12.Layout(fragment=True)])
def test_another_reader_finds_the_same_files(layout):
    assert other_fat12.read(fat12.build(TREE, layout)) == TREE


def test_a_folder_is_laid_out_as_the_image_for_the_emulated_chip():
    """Boot sector, FAT and root directory; what lies in unused bytes may differ."""
    end = fat12.DATA_BLOCK * BLOCK
    assert fat12.build(TREE)[:end] == other_fat12.build(TREE)[:end]


def test_a_new_drive_reads_as_the_folder(drive):
    assert drive.files == TREE
    assert "many" in drive.listdir("/")
    assert drive.listdir("/lib/package") == ["__init__.py", "a_rather_long_name_of_a_module.py"]


def test_gaps_move_the_files_under_vault():
    firsts = [clusters(make_drive_of(TREE, fat12.Layout(n)), "vault/a.bin")[0] for n in range(4)]
    assert [first - firsts[0] for first in firsts] == [0, 1, 2, 3]


def test_fragments_interleave_the_files_under_vault():
    scattered = make_drive_of(TREE, fat12.Layout(fragment=True))
    a, b = clusters(scattered, "vault/a.bin"), clusters(scattered, "vault/b.bin")
    assert [y - x for x, y in zip(a, b, strict=False)] == [1] * len(b)
    assert all(y - x > 1 for x, y in zip(a, a[1:], strict=False))
    assert scattered.files == TREE


def test_files_that_do_not_fit():
    with pytest.raises(ValueError, match="do not fit"):
        fat12.build({"a": bytes(fat12.CLUSTERS * BLOCK + 1)})


# --- contents


def test_random_writes_behave_like_a_file(drive):
    """Against a bytearray: seeks, reads, writes of any size, growing past the end of other files."""
    chance = random.Random(1)
    expected = bytearray(TREE["vault/a.bin"])
    with drive.open("vault/a.bin", "r+b") as file:
        for _ in range(400):
            at = chance.randrange(len(expected) + 300)
            file.seek(at)
            if chance.random() < 0.5 and at <= len(expected):
                size = chance.choice((1, 100, 511, 512, 513, 2048))
                assert file.read(size) == expected[at : at + size]
            else:
                data = chance.randbytes(chance.choice((1, 100, 511, 512, 513, 2048)))
                gap = at - len(expected)
                if gap > 0:  # FAT does not clear what a seek takes in
                    file.seek(len(expected))
                    file.write(bytes(gap))
                    expected += bytes(gap)
                file.write(data)
                expected[at : at + len(data)] = data
    after = {**TREE, "vault/a.bin": bytes(expected)}
    assert drive.files == after
    assert drive.stored() == after
    assert other_fat12.read(volume(drive)) == after


def test_names_come_and_go(drive):
    """Long names, a directory that grows past its cluster, clusters that are used again."""
    expected = dict(TREE)
    free = drive.free_clusters()
    for n in range(60):
        path = f"lib/package/generated number {n}.txt"
        expected[path] = b"%d" % n * 700
        with drive.open(path, "wb") as file:
            file.write(expected[path])
    drive.rename("/boot.py", "/a longer name for the boot script.py")
    expected["a longer name for the boot script.py"] = expected.pop("boot.py")
    drive.rename("/empty.txt", "/vault/b.bin")
    expected["vault/b.bin"] = expected.pop("empty.txt")
    assert other_fat12.read(volume(drive)) == expected
    for n in range(60):
        drive.remove(f"lib/package/generated number {n}.txt")
    with drive.open("vault/a.bin", "w"):
        pass
    grown = len(clusters(drive, "lib/package")) - 1
    assert grown > 5
    assert drive.free_clusters() == free - grown + 4 + 6  # of b.bin and a.bin
    assert drive.files["vault/a.bin"] == b""


def test_a_full_drive(drive):
    with drive.open("big.bin", "wb") as file, pytest.raises(_OSError, match="No space left on device"):
        for _ in range(fat12.CLUSTERS):
            file.write(bytes(BLOCK))
    assert drive.free_clusters() == 0
    assert {**drive.files, "big.bin": None} == {**TREE, "big.bin": None}


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda d: d.open("/missing/a.txt", "w"), "No such file"),
        (lambda d: d.open("missing.txt", "r+"), "No such file"),
        (lambda d: d.open("lib", "w"), "Permission denied"),
        (lambda d: d.open("lib"), "Is a directory"),
        (lambda d: d.open("boot.py", "x"), "File exists"),
        (lambda d: d.open("boot.py").write("x"), "Permission denied"),
        (lambda d: d.open("boot.py", "a").read(), "Permission denied"),
        (lambda d: d.remove("lib"), "Is a directory"),
    ],
)
def test_refusals(drive, call, error):
    with pytest.raises(_OSError, match=error):
        call(drive)


def test_text_and_lines(printed):
    code = (
        "with open('t.txt', 'w') as f:\n    print(f.write('één\\ntwo\\n'))\n"
        "with open('t.txt') as f:\n    print(f.read(2), f.tell(), list(f), f.read())\n"
        "b = bytearray(4)\nwith open('/T.TXT', 'rb') as f:\n    print(f.readinto(b), b, f.readline())\n"
        "try:\n    f.read()\nexcept OSError as e:\n    print(e)\n"
    )
    assert printed(code, boot=BOOT, ms=2_000) == (
        "10\néé 4 ['n\\n', 'two\\n'] \n4 bytearray(b'\\xc3\\xa9\\xc3\\xa9') b'n\\n'\n"
        "[Errno 22] Invalid argument\n"
    )


# --- cost


MEASURED = """
f = open('/s/a.bin', 'r+b') | 0
f.seek(8192) | 0
f.write(bytes(512)) | 0
os.sync() | 1
os.sync() | 0
time.sleep(1.3) | 0
f.write(bytes(512)) | 0
f.flush() | 2
f.flush() | 0
time.sleep(1.3) | 0
f.write(bytes(512)) | 0
f.close() | 2
open('/b.txt').read() | 0
f = open('/s/a.bin', 'r+b') | 0
f.write(bytes(100)) | 0
f.seek(512) | 0
f.write(bytes(512)) | 1
f.read(10) | 1
f.close() | 1
g = open('/new.txt', 'w') | 0
g.write('x' * 700) | 2
g.close() | 3
os.rename('/new.txt', '/n2.txt') | 1
os.remove('/n2.txt') | 2
g = open('/b.txt', 'r+') | 0
g.write('hi') | 0
os.stat('/b.txt') | 1
g.flush() | 1
g.close() | 0
"""


def test_calls_cost_what_they_cost_on_a_real_chip(run):
    """MEASURED: how many sectors each call wrote on CircuitPython 10.0.3, one after the other, 53 ms each."""
    calls, sectors = zip(*(line.split(" | ") for line in MEASURED.strip().splitlines()), strict=True)
    code = "import os, time\nstart = time.monotonic_ns()\n" + "".join(
        f"a = time.monotonic_ns()\n{call}\nprint((time.monotonic_ns() - a) // 1000000)\n" for call in calls
    )
    files = {"s/a.bin": "\0" * 32768, "b.txt": "x" * 600}
    token = run(code, boot=BOOT, files=files)
    token.advance(6_000)
    took = [int(line) % 1300 for line in token.console.split("\n\n")[0].split()]
    assert took == [53 * int(count) for count in sectors]


IN_PLACE = "import time\nf = open('/vault/a.bin', 'r+b')\ntime.sleep(2)\n"
LOOP = "while True:\n    time.sleep(0.01)\n"
FILES = {"vault/a.bin": "\0" * 16384, "vault/b.txt": "b", "vault/m.py": "", "vault/__init__.py": ""}


class Watched:
    """A token after IN_PLACE was run and two seconds before `code`; counts erases since then."""

    def __init__(self, run, code, **arguments):
        self.token = run(IN_PLACE + code, boot=BOOT, files=FILES, **arguments)
        self.token.advance(1_600)
        self.before = self.erases()

    def erases(self):
        return [self.token.flash.erases_of(number) for number in range(256, 512)]

    @property
    def erased(self):
        """The numbers of erased sectors, as often as they were."""
        pairs = zip(self.before, self.erases(), strict=True)
        return [number for number, (old, new) in enumerate(pairs, 256) for _ in range(new - old)]

    def sector(self, offset):
        """The sector of a byte of the file."""
        return self.token.drive.sector_of("vault/a.bin", offset)


def aligned_gap(run):
    """How many clusters put the file's start on an erase sector."""
    token = run(LOOP, boot=BOOT, files=FILES, plugged=False)
    return -fat12.block_of(clusters(token.drive, "vault/a.bin")[0]) % 8


def test_a_segment_on_its_sector_waits_for_the_timer(run):
    gap = aligned_gap(run)
    watched = Watched(run, "f.seek(8192)\nf.write(b'x' * 4096)\n" + LOOP, gap_clusters=gap)
    watched.token.advance(800)
    assert watched.erased == []
    assert watched.token.drive.files["vault/a.bin"][8192:12288] == b"x" * 4096
    assert watched.token.drive.stored()["vault/a.bin"] == bytes(16384)
    watched.token.advance(1_000)
    assert watched.erased == [watched.sector(8192)]
    assert watched.token.drive.stored()["vault/a.bin"][8192:12288] == b"x" * 4096
    watched.token.advance(5_000)
    assert len(watched.erased) == 1, "no directory sector while the file stays open"


def test_a_segment_across_two_sectors_erases_one_at_once_and_one_later(run):
    gap = aligned_gap(run) + 3
    watched = Watched(run, "f.seek(8192)\nf.write(b'x' * 4096)\n" + LOOP, gap_clusters=gap)
    watched.token.advance(500)
    assert watched.erased == [watched.sector(8192)]
    watched.token.advance(1_500)
    assert watched.erased == [watched.sector(8192), watched.sector(8192) + 1]


def test_any_read_writes_the_cache_back(run):
    watched = Watched(run, "f.write(b'x' * 512)\nopen('/vault/b.txt').read()\n" + LOOP)
    watched.token.advance(500)
    assert watched.erased == [watched.sector(0)]


def test_an_import_is_a_read_too(run):
    watched = Watched(run, "f.write(b'x' * 512)\nimport vault.m\n" + LOOP)
    watched.token.advance(500)
    assert watched.erased == [watched.sector(0)]


def test_the_end_of_code_py_writes_the_directory_once(run):
    watched = Watched(run, "f.write(b'x' * 512)\n")
    watched.token.advance(5_000)
    assert watched.erased == [watched.sector(0), watched.token.drive.sector_of("vault")]


@pytest.mark.parametrize("keypad", [False, True])
def test_a_keypad_keeps_the_flush_interval_running(run, keypad):
    """Without one the interval of 977 ms begins at the write, with one it began with the keypad."""
    keys = "import board, keypad\nk = keypad.Keys((board.GP15,), value_when_pressed=False)\n"
    code = "import time\nf = open('/vault/a.bin', 'r+b')\ntime.sleep(1.9)\n"
    code += "f.write(b'x' * 512)\nprint('written')\n"
    token = run((keys if keypad else "") + code + LOOP, boot=BOOT, files=FILES)
    assert token.advance_until(lambda: "written" in token.console, 3_000)
    count = token.flash.erases
    token.advance(200)
    assert token.flash.erases - count == keypad
    token.advance(1_000)
    assert token.flash.erases - count == 1


def test_the_interval_under_a_keypad_is_that_of_a_real_chip(run):
    """Measured: a write as soon as the one before is in the flash gets there 977 + 53 ms after that one."""
    code = "import board, keypad, time\nk = keypad.Keys((board.GP15,), value_when_pressed=False)\n"
    code += "f = open('/vault/a.bin', 'r+b')\nf.write(b'x')\nwhile True:\n    time.sleep(0.14)\n"
    code += "    f.seek(0)\n    f.write(bytes(512))\n"
    token = run(code, boot=BOOT, files=FILES)
    sector = token.drive.sector_of("vault/a.bin")
    times = []
    for count in range(token.flash.erases_of(sector) + 1, token.flash.erases_of(sector) + 6):
        assert token.advance_until(lambda count=count: token.flash.erases_of(sector) == count, 2_000)
        times.append(token.ms)
    assert [round(b - a, -1) for a, b in zip(times, times[1:], strict=False)] == [1030] * 4


# --- what is lost


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        ("microcontroller.reset()", True),
        ("supervisor.reload()", True),
        ("w = microcontroller.watchdog\nw.timeout = 0.1\nw.mode = WatchDogMode.RESET\n" + LOOP, False),
    ],
)
def test_ends_of_a_run(run, end, kept):
    """A watchdog forgets the cache; microcontroller.reset() writes it back but closes no file."""
    code = (
        "import microcontroller, os, supervisor, time\nfrom watchdog import WatchDogMode\n"
        "f = open('/vault/a.bin', 'r+b')\nif f.read(1) == b'x' or microcontroller.nvm[0] != 255:\n"
        "    print('again')\n    while True:\n        time.sleep(1)\n"
        "microcontroller.nvm[0] = 1\nf.seek(0)\nf.write(b'x' * 512)\n" + end
    )
    token = run(code, boot=BOOT, files=FILES)
    token.advance(3_000)
    assert "again" in token.console
    assert (token.drive.stored()["vault/a.bin"][:512] == b"x" * 512) is kept
    assert token.drive.writes == (2 if "reload" in end else 1)  # boot_out.txt; the finaliser's close


def test_a_power_cut_loses_the_cache(run):
    watched = Watched(run, "f.write(b'x' * 512)\n" + LOOP)
    watched.token.advance(500)
    watched.token.power_cut()
    assert watched.erased == []
    assert watched.token.drive.files["vault/a.bin"] == bytes(16384)


def test_a_cut_in_the_fat_is_visible(run):
    """A file that grows when the power fails: the first sector, with the FAT, is torn."""
    code = "import time\ntime.sleep(1)\nf = open('/log.txt', 'w')\nf.write('x' * 4000)\nf.close()\n"
    token = run(code, boot=BOOT, files=FILES)
    before = token.flash.erases_of(256)
    token.flash.cut_at(0, 0.5, (256,))
    token.advance(3_000)
    assert not token.plugged
    assert token.flash.erases_of(256) == before + 1
    assert token.drive.files.get("vault/a.bin") != bytes(16384)


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_volume_is_read_as_far_as_it_goes(seed):
    """Random bits over FAT, directories and data: no look ends in anything but an answer or an OSError."""
    drive = make_drive_of(TREE)
    chance = random.Random(seed)
    for number in range(257 if seed % 2 else 256, 264):
        sector = drive.cache.flash.sector(number)
        sector[:] = bytes(byte | chance.getrandbits(8) & chance.getrandbits(8) for byte in sector)
    drive.reset()
    drive.writable = True
    assert all(isinstance(content, bytes) for content in drive.files.values())
    for path in [*TREE, *drive.files]:
        try:
            with drive.open(path, "r+b") as file:
                file.seek(600)
                file.write(b"x" * 1000)
            drive.remove(path)
        except _OSError as error:
            assert error.errno in (2, 5, 13, 21, 28)
    assert all(isinstance(content, bytes) for content in drive.stored().values())


def test_the_flush_interval_ends_while_the_flash_works(run):
    """A write whose own write-back outlasts the interval is still flushed, and nothing is written twice."""
    code = "f.seek(0)\nf.write(b'x' * 512)\ntime.sleep(0.95)\nf.seek(8192)\nf.write(b'y' * 512)\n"
    watched = Watched(run, code + LOOP)
    watched.token.advance(4_000)
    assert watched.erased == [watched.sector(0), watched.sector(8192)]
    assert watched.token.drive.stored()["vault/a.bin"][8192:8704] == b"y" * 512


# --- kept states


def test_files_changed_in_place_are_kept(run, make_drive):
    watched = Watched(run, "f.write(b'x' * 512)\n" + LOOP)
    watched.token.advance(500)
    assert b"vault/a.bin" not in watched.token.save(), "still in the cache"
    watched.token.advance(2_000)
    state = watched.token.save()
    folder = make_drive("print('a newer code.py')", boot=BOOT, files=FILES)
    with VirtualToken(folder, state=state, gap_clusters=2) as again:
        again.advance(100)
        assert again.drive.files["vault/a.bin"] == b"x" * 512 + bytes(16384 - 512)
        assert again.drive.files["vault/b.txt"] == b"b"
    newer = again.save()
    assert VirtualToken(folder, state=newer).drive.files == again.drive.files


def test_the_sector_size_is_that_of_the_flash():
    assert SECTOR == 8 * BLOCK
