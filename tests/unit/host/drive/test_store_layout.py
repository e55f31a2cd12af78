"""The store file's place as read from the FAT, against the firmware's own proof by the clock."""

from types import SimpleNamespace

import pytest

from fob.hw.sector_file import SectorFile
from fob.store.sectors import BadSector, Segments
from ticktap.drive import store_layout
from ticktap.drive.build import blank_store_file
from ticktap.drive.durable_files import Mounted
from ticktap.drive.fat_geometry import Geometry
from ticktap.drive.fat_volume import Layout
from ticktap.simulator.drive import Drive
from ticktap.simulator.parts.flash import MIB, Flash
from ticktap.simulator.parts.sector_cache import SectorCache
from ticktap.simulator.timeline import Timeline

STORE = "store/store.bin"
SIZES = (2, 4, 8, 16)  # MiB of flash
FOREIGN = {
    "two FATs, small clusters, FAT16": Geometry(14336, 1, 56, reserved=4, fats=2),
    "clusters of an erase sector": Geometry(30720, 8, 12, root_entries=64, reserved=2),
    "clusters of two erase sectors, begun in the middle of one": Geometry(30720, 16, 6, root_entries=64),
}
FILES = {"code.py": b"x" * 900, "lib/a.py": b"y" * 3000, STORE: blank_store_file()}


def made(layout, files=FILES, mib=2, geometry=None):
    timeline = Timeline()
    drive = Drive(files, SectorCache(Flash(timeline, mib * MIB), timeline), layout, geometry)
    drive.writable = True
    return drive, timeline


@pytest.fixture
def proof(monkeypatch):
    """The firmware's Store file on a drive, its clock the simulated one."""

    def prove(drive, timeline):
        monkeypatch.setattr(
            "fob.hw.sector_file.time", SimpleNamespace(monotonic_ns=lambda: timeline.now), raising=True
        )
        return SectorFile(drive.open("/" + STORE, "r+b"), drive.open("/" + STORE, "rb"), lambda: None)

    return prove


def compare(drive, timeline, proof):
    """The place as read from the FAT, after the firmware has proved the same sectors and no others."""
    found = store_layout.place_of_store_file(drive.fat.image())
    store_file = proof(drive, timeline)
    assert store_file._find_first() == found.first is not None
    (_, chain), volume = file_of(drive), store_layout._Fat(drive.fat.image())
    starts = [found.first + index * 4096 for index in range(60)]
    assert [volume.is_own(chain, at) for at in starts] == [store_file._is_erase_sector(at) for at in starts]
    assert found.usable and store_file.reason is None
    return found


def file_of(drive):
    return store_layout._Fat(drive.fat.image()).file("STORE      ", "STORE   BIN")


@pytest.mark.parametrize(
    ("mib", "gap"), [(2, gap) for gap in range(9)] + [(mib, gap) for mib in SIZES[1:] for gap in (0, 1, 3)]
)
def test_the_firmware_proves_the_same_sectors_wherever_the_file_lies(mib, gap, proof):
    drive, timeline = made(Layout(gap_clusters=gap), mib=mib)
    found = compare(drive, timeline, proof)
    assert 58 <= found.good <= 60


@pytest.mark.parametrize("gap", [0, 3])
@pytest.mark.parametrize("geometry", FOREIGN.values(), ids=FOREIGN)
def test_a_drive_that_another_system_formatted_serves_as_well(geometry, gap, proof):
    drive, timeline = made(Layout(gap_clusters=gap), mib=16, geometry=geometry)
    assert compare(drive, timeline, proof).good >= 57


