"""Updates on a drive of its own: what is written and what never is, and what is refused."""

import pytest

from drive.scene import (
    ADDED,
    FRESH,
    GONE,
    PINS,
    SERIAL,
    SIZES,
    Chip,
    few,
    later,
    older,
    on_drive,
    used_store_file,
)
from ticktap.drive.build import STORE_FILE_SIZE, blank_store_file
from ticktap.drive.compare import CODE, LOG_FILE, SETTINGS, STORE_FILE, UNDER_WAY, Firmware, Formats, examine
from ticktap.drive.durable_files import Damaged
from ticktap.drive.store_copy import SavedStore, StoreCopy
from ticktap.drive.store_sectors import segments
from ticktap.drive.update import NEW_STORE_FILE, SPARE_CLUSTERS
from ticktap.errors import NotFound, Refused
from ticktap.simulator.parts.flash import SECTOR
from ticktap.simulator.parts.sector_cache import BLOCKS_PER_SECTOR, VOLUME_ADDRESS
from ticktap.simulator.signals import PowerLost


@pytest.fixture(scope="module")
def old():
    return few(older())


@pytest.fixture(scope="module")
def new(old):
    return later(old)


@pytest.fixture
def copy(tmp_path):
    return StoreCopy(SERIAL, tmp_path)


def firmware_on(chip, firmware):
    stored = chip.drive.stored()
    return {path: stored.get(path) for path in firmware.files if path != SETTINGS}


def wanted(firmware):
    return {path: body for path, body in firmware.files.items() if path != SETTINGS}


@pytest.mark.parametrize("mib", SIZES)
def test_a_fresh_drive_gets_all_of_it_and_a_store_file_the_firmware_will_use(copy, mib):
    old = older()
    chip = Chip(FRESH, mib=mib)
    done = chip.update(old, copy, fresh=True)
    assert firmware_on(chip, old) == wanted(old)
    assert chip.drive.stored()[STORE_FILE] == blank_store_file()
    assert (done.was, done.store_file, done.store_file_usable) == (None, "created", True)
    assert chip.drive.stored()[SETTINGS] == old.files[SETTINGS], "in place of CircuitPython's empty one"
    assert examine(chip.files(), old).current


