"""What of the drive is lost when a run ends or the power goes, and what is kept."""

import random

import pytest

from simulator.fat_drives import (
    BOOT,
    FILES,
    LOOP,
    TREE,
    Watched,
    make_drive_of,
)
from ticktap.simulator import VirtualToken
from ticktap.simulator.oserror import _OSError


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
        "f = open('/store/a.bin', 'r+b')\nif f.read(1) == b'x' or microcontroller.nvm[0] != 255:\n"
        "    print('again')\n    while True:\n        time.sleep(1)\n"
        "microcontroller.nvm[0] = 1\nf.seek(0)\nf.write(b'x' * 512)\n" + end
    )
    token = run(code, boot=BOOT, files=FILES)
    token.advance(3_000)
    assert "again" in token.console
    assert (token.drive.stored()["store/a.bin"][:512] == b"x" * 512) is kept
    assert token.drive.writes == (2 if "reload" in end else 1)  # boot_out.txt; the finaliser's close


def test_a_power_cut_loses_the_cache(run):
    watched = Watched(run, "f.write(b'x' * 512)\n" + LOOP)
    watched.token.advance(500)
    watched.token.power_cut()
    assert watched.erased == []
    assert watched.token.drive.files["store/a.bin"] == bytes(16384)


def test_a_cut_in_the_fat_is_visible(run):
    """A file that grows when the power fails: the first sector, with the FAT, is torn."""
    code = "import time\ntime.sleep(1)\nf = open('/log.txt', 'w')\nf.write('x' * 4000)\nf.close()\n"
    token = run(code, boot=BOOT, files=FILES)
    before = token.flash.erases_of(256)
    token.flash.cut_at(0, 0.5, (256,))
    token.advance(3_000)
    assert not token.plugged
    assert token.flash.erases_of(256) == before + 1
    assert token.drive.files.get("store/a.bin") != bytes(16384)


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
    assert watched.token.drive.stored()["store/a.bin"][8192:8704] == b"y" * 512


def test_files_changed_in_place_are_kept(run, make_drive):
    watched = Watched(run, "f.write(b'x' * 512)\n" + LOOP)
    watched.token.advance(500)
    assert b"store/a.bin" not in watched.token.save(), "still in the cache"
    watched.token.advance(2_000)
    state = watched.token.save()
    folder = make_drive("print('a newer code.py')", boot=BOOT, files=FILES)
    with VirtualToken(folder, state=state, gap_clusters=2) as again:
        again.advance(100)
        assert again.drive.files["store/a.bin"] == b"x" * 512 + bytes(16384 - 512)
        assert again.drive.files["store/b.txt"] == b"b"
    newer = again.save()
    assert VirtualToken(folder, state=newer).drive.files == again.drive.files