@pytest.mark.parametrize("mib", SIZES)
def test_few_sectors_cannot_be_proved_wherever_the_file_lies(mib):
    """At clusters over two blocks of the FAT: the entries go over a block's end in every way."""
    drive, _ = made(None, mib=mib)
    volume = store_layout._Fat(drive.fat.image())
    count = -(-len(blank_store_file()) // volume.cluster)
    places = []
    for cluster in range(2, 690, 4096 // volume.cluster + 1):
        chain = list(range(cluster, cluster + count))
        first = store_layout._first(volume, chain)
        places.append(sum(volume.is_own(chain, first + index * 4096) for index in range(60)))
    assert min(places) == {2: 58, 4: 59, 8: 59, 16: 59}[mib], "the promised capacity counts on 58"


@pytest.mark.parametrize("mib", SIZES)
def test_a_start_in_the_middle_of_a_cluster_needs_the_last_entry_too(mib):
    """The 4 MB layout begins all sectors there, the others none."""
    drive, _ = made(None, mib=mib)
    found = store_layout.place_of_store_file(drive.fat.image())
    assert (found.first % drive.fat.geometry.cluster_size != 0) == (mib == 4)


@pytest.mark.parametrize("mib", SIZES)
def test_a_file_in_pieces_is_found_out(mib, proof):
    files = FILES | {"store/other.bin": bytes(200 * 512 * mib)}
    drive, timeline = made(Layout(fragment=True), files, mib)
    found = store_layout.place_of_store_file(drive.fat.image())
    store_file = proof(drive, timeline)
    erases = drive.cache.flash.erases
    assert store_file._find_first() is None
    assert (found.first, found.usable, found.reason) == (None, False, "fragmented")
    assert store_file.reason == "fragmented"
    assert drive.cache.flash.erases - erases <= 12, "one try costs few erases, and there is one"
    with pytest.raises(BadSector):
        store_file.write(0, bytes(4096))
    assert drive.cache.flash.erases - erases <= 12


@pytest.mark.parametrize("mib", SIZES)
def test_a_file_in_two_pieces_is_found_out(mib, proof):
    """The beginning is in order; another file's cluster lies in the middle."""
    drive, timeline = made(None, {**FILES, STORE: b""}, mib)
    fill = drive.open("/" + STORE, "r+b")
    fill.write(blank_store_file()[: 40 * 4096])
    with drive.open("/between.txt", "wb") as between:
        between.write(b"!")
    fill.write(blank_store_file()[40 * 4096 :])
    fill.close()
    assert file_of(drive)[1] != sorted(
        range(file_of(drive)[1][0], file_of(drive)[1][0] + len(file_of(drive)[1]))
    )
    found = store_layout.place_of_store_file(drive.fat.image())
    store_file = proof(drive, timeline)
    assert store_file._find_first() is found.first is None
    assert store_file.reason == found.reason == "fragmented"


def test_a_file_of_another_size_is_neither_read_nor_written(proof):
    drive, timeline = made(None, FILES | {STORE: b"ttseg" + blank_store_file()[:8187]})
    assert store_layout.place_of_store_file(drive.fat.image()).reason == "wrong-size"
    store_file = proof(drive, timeline)
    assert (store_file.reason, store_file.count) == ("wrong-size", 0)
    assert not Segments(store_file, None, bytearray(4096)).usable


def test_a_drive_that_the_computer_has_is_read_only(proof):
    drive, timeline = made(None)
    store_file = SectorFile(*[drive.open("/" + STORE, "rb") for _ in range(2)], lambda: None, writable=False)
    segments = Segments(store_file, None, bytearray(4096))
    assert segments.usable and segments.reason is None, "what is in it counts until it has to be written"
    for index in range(3):
        with pytest.raises(BadSector):
            store_file.write(index, bytes(4096))
    assert store_file.reason == "read-only"


def test_two_sectors_in_a_row_that_are_shared_mean_that_the_file_was_moved(proof):
    drive, timeline = made(None, mib=4)
    store_file = proof(drive, timeline)
    store_file._first = (
        store_file._find_first() + 512
    )  # as the segments of a store file that was copied here would have it
    for index, reason in ((0, None), (0, None), (1, "fragmented"), (2, "fragmented")):
        with pytest.raises(BadSector):
            store_file.write(index, bytes(4096))
        assert store_file.reason == reason


def test_a_volume_without_a_store_file_has_no_place_for_it():
    drive, _ = made(None, {"code.py": b""})
    with pytest.raises(LookupError):
        store_layout.place_of_store_file(drive.fat.image())
    with pytest.raises(LookupError):
        store_layout.place_of_store_file(bytes(1 << 20))


@pytest.mark.parametrize("mib", SIZES)
def test_little_of_a_drives_bytes_is_read(mib, tmp_path):
    drive, _ = made(None, mib=mib)
    device = tmp_path / "device"
    device.write_bytes(drive.fat.image())
    image, read = Mounted(tmp_path, device).image(), []

    class Watched:
        def __getitem__(self, part):
            read.append(part.stop - part.start)
            return image[part]

    assert store_layout.place_of_store_file(Watched()) == store_layout.place_of_store_file(drive.fat.image())
    assert sum(read) < 40_000, "boot sector, FAT, root and a folder"
    assert Mounted(tmp_path, tmp_path / "none").image() is None is Mounted(tmp_path).image()


@pytest.mark.parametrize("first", [4096, 4096 + 512, 8192 - 512])
def test_sectors_move_to_another_first(first):
    blank = bytearray(blank_store_file())
    was = 4096 + 1024
    for index in range(60):
        blank[was + index * 4096 : was + index * 4096 + 6] = b"ttseg" + bytes((index,))
    content = bytes(blank)
    assert store_layout.marked(content) == was
    moved = store_layout.moved(content, first)
    assert len(moved) == len(content)
    assert [moved[first + index * 4096 + 5] for index in range(60)] == list(range(60))
    assert store_layout.moved(moved, was) == content
    assert store_layout.moved(blank_store_file(), first) == blank_store_file()
