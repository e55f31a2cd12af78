"""The power fails in the middle of an update: in every sector that is written, at several moments of it.

After each cut the drive has firmware that runs and is all of one kind, or none that runs; and the update, run
again, ends with the new firmware and with every account. Where CircuitPython or a person had to make the file
system anew, the store file comes from the copy.
"""

import pytest

from drive.scene import FRESH, PINS, SERIAL, SIZES, Chip, few, later, older, on_drive, used_store_file
from fob.store.sector import SECTOR_SIZE, build_segment
from ticktap.drive.build import blank_store_file
from ticktap.drive.compare import CODE, SETTINGS, STORE_FILE
from ticktap.drive.durable_files import Damaged
from ticktap.drive.store_copy import SavedStore, StoreCopy
from ticktap.drive.store_layout import moved, place_of_store_file
from ticktap.drive.store_sectors import holds, segments
from ticktap.simulator.signals import PowerLost

EVERY_PROGRAM = 89  # a sector is an erase and 16 pages: of those, one in so many is cut (--everywhere: all)


def test_what_an_update_must_not_lose():
    """The segments that were in use; not one that another had replaced already."""

    def store_file(*made):
        image = bytearray(blank_store_file())
        for number, (generation, serial, place, span) in enumerate(made, 1):
            page = bytearray(b"\xff" * SECTOR_SIZE)
            build_segment(page, generation, serial, place, span, 2, 9, 40, 900)
            image[number * SECTOR_SIZE : (number + 1) * SECTOR_SIZE] = page
        return bytes(image)

    one, two, joined, later, old = (4, 1, 0, 1), (4, 2, 1, 1), (4, 3, 0, 2), (4, 4, 2, 1), (3, 0, 0, 1)
    assert holds(store_file(one, two), store_file(two, one))
    assert not holds(store_file(one), store_file(one, two))
    assert holds(store_file(joined), store_file(one, two, joined, old))
    assert not holds(store_file(one, two), store_file(one, two, joined))
    assert holds(store_file(joined, later), store_file(one, two))
    assert not holds(blank_store_file(), store_file(one))
    assert holds(blank_store_file(), blank_store_file())


@pytest.fixture(scope="module")
def firmwares():
    old = few(older())
    return old, later(old)


def begun(old, mib):
    """The chip before the update, its store file where the firmware would have put it."""
    place = place_of_store_file(Chip(on_drive(old, used_store_file()), mib=mib).volume())
    return Chip(on_drive(old, moved(used_store_file(), place.first)), mib=mib).flash.data


def operations(begun, new, copy):
    """(number, kind) of each flash operation of the update."""
    chip, found = Chip.of(begun), []
    chip.flash.on_operation = lambda operation: found.append(operation.kind)
    chip.update(new, copy)
    return list(enumerate(found))


def plan(all_operations, everywhere, share):
    erases = [number for number, kind in all_operations if kind == "erase"][::share]
    for number, _ in all_operations:
        if number in erases or everywhere or number % (EVERY_PROGRAM * share) == 0:
            yield number, (0.1, 0.5, 0.9)[number % 3]


def mixed(chip, old, new):
    """Whether code.py runs amid files of both kinds. What is torn stops it when it is imported."""
    stored = chip.drive.stored()
    if stored.get(CODE) not in (old.files[CODE], new.files[CODE]):
        return False
    differ = [path for path in new.files if old.files.get(path) != new.files[path] and path != SETTINGS]
    kinds = {
        "old" if stored.get(path) == old.files.get(path) else "new"
        for path in differ
        if path in old.files and stored.get(path) in (old.files[path], new.files[path])
    }
    torn = any(
        path in old.files and stored.get(path) not in (old.files[path], new.files[path]) for path in differ
    )
    return len(kinds) == 2 and not torn


def mended(chip, new, copy, **options):
    """Runs the update again, making the drive anew where that is what the error says."""
    chip.start()
    try:
        chip.update(new, copy, **options)
        return "again"
    except Damaged:
        chip.erase()
        chip.update(new, copy, **options)
        return "anew"


