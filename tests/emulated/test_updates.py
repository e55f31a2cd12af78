"""Install and update through the drive of real CircuitPython, and a power cut while its FAT is written.

The computer's file system is the simulator's FatFs over SCSI; the chip behind it is real CircuitPython, with
its own mass storage, its own cache and its own idea of what to do with a damaged volume.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drive.fat_files import FatFiles
from drive.scene import SERIAL, later
from emulated.conftest import DRIVE, NOON, OTHER_SIZES
from emulated.enrolling import enrol, flash_with_store_file
from emulated.storage import Blocks
from emulated.token import EmulatedToken
from ticktap.device.client import Client
from ticktap.drive.compare import UNDER_WAY, Firmware, read_folder
from ticktap.drive.fat_volume import DIRECTORY, slots
from ticktap.drive.mpy_compile import compiled
from ticktap.drive.store_copy import StoreCopy
from ticktap.drive.update import Done, Updating
from ticktap.otp.account import Account
from ticktap.simulator.parts.fatfs import ROOT, FatFs
from ticktap.simulator.signals import PowerLost

FAT_BLOCKS = range(1, 8)  # those that are erased together with the boot sector
FILE_BLOCKS = range(64, 1 << 16)  # behind the root directory, on each size of flash
PER_SECTOR = 8  # blocks that are erased together
MS_INTO_ERASE = 20
START_MS = 2500


@pytest.fixture(scope="module", params=[4, *OTHER_SIZES], ids="{}MB".format)
def in_use(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[bytes, list[Any]]:
    """A token whose accounts are in its store file, and nowhere else: its flash, and what it lists."""
    flash = flash_with_store_file(tmp_path_factory.mktemp("updates"), mib=request.param)
    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        client = Client(token.open())
        for name in ("alice", "bob"):
            enrol(token, client, Account("Example", name, bytes(20)))
        token.press_later(1_200)
        client.call("store.compact", {"timeout": 30}, 60)
        listed = client.accounts()
        return token.power_cut(), listed


class Cut(Blocks):
    """The power fails while the sector of the `count`-th block that is written among `blocks` is erased.

    Sectors with a part of a folder do not count: a torn one may cost the drive (docs/decisions/0013).
    """

    def __init__(self, token: EmulatedToken, blocks: range, count: int) -> None:
        super().__init__(token)
        self._token = token
        self._blocks, self._left = blocks, count
        self._spared: set[int] = set()

    def spare(self, fat: FatFs) -> None:
        """Notes where the folders are."""
        self._spared = {block // PER_SECTOR for block in folder_blocks(fat) if block in FILE_BLOCKS}

    def write(self, block: int, data: bytes) -> None:
        super().write(block, data)
        if block in self._blocks and block // PER_SECTOR not in self._spared:
            self._left -= 1
            if self._left == 0:
                before = self._token.erases
                self._token.wait_for(lambda: self._token.erases > before)
                self._token.advance(MS_INTO_ERASE)
                raise PowerLost


def folder_blocks(fat: FatFs, directory: int = ROOT) -> Iterator[int]:
    """The blocks of all folders."""
    yield from fat._blocks(directory)
    for slot in list(slots(fat._entries(directory))):
        if slot.attribute & DIRECTORY and not slot.name.startswith("."):
            yield from folder_blocks(fat, slot.cluster)


def update(token: EmulatedToken, copy: Path, cut: tuple[range, int] | None, firmware: Firmware) -> Done:
    blocks = Blocks(token) if cut is None else Cut(token, *cut)
    fat = FatFs(blocks)
    if isinstance(blocks, Cut):
        blocks.spare(fat)
    files = FatFiles(fat, blocks.image)
    return Updating(files, firmware, StoreCopy(SERIAL, copy)).run(fresh=False, lay=False)


def updated(
    flash: bytes, copy: Path, cut: tuple[range, int] | None = None, firmware: Firmware | None = None
) -> tuple[Done | None, bytes]:
    """What came of an update in maintenance mode, and the flash when the power goes after it."""
    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        token.plug(maintenance=True)
        token.advance(START_MS)
        try:
            done = update(token, copy, cut, firmware or compiled_again(later(read_folder(DRIVE))))
        except PowerLost:
            return None, token.power_cut()
        token.advance(START_MS)
        return done, token.power_cut()


def compiled_again(firmware: Firmware) -> Firmware:
    """The same with compiled modules of its own sources."""
    return Firmware({**firmware.source.files, **compiled(firmware.files)}, firmware.version, firmware.formats)


def says(flash: bytes) -> tuple[str, list[Any]]:
    """What the token is and lists when it is plugged in."""
    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        client = Client(token.open())
        return client.call("hello")["firmware"], client.accounts()


def test_an_update_keeps_the_accounts(in_use: tuple[bytes, list[Any]], tmp_path: Path) -> None:
    flash, listed = in_use
    done, flash = updated(flash, tmp_path)
    assert done is not None and done.store_file == "there" and done.written
    assert says(flash) == ("9.9.9", listed)


def test_the_source_alone_keeps_the_accounts(in_use: tuple[bytes, list[Any]], tmp_path: Path) -> None:
    flash, listed = in_use
    done, flash = updated(flash, tmp_path, firmware=later(read_folder(DRIVE)).source)
    assert done is not None and "mpy/fob/hw/main.mpy" in done.removed
    assert says(flash) == ("9.9.9", listed)


def test_accounts_come_back_after_a_cut_that_cost_the_drive(
    in_use: tuple[bytes, list[Any]], tmp_path: Path
) -> None:
    flash, listed = in_use
    done, flash = updated(flash, tmp_path, cut=(FAT_BLOCKS, 1))
    assert done is None
    done, flash = updated(flash, tmp_path)
    assert done is not None and done.store_file == "restored"
    assert says(flash) == ("9.9.9", listed)


def test_accounts_are_there_after_a_cut_in_the_middle(
    in_use: tuple[bytes, list[Any]], tmp_path: Path
) -> None:
    flash, listed = in_use
    assert UNDER_WAY.encode() not in flash
    done, flash = updated(flash, tmp_path, cut=(FILE_BLOCKS, 20))
    assert done is None
    assert UNDER_WAY.encode() in flash
    done, flash = updated(flash, tmp_path)
    assert done is not None and done.store_file == "there" and "code.py" in done.written
    assert says(flash) == ("9.9.9", listed)
