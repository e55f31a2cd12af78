"""The drive as a FAT volume in flash: where files lie, and what is in them."""

import random

import pytest

from emulated import fat12 as other_fat12
from simulator.fat_drives import (
    BLOCK,
    BOOT,
    TREE,
    clusters,
    make_drive_of,
    volume,
)
from ticktap.simulator.oserror import _OSError
from ticktap.simulator.parts import fat12
from ticktap.simulator.parts.flash import SECTOR


@pytest.fixture
def drive():
    """A writable drive on a flash of its own, with TREE on it."""
    return make_drive_of(TREE)


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


def test_the_sector_size_is_that_of_the_flash():
    assert SECTOR == 8 * BLOCK