def test_an_update_leaves_store_file_and_settings_alone(old, new, copy):
    store_file = bytes(range(256)) * (len(blank_store_file()) // 256)
    chip = Chip(on_drive(old, store_file))
    nothing_else = chip.drive.sector_of(STORE_FILE, 8192)
    done = chip.update(new, copy)
    assert firmware_on(chip, new) == wanted(new)
    stored = chip.drive.stored()
    assert (stored[STORE_FILE], stored[SETTINGS]) == (store_file, PINS)
    assert chip.flash.erases_of(nothing_else) == 0
    assert (done.was, done.store_file, done.settings) == (old.version, "there", "there")
    assert ADDED in done.written and done.removed == [GONE] and GONE not in stored
    assert not copy.folder.exists(), "the copy goes when it is done"


def test_what_is_right_already_is_not_written(old, copy):
    files = on_drive(old)
    chip = Chip({path: body for path, body in files.items() if not path.endswith("old_words.py")})
    done = chip.update(old, copy)
    assert (done.written, done.removed, chip.flash.operations) == ([], [], 0)


def test_what_is_seen_of_a_drive(old, new):
    seen = examine(Chip(on_drive(old)).files(), new)
    assert (seen.version, seen.formats, seen.runs) == (old.version, old.formats, True)
    assert ADDED in seen.missing and CODE in seen.differing and seen.stray == [GONE]
    assert not seen.current and seen.is_ours
    seen = examine(Chip({"code.txt": b"", "fob/x.py": b"", "main.py": b"", "code.py": b"x"}).files(), new)
    assert seen.in_the_way == ["code.txt", "fob/x.py"]
    assert seen.foreign == ["code.py", "main.py"] and not seen.is_ours


def refused(chip, firmware, copy, **options):
    before = chip.volume()
    with pytest.raises(Refused) as caught:
        chip.update(firmware, copy, **options)
    assert chip.volume() == before, "nothing is written"
    return caught.value


def test_a_downgrade_needs_a_word_and_firmware_that_reads_the_store(old, new, copy):
    chip = Chip(on_drive(new))
    assert "--downgrade" in refused(chip, old, copy).remedy
    done = chip.update(old, copy, downgrade=True)
    assert done.was == new.version and firmware_on(chip, old) == wanted(old)
    unreadable = {**new.files, LOG_FILE: new.files[LOG_FILE].replace(b"\nVERSION = 3", b"\nVERSION = 4")}
    chip = Chip(on_drive(Firmware(unreadable, new.version, Formats(4, 2))))
    assert "cannot read the store" in refused(chip, old, copy, downgrade=True).message


def test_a_store_file_of_a_later_format_is_refused_whatever_the_firmware_says(old, copy):
    store_file = bytearray(blank_store_file())
    store_file[4096:4102] = b"ttseg\x03"
    chip = Chip(on_drive(old, bytes(store_file)))
    assert "cannot read the store" in refused(chip, old, copy).message


def test_another_program_is_not_written_over_unasked(old, copy):
    chip = Chip({**FRESH, "code.py": b"import mine"})
    assert "another program" in refused(chip, old, copy, fresh=True).message
    assert chip.update(old, copy, fresh=True, replace=True).was is None


def test_what_would_run_instead_is_named(old, copy):
    assert "code.txt" in refused(Chip({**FRESH, "code.txt": b""}), old, copy, fresh=True).message


def test_a_drive_without_ticktap_is_not_updated(old, copy):
    with pytest.raises(NotFound):
        Chip(FRESH).update(old, copy)


def test_a_drive_that_is_full_is_left_alone(old, copy):
    chip = Chip({**FRESH, "music.wav": bytes(700_000)})
    before = chip.volume()
    with pytest.raises(Damaged):
        chip.update(old, copy, fresh=True)
    assert chip.volume() == before


def in_pieces(old, mib, store_file=None):
    """A drive whose store file has another file's cluster in the middle."""
    files = {path: body for path, body in on_drive(old, store_file).items() if path not in (GONE, STORE_FILE)}
    chip = Chip({**files, "store/note.txt": b""}, mib=mib)
    chip.drive.writable = True
    content = blank_store_file() if store_file is None else store_file
    with chip.drive.open(STORE_FILE, "wb") as file:
        file.write(content[:100_000])
        with chip.drive.open("store/note.txt", "r+b") as note:
            note.write(b"!")
        file.write(content[100_000:])
    return chip


@pytest.mark.parametrize("mib", SIZES)
def test_an_update_tells_of_a_store_file_in_pieces_and_leaves_it(mib, old, copy):
    done = in_pieces(old, mib).update(old, copy, lay=False)
    assert (done.store_file, done.store_file_usable, done.store_file_reason) == ("there", False, "fragmented")
    assert not done.written


@pytest.mark.parametrize("mib", SIZES)
def test_an_install_lays_a_store_file_in_pieces_again(mib, old, copy):
    store_file = used_store_file()
    chip = in_pieces(old, mib, store_file)
    done = chip.update(old, copy, fresh=True)
    assert (done.store_file, done.store_file_usable, done.store_file_reason) == ("moved", True, None)
    assert segments(chip.drive.stored()[STORE_FILE]) == segments(store_file) != set()
    assert firmware_on(chip, old) == wanted(old)
    assert not copy.folder.exists()
    assert chip.update(old, copy, fresh=True).written == []


def test_a_cut_while_the_store_file_is_laid_again_loses_nothing(copy):
    """On a drive with all files, where two store files just have room."""
    old = older()
    chip = in_pieces(old, 2, used_store_file())
    begun, before = chip.flash.data, chip.flash.operations
    chip.update(old, copy, fresh=True)
    count = chip.flash.operations - before
    numbers = range(0, count, 67)
    where, folder = chip.drive.fat.geometry, chip.drive.fat.find("store")[1].cluster
    blocks = (*range(where.root_block), where.block_of(folder))  # a cut in these may lose what is taken
    tables = {VOLUME_ADDRESS // SECTOR + block // BLOCKS_PER_SECTOR for block in blocks}
    erase_only = 0
    for number in numbers:
        chip = Chip.of(begun)
        chip.flash.cut_at(number, 0.5)
        operations = []
        chip.flash.on_operation = operations.append
        with pytest.raises(PowerLost):
            chip.update(old, copy, fresh=True)
        torn = operations[-1].sector
        chip.start()
        try:
            done = chip.update(old, copy, fresh=True)
        except Damaged:
            erase_only += 1
            chip.erase()
            done = chip.update(old, copy, fresh=True)
        assert segments(chip.drive.stored()[STORE_FILE]) == segments(used_store_file()), number
        assert firmware_on(chip, old) == wanted(old), number
        if not done.store_file_usable:  # the cut took a cluster in the middle of the room for a new one
            assert done.store_file_reason == "fragmented", number
            assert torn in tables or chip.files().free() >= STORE_FILE_SIZE, number
    assert count > 1000 and erase_only < len(numbers) / 2


def test_a_new_store_file_takes_the_place_of_an_old_one_that_a_cut_has_removed(old, copy):
    chip = in_pieces(old, 2, used_store_file())
    copy.keep(SavedStore(used_store_file(), None))
    files = chip.files()
    files.write(CODE, f"{UNDER_WAY}\n".encode().ljust(len(old.files[CODE])))
    files.write(NEW_STORE_FILE, blank_store_file())
    files.remove(STORE_FILE)
    files.sync()
    laid = chip.drive.fat.find(NEW_STORE_FILE)[1].cluster
    done = chip.update(old, copy, fresh=True)
    assert (done.store_file, done.store_file_usable) == ("restored", True)
    assert segments(chip.drive.stored()[STORE_FILE]) == segments(used_store_file())
    assert chip.drive.fat.find(STORE_FILE)[1].cluster == laid
    assert NEW_STORE_FILE not in chip.drive.stored()


@pytest.mark.parametrize("mib", SIZES)
def test_room_is_reckoned_in_clusters_of_the_drive(mib, old, copy):
    """A drive into which all just fits, and one with a cluster less."""
    chip = Chip(FRESH, mib=mib)
    size, free = chip.files().cluster_size(), chip.files().free()
    assert size == {2: 512, 4: 1024, 8: 1024, 16: 2048}[mib]
    new = {path: body for path, body in old.files.items() if path != SETTINGS} | {
        STORE_FILE: blank_store_file()
    }
    more = [-(-len(body) // size) - (-(-len(FRESH.get(path, b"")) // size)) for path, body in new.items()]
    needed = (sum(more) + SPARE_CLUSTERS) * size
    fits = Chip({**FRESH, "music.wav": bytes(free - needed)}, mib=mib)
    assert fits.update(old, copy, fresh=True).store_file == "created"
    full = Chip({**FRESH, "music.wav": bytes(free - needed + 1)}, mib=mib)
    with pytest.raises(Damaged, match=f"{needed} bytes are needed and {needed - size} are free"):
        full.update(old, copy, fresh=True)


def test_a_store_file_of_another_size_is_left_alone(old, copy):
    chip = Chip({**on_drive(old), STORE_FILE: bytes(200_000)})
    assert "200000 bytes" in refused(chip, old, copy).message


def test_a_store_file_that_an_unfinished_update_lost_comes_back(old, new, copy):
    store_file = bytearray(blank_store_file())
    store_file[4096:4101] = b"ttseg"
    copy.keep(SavedStore(bytes(store_file), PINS))
    chip = Chip({path: body for path, body in on_drive(new).items() if path not in (STORE_FILE, SETTINGS)})
    done = chip.update(new, copy)
    assert (done.store_file, done.settings, done.store_file_usable) == ("restored", "restored", True)
    stored = chip.drive.stored()
    assert stored[SETTINGS] == PINS and stored[STORE_FILE].count(b"ttseg") == 1
    assert not copy.folder.exists()
