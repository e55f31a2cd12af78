"""Which work of the flash calls on the drive cause, and when."""

import pytest

from simulator.fat_drives import (
    BOOT,
    FILES,
    LOOP,
    Watched,
    clusters,
)

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


def aligned_gap(run):
    """How many clusters put the file's start on an erase sector."""
    token = run(LOOP, boot=BOOT, files=FILES, plugged=False)
    first = clusters(token.drive, "store/a.bin")[0]
    return -token.drive.volume.geometry.block_of(first) % 8


def test_a_segment_on_its_sector_waits_for_the_timer(run):
    gap = aligned_gap(run)
    watched = Watched(run, "f.seek(8192)\nf.write(b'x' * 4096)\n" + LOOP, gap_clusters=gap)
    watched.token.advance(800)
    assert watched.erased == []
    assert watched.token.drive.files["store/a.bin"][8192:12288] == b"x" * 4096
    assert watched.token.drive.stored()["store/a.bin"] == bytes(16384)
    watched.token.advance(1_000)
    assert watched.erased == [watched.sector(8192)]
    assert watched.token.drive.stored()["store/a.bin"][8192:12288] == b"x" * 4096
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
    watched = Watched(run, "f.write(b'x' * 512)\nopen('/store/b.txt').read()\n" + LOOP)
    watched.token.advance(500)
    assert watched.erased == [watched.sector(0)]


def test_an_import_is_a_read_too(run):
    watched = Watched(run, "f.write(b'x' * 512)\nimport store.m\n" + LOOP)
    watched.token.advance(500)
    assert watched.erased == [watched.sector(0)]


def test_the_end_of_code_py_writes_the_directory_once(run):
    watched = Watched(run, "f.write(b'x' * 512)\n")
    watched.token.advance(5_000)
    assert watched.erased == [watched.sector(0), watched.token.drive.sector_of("store")]


@pytest.mark.parametrize("keypad", [False, True])
def test_a_keypad_keeps_the_flush_interval_running(run, keypad):
    """Without one the interval of 977 ms begins at the write, with one it began with the keypad."""
    keys = "import board, keypad\nk = keypad.Keys((board.GP15,), value_when_pressed=False)\n"
    code = "import time\nf = open('/store/a.bin', 'r+b')\ntime.sleep(1.9)\n"
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
    code += "f = open('/store/a.bin', 'r+b')\nf.write(b'x')\nwhile True:\n    time.sleep(0.14)\n"
    code += "    f.seek(0)\n    f.write(bytes(512))\n"
    token = run(code, boot=BOOT, files=FILES)
    sector = token.drive.sector_of("store/a.bin")
    times = []
    for count in range(token.flash.erases_of(sector) + 1, token.flash.erases_of(sector) + 6):
        assert token.advance_until(lambda count=count: token.flash.erases_of(sector) == count, 2_000)
        times.append(token.ms)
    assert [round(b - a, -1) for a, b in zip(times, times[1:], strict=False)] == [1030] * 4
