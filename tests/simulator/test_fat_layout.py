"""The drive as a FAT volume in flash: where files lie, and what is in them."""

import random

import pytest

from emulated import fat as other_fat
from simulator.fat_drives import (
    BLOCK,
    BOOT,
    TREE,
    clusters,
    make_drive_of,
    volume,
)
from ticktap.drive import fat_geometry, fat_volume
from ticktap.drive.fat_geometry import Geometry, made_by_circuitpython
from ticktap.simulator.oserror import _OSError
from ticktap.simulator.parts.flash import MIB, SECTOR

SIZES = (2, 4, 8, 16)  # MiB of flash
FOREIGN = Geometry(blocks=6144, cluster_blocks=8, fat_blocks=3, root_entries=64, reserved=4, fats=2)


@pytest.fixture(params=SIZES)
def drive(request):
    """A writable drive on a flash of its own, with TREE on it."""
    return make_drive_of(TREE, mib=request.param)


def geometry(mib):
    return made_by_circuitpython((mib - 1) * MIB // BLOCK)


@pytest.mark.parametrize("mib", SIZES)
@pytest.mark.parametrize("layout", [None, fat_volume.Layout(3), fat_volume.Layout(fragment=True)])
def test_another_reader_finds_the_same_files(layout, mib):
    assert other_fat.read(fat_volume.build(TREE, layout, geometry(mib))) == TREE


@pytest.mark.parametrize("mib", SIZES)
def test_a_folder_is_laid_out_as_the_image_for_the_emulated_chip(mib):
    """Boot sector, FAT and root directory; what lies in unused bytes may differ."""
    end = geometry(mib).data_block * BLOCK
    assert fat_volume.build(TREE, None, geometry(mib))[:end] == other_fat.build(TREE, (mib - 1) * MIB)[:end]


@pytest.mark.parametrize(
    ("mib", "bits", "cluster_blocks", "fat_blocks", "data_block"),
    [(2, 12, 1, 7, 40), (4, 12, 2, 10, 43), (8, 16, 2, 29, 62), (16, 16, 4, 31, 64)],
)
def test_circuitpythons_choice_for_each_flash(mib, bits, cluster_blocks, fat_blocks, data_block):
    """As real CircuitPython chooses: tests/emulated/test_boot.py."""
    made = geometry(mib)
    assert (made.bits, made.cluster_blocks) == (bits, cluster_blocks)
    assert (made.fat_blocks, made.data_block) == (fat_blocks, data_block)
    assert fat_geometry.read(made.boot_sector()) == made


def test_a_volume_that_another_system_has_made():
    drive = make_drive_of(TREE, mib=4, geometry=FOREIGN)
    assert drive.fat.geometry == FOREIGN and drive.files == TREE
    with drive.open("new.txt", "wb") as file:
        file.write(b"n" * 9000)
    assert drive.files == TREE | {"new.txt": b"n" * 9000}
    fats = [drive.cache.flash.data[MIB:][at * BLOCK : (at + 3) * BLOCK] for at in (4, 7)]
    assert fats[0] == fats[1] != bytes(3 * BLOCK)


@pytest.mark.parametrize(
    ("at", "field"),
    [
        (510, b"\0"),
        (11, b"\0\4"),  # a sector of 1024 bytes
        (13, b"\3"),  # a cluster of three sectors
        (14, b"\0\0"),  # no boot sector
        (16, b"\3"),  # FATs
        (17, b"\7\0"),  # half a sector of root entries
        (19, b"\x28\0"),  # fewer sectors than come before the data
        (22, b"\1\0"),  # a FAT with entries for few of the clusters
    ],
)
def test_a_torn_boot_sector_is_none(at, field):
    torn = bytearray(geometry(8).boot_sector())
    torn[at : at + len(field)] = field
    assert fat_geometry.read(bytes(torn)) is None


def test_a_new_drive_reads_as_the_folder(drive):
    assert drive.files == TREE
    assert "many" in drive.listdir("/")
    assert drive.listdir("/lib/package") == ["__init__.py", "a_rather_long_name_of_a_module.py"]


def test_gaps_move_the_files_under_store_file():
    firsts = [clusters(make_drive_of(TREE, fat_volume.Layout(n)), "store/a.bin")[0] for n in range(4)]
    assert [first - firsts[0] for first in firsts] == [0, 1, 2, 3]


def test_fragments_interleave_the_files_under_store_file():
    scattered = make_drive_of(TREE, fat_volume.Layout(fragment=True))
    a, b = clusters(scattered, "store/a.bin"), clusters(scattered, "store/b.bin")
    assert [y - x for x, y in zip(a, b, strict=False)] == [1] * len(b)
    assert all(y - x > 1 for x, y in zip(a, a[1:], strict=False))
    assert scattered.files == TREE


def test_files_that_do_not_fit():
    with pytest.raises(ValueError, match="do not fit"):
        fat_volume.build({"a": bytes(geometry(2).clusters * BLOCK + 1)})


# --- contents


def test_random_writes_behave_like_a_file(drive):
    """Against a bytearray: seeks, reads, writes of any size, growing past the end of other files."""
    chance = random.Random(1)
    expected = bytearray(TREE["store/a.bin"])
    with drive.open("store/a.bin", "r+b") as file:
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
    after = {**TREE, "store/a.bin": bytes(expected)}
    assert drive.files == after
    assert drive.stored() == after
    assert other_fat.read(volume(drive)) == after


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
    drive.rename("/empty.txt", "/store/b.bin")
    expected["store/b.bin"] = expected.pop("empty.txt")
    assert other_fat.read(volume(drive)) == expected
    for n in range(60):
        drive.remove(f"lib/package/generated number {n}.txt")
    with drive.open("store/a.bin", "w"):
        pass
    size = drive.fat.geometry.cluster_size
    grown = len(clusters(drive, "lib/package")) - 1
    assert grown >= 6 * BLOCK // size
    removed = -(-len(TREE["store/b.bin"]) // size) - (-len(TREE["store/a.bin"]) // size)
    assert drive.free_clusters() == free - grown + removed
    assert drive.files["store/a.bin"] == b""


@pytest.mark.parametrize("mib", [2, 4])
def test_a_full_drive(mib):
    drive = make_drive_of(TREE, mib=mib)
    with drive.open("big.bin", "wb") as file, pytest.raises(_OSError, match="No space left on device"):
        for _ in range(drive.fat.geometry.blocks):
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
