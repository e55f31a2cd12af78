"""The store with a store file on the drive: the firmware on a whole flash chip, its cache and its FAT volume.

The file may lie anywhere: its place on the drive is varied, and the power is cut all over the chip.
"""

import shutil

import pytest

from fob.store.sector import HEADER_SIZE, SECTOR_SIZE
from support.encrypted_records import encrypted_records
from support.virtual_desk import SHOWN_MS, Desk, RpcFailure
from ticktap.drive.build import create_store_file, find_drive
from ticktap.simulator import VirtualToken
from ticktap.simulator.parts.flash import MIB

SIZES = (2, 4, 8, 16)  # MiB of flash
LONG = [pytest.param(mib, marks=pytest.mark.everywhere) for mib in SIZES[2:]]
MARK = b"\xc0\xdemarked secret"
START_MS = 3000
SECTORS = 60


@pytest.fixture(scope="module")
def drive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store_file") / "drive"
    shutil.copytree(find_drive(), folder)
    create_store_file(folder / "store" / "store.bin")
    return folder


def started(drive, flash=None, **options):
    """A token that runs; `flash` is what an earlier one's chip held."""
    if flash:
        options["flash_mib"] = len(flash) // MIB
    token = VirtualToken(drive, **options)
    if flash:
        token.flash.load(0, flash)
    token.plug()
    token.advance(START_MS)
    assert token.error is None, token.console
    return token


def fill(desk, count, start=0):
    for n in range(start, start + count):
        desk.add(f"person{n}", bytes(20), issuer="Example Company")


def listed(desk):
    accounts, start = [], 0
    while start is not None:
        page = desk.call("account.list", start=start)
        accounts, start = accounts + page["accounts"], page["next"]
    return accounts


def other_files(token):
    return {name: body for name, body in token.drive.stored().items() if not name.startswith("store/")}


def places():
    """(MiB of flash, clusters before the store file, whether it lies in pieces): some of them are long."""
    short = [
        (2, 0, False),
        (2, 3, False),
        (2, 6, True),
        (4, 0, False),
        (4, 3, True),
        (8, 3, False),
        (16, 1, False),
    ]
    every = [(mib, gap, fragment) for mib in SIZES for gap in (0, 3, 6) for fragment in (False, True)]
    long = [pytest.param(*each, marks=pytest.mark.everywhere) for each in every if each not in short]
    return short + long


@pytest.mark.parametrize(("mib", "gap", "fragment"), places())
def test_more_accounts_than_the_log_holds_wherever_the_file_lies(drive, mib, gap, fragment):
    with started(drive, flash_mib=mib, gap_clusters=gap, fragment=fragment) as token:
        desk, before = Desk(token), other_files(token)
        store = desk.status()["store"]
        room = store["size"]
        assert (store["file"], store["file_reason"]) == (True, None)
        if fragment:
            with pytest.raises(RpcFailure) as full:  # no sector is the file's own: the log is all there is
                fill(desk, 150)
            assert full.value.code == 2
            assert 40 < desk.status()["accounts"] < 150
            store, erases = desk.status()["store"], token.flash.erases
            assert (store["file"], store["file_reason"]) == (False, "fragmented")
            with pytest.raises(RpcFailure):
                desk.add("one more", bytes(20), issuer="Example Company")
            assert token.flash.erases == erases, "it is tried once"
        else:
            assert room > 60_000
            fill(desk, 150)
        have = listed(desk)
        assert desk.status()["faults"] == 0
        assert other_files(token) == before
        desk.replug()
        token.advance(START_MS)
        assert listed(desk) == have
        desk.call("account.default", id=have[-1]["id"])
        assert desk.click() == desk.code(bytes(20))


@pytest.mark.parametrize("mib", [4, pytest.param(2, marks=pytest.mark.everywhere)])
def test_a_token_takes_as_many_accounts_as_it_promises_room_for(drive, mib):
    """A thousand, whatever the flash."""
    with started(drive, flash_mib=mib) as token:
        desk = Desk(token)
        promised = desk.status()["store"]["size"]
        fill(desk, 1000)
        status = desk.status()
        assert (status["accounts"], status["faults"]) == (1000, 0)
        assert (status["store"]["file"], status["store"]["size"]) == (True, promised)
        desk.replug()
        token.advance(START_MS)
        assert [each["name"] for each in listed(desk)] == [f"person{n}" for n in range(1000)]


@pytest.mark.parametrize("mib", [2, 4, *LONG])
def test_a_removed_secret_is_gone_from_the_whole_flash(drive, mib):
    with started(drive, flash_mib=mib) as token:
        desk = Desk(token)
        fill(desk, 80)
        marked = desk.add("marked", MARK + bytes(6))
        fill(desk, 80, 80)
        gone, others = encrypted_records(token.flash.data, marked), encrypted_records(token.flash.data, 1)
        assert len(gone) == len(others) == 1
        desk.call("account.remove", id=marked)  # added on this connection: no press
        token.advance(1500)
        assert not any(body in token.flash.data for body in gone)
        assert all(body in token.flash.data for body in others)
        assert MARK not in token.flash.data  # nor was it ever
        assert len(listed(desk)) == 160