@pytest.mark.parametrize(
    ("mib", "share"),
    [(2, 1), (4, 9), *[pytest.param(mib, 3, marks=pytest.mark.everywhere) for mib in (8, 16)]],
)
def test_every_sector_cut(mib, share, firmwares, tmp_path, request):
    """One sector in `share`, but all with --everywhere on the smallest flash."""
    old, new = firmwares
    everywhere = mib == 2 and request.config.getoption("--everywhere", False)
    told = {"again": 0, "anew": 0}
    was, flash = segments(used_store_file()), begun(old, mib)
    nvm = flash[0xFF000:0x100000]
    for number, fraction in plan(operations(flash, new, StoreCopy(SERIAL, tmp_path)), everywhere, share):
        copy = StoreCopy(SERIAL, tmp_path / f"{number}{fraction}")
        chip = Chip.of(flash)
        chip.flash.cut_at(number, fraction)
        with pytest.raises(PowerLost):
            chip.update(new, copy)
        chip.drive.reset()
        assert not mixed(chip, old, new), (number, fraction)
        told[mended(chip, new, copy)] += 1
        stored = chip.drive.stored()
        assert {path: stored.get(path) for path in new.files if path != SETTINGS} == {
            path: body for path, body in new.files.items() if path != SETTINGS
        }
        assert stored[SETTINGS] == PINS, (number, fraction)
        assert segments(stored[STORE_FILE]) == was, (number, fraction)
        assert place_of_store_file(chip.volume()).usable
        assert chip.flash.data[0xFF000:0x100000] == nvm
        assert not copy.folder.exists()
    print(told)
    assert sum(told.values()) > 3
    if share == 1:
        assert told["again"] > 20 and told["anew"] > 0, "both ways were needed"


@pytest.mark.parametrize(
    ("mib", "cuts"),
    [(2, 8), (4, 4), *[pytest.param(mib, 12, marks=pytest.mark.everywhere) for mib in SIZES]],
)
def test_an_install_that_was_cut_is_finished_by_another(mib, cuts, firmwares, tmp_path):
    old, _ = firmwares
    copy, done = StoreCopy(SERIAL, tmp_path), []
    chip = Chip(FRESH, mib=mib)
    chip.flash.on_operation = done.append
    chip.update(old, copy, fresh=True)
    erases = [number for number, operation in enumerate(done) if operation.kind == "erase"]
    for number in erases[:: len(erases) // cuts]:
        chip = Chip(FRESH, mib=mib)
        chip.flash.cut_at(number, (0.1, 0.5, 0.9)[number % 3])
        with pytest.raises(PowerLost):
            chip.update(old, copy, fresh=True)
        mended(chip, old, copy, fresh=True)
        stored = chip.drive.stored()
        assert {path: stored.get(path) for path in old.files} == old.files, number
        assert stored[STORE_FILE] == blank_store_file(), number
        assert place_of_store_file(chip.volume()).usable


@pytest.mark.parametrize("mib", [2, *[pytest.param(mib, marks=pytest.mark.everywhere) for mib in (4, 8, 16)]])
def test_a_store_file_whose_return_was_cut_returns_all_the_same(mib, firmwares, tmp_path):
    """The drive was made anew, and the power fails again while the store file is put back."""
    _, new = firmwares
    for cut in range(0, 1200, 300):
        copy = StoreCopy(SERIAL, tmp_path / str(cut))
        copy.keep(SavedStore(used_store_file(), PINS))
        chip = Chip(FRESH, mib=mib)
        chip.flash.cut_at(cut, 0.5)
        with pytest.raises(PowerLost):
            chip.update(new, copy)
        mended(chip, new, copy)
        assert segments(chip.drive.stored()[STORE_FILE]) == segments(used_store_file()), cut
        assert chip.drive.stored()[SETTINGS] == PINS
