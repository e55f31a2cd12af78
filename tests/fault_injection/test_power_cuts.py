"""Power cuts through the whole simulated chip, in short; planted defects, all of which it must find."""

import shutil
from dataclasses import replace

import pytest

from fault_injection.cut_operations import OPERATIONS
from fault_injection.cut_plan import EVERY, Job, run
from fault_injection.cut_situations import SHORT, build
from fault_injection.cut_token import Hand, drive_with_store_file
from fault_injection.flash_recording import Tape
from fault_injection.power_cuts import Case
from ticktap.errors import TicktapError

CUTS = 3
WITH_RIGHTS = "few accounts"  # PIN, owner and clock in the others: `make campaign`


@pytest.fixture(scope="module")
def drive(tmp_path_factory):
    return drive_with_store_file(tmp_path_factory.mktemp("cuts"))


@pytest.mark.parametrize("situation", SHORT)
def test_a_cut_leaves_before_or_after(drive, situation):
    operations = EVERY if situation == WITH_RIGHTS else OPERATIONS
    tallies = [run(Job(operation.name, situation, CUTS), drive) for operation in operations]
    assert [lost for tally in tallies for lost in tally.lost] == []
    assert all(tally.before + tally.after == tally.cuts > 1 for tally in tallies)
    assert sum(tally.before for tally in tallies) > 5
    assert sum(tally.after for tally in tallies) > 5


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_recorded_cut_is_what_a_cut_leaves(drive, share):
    """The flash that the tape says is left is the one that a token has whose power goes there."""
    flash = build("log full again", drive).flash
    hand = Hand(drive)
    hand.boot(flash, wait=False)
    tape = Tape(hand.token)
    hand.wait()
    hand.connect()
    hand.remove(1)
    tape.stop()
    cut = list(tape.cuts([0.0]))[int(len(tape.steps) * share)]
    hand.start(flash)
    hand.token.flash.cut_at(cut.number, 0.0)
    with pytest.raises(TicktapError):
        hand.remove(1)
    assert not hand.token.plugged
    assert hand.token.flash.data == cut.image
    hand.close()


DEFECTS = {
    "a torn record is believed": (
        "store/log.py",
        '    if data[stop : stop + _TAIL] != pack("<I", check):\n        return None\n',
        "",
        Job("add", "few accounts", 8),
        "cut at 0 of 1",
    ),
    "what was removed is not wiped": (
        "store/sectors.py",
        "            fill_erased(self._scratch, 0, SECTOR_SIZE)\n",
        "            continue\n",
        Job("remove", "log full again", 12),
        "on the flash",
    ),
    "a removal is not finished at the next start": (
        "store/record_store.py",
        "        if records.replayed.removed_other or records.replayed.removed_ids:\n",
        "        if False:\n",
        Job("remove", "log full again", 24),
        "on the flash",
    ),
    "a counter is spent after its code is out": (
        "otp/code_cache.py",
        "        counter = self._store.use_counter(account.id)\n",
        "        counter = account.counter\n",
        Job("HOTP click, the account's first", "few accounts", 8),
        "HOTP click, the account's first makes accounts",
    ),
    "the store file's file is closed after each write": (
        "hw/sector_file.py",
        "        self._verified = True\n",
        "        self._verified = True\n        self._file.flush()\n",
        Job("default", "log full again", 60),
        "spoilt the drive",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_planted_defects_are_found(drive, tmp_path, defect):
    name, old, new, job, told = DEFECTS[defect]
    broken = tmp_path / "drive"
    shutil.copytree(drive, broken)
    source = broken / "lib" / "fob" / name
    text = source.read_text()
    assert text.count(old) == 1
    source.write_text(text.replace(old, new))
    try:
        found = run(job, broken).lost
    except AssertionError as error:
        found = [str(error)]
    assert any(told in each for each in found), found


def test_every_operation_says_what_it_makes(drive):
    """The table's expected state is compared with the token's when a case is made."""
    wrong = replace(OPERATIONS[1], after=lambda state: state.update(name="never"))
    with pytest.raises(AssertionError, match="rename makes"):
        Case(wrong, "few accounts", build("few accounts", drive), drive)