@pytest.mark.parametrize(
    ("mib", "step"),
    [(2, 5), (4, 16), *[pytest.param(mib, 5, marks=pytest.mark.everywhere) for mib in SIZES[1:]]],
)
def test_cuts_all_over_the_chip(drive, mib, step):
    """The change that does most: a removal, with everything in segments."""
    with started(drive, flash_mib=mib) as token:
        desk = Desk(token)
        fill(desk, 70)
        target = desk.add("marked", MARK + bytes(6))
        before = listed(desk)
        files = other_files(token)
        image = token.flash.data
        (gone,) = encrypted_records(image, target)
        count = token.flash.operations
        desk.call("account.remove", id=target)
        after = listed(desk)
        operations = token.flash.operations - count
    assert operations > 30
    for cut in range(0, operations, step):
        with started(drive, image) as token:
            desk = Desk(token)
            token.flash.cut_at(cut, (0.1, 0.5, 0.9)[cut % 3])
            request = {"jsonrpc": "2.0", "id": 1, "method": "account.remove", "params": {"id": target}}
            desk.raw(request)
            token.press_later(30)
            token.advance(4000)
            token.unplug()
            assert other_files(token) == files, cut
            token.plug()
            token.advance(START_MS)
            desk.connect()
            found = listed(desk)
            assert found in (before, after), cut
            assert MARK not in token.flash.data
            if found == after:
                token.advance(1500)
                assert gone not in token.flash.data, cut


@pytest.mark.parametrize("mib", [2, pytest.param(4, marks=pytest.mark.everywhere)])
def test_a_store_file_that_was_moved_is_read_but_not_written(drive, mib):
    """Its sectors are no longer its own: what it holds is still there, and only the log takes changes."""
    with started(drive, flash_mib=mib) as token:
        desk = Desk(token)
        fill(desk, 70)
        before, state = listed(desk), token.save()
    with started(
        drive, state=state, flash_mib=mib
    ) as token:  # a kept state lays its files out anew, beside boot_out.txt
        desk, files = Desk(token), other_files(token)
        assert listed(desk) == before
        desk.pressed("account.remove", id=1)
        for account in listed(desk)[:60]:
            desk.call("account.default", id=account["id"])
        assert listed(desk)[0]["name"] == "person1"
        assert desk.status()["faults"] == 0
        assert other_files(token) == files


def test_the_store_file_is_left_alone_in_maintenance(drive):
    token = VirtualToken(drive)
    with token:
        token.advance(START_MS)
        fill(Desk(token), 70)
        token.unplug()
        token.plug(maintenance=True)
        token.advance(START_MS)
        written = token.flash.erases_of(token.drive.sector_of("store/store.bin", 8192))
        desk = Desk(token)
        assert desk.status()["store"]["state"] in ("ok", "blank")
        assert token.flash.erases_of(token.drive.sector_of("store/store.bin", 8192)) == written


@pytest.mark.parametrize(
    ("mib", "gap"),
    [(2, 0), (2, 5), *[pytest.param(mib, 0, marks=pytest.mark.everywhere) for mib in SIZES[1:]]],
)
def test_a_start_may_write_any_sector_first(drive, mib, gap):
    """Some cannot be proved to be the store file's own (its clusters stand in two blocks of the FAT)."""
    with started(drive, flash_mib=mib, gap_clusters=gap) as token:
        desk, files = Desk(token), other_files(token)
        desk.add("alice")
        for _ in range(50):
            desk.replug()
            number = desk.send("store.compact", timeout=30)
            token.advance(SHOWN_MS)
            token.press_later(50)
            assert desk.result(number, 8) == {}
            assert desk.status()["store"]["size"] > 60_000
        assert other_files(token) == files
        assert [each["name"] for each in listed(desk)] == ["alice"]


@pytest.mark.parametrize(
    ("mib", "gap"),
    [(2, 0), (2, 5), *[pytest.param(mib, 0, marks=pytest.mark.everywhere) for mib in SIZES[1:]]],
)
def test_the_only_segment_is_found_in_the_last_sectors(drive, mib, gap):
    """Few accounts are one segment, which moves on by a sector each time that something is removed."""
    with started(drive, flash_mib=mib, gap_clusters=gap) as token:
        desk = Desk(token)
        desk.add("alice")
        for turn in range(SECTORS + 2):
            desk.call("account.remove", id=desk.add(f"removed{turn}"))
            if turn > SECTORS - 8:
                desk.replug()
                assert [each["name"] for each in listed(desk)] == ["alice"], turn


@pytest.mark.parametrize("head", [0, SECTOR_SIZE - HEADER_SIZE])
def test_one_header_of_the_only_segment_may_be_damaged(drive, head):
    with started(drive) as token:
        desk = Desk(token)
        desk.add("alice")
        desk.call("account.remove", id=desk.add("bob"))
        image = bytearray(token.flash.data)
    (at,) = [at for at in range(0, len(image), 512) if image[at : at + 5] == b"ttseg"]
    image[at + head + 1] ^= 0x10
    with started(drive, bytes(image)) as token:
        assert [each["name"] for each in listed(Desk(token))] == ["alice"]
