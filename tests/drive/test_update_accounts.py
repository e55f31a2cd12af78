"""A token with more accounts than its log holds is updated, loses power meanwhile, and has them all."""

import shutil

import pytest

from drive.scene import SERIAL, Chip, later, older
from ticktap.device.client import Client
from ticktap.drive.build import create_store_file, find_drive
from ticktap.drive.compare import STORE_FILE
from ticktap.drive.store_copy import StoreCopy
from ticktap.simulator import VirtualToken
from ticktap.simulator.signals import PowerLost

START_MS = 3000
ACCOUNTS = 70
FAT_SECTOR = 256


@pytest.fixture(scope="module")
def drive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drive") / "drive"
    shutil.copytree(find_drive(), folder)
    create_store_file(folder / STORE_FILE)
    return folder


def started(drive, flash=None):
    token = VirtualToken(drive)
    if flash:
        token.flash.load(0, flash)
        token.drive.reset()
    token.plug()
    token.advance(START_MS)
    assert token.error is None, token.console
    return token


def opened(token):
    """A client that may add accounts for a while."""
    client = Client(token.open())
    token.press_later(1200)
    client.allow_changes()
    return client


@pytest.fixture(scope="module")
def in_use(drive):
    """The flash of a token whose accounts are in its store file, and what it lists."""
    with started(drive) as token:
        client = opened(token)
        for number in range(ACCOUNTS):
            client.call(
                "account.add", {"name": f"person{number}", "issuer": "Example Company", "secret": "A" * 28}
            )
        listed = client.accounts()
        assert client.status()["store"]["used"] > 4096, "the log has moved to the store file"
        token.power_cut()
        return token.flash.data, listed


@pytest.mark.parametrize(
    ("sectors", "which", "made_anew"), [((FAT_SECTOR,), 1, True), (range(FAT_SECTOR + 5, 512), 40, False)]
)
def test_accounts_are_there_after_a_cut_and_another_update(
    drive, in_use, tmp_path, sectors, which, made_anew
):
    flash, listed = in_use
    copy, new = StoreCopy(SERIAL, tmp_path), later(older())
    chip = Chip.of(flash)
    chip.flash.cut_at(which, 0.5, sectors)
    with pytest.raises(PowerLost):
        chip.update(new, copy)
    chip.start()
    done = chip.update(new, copy)
    assert done.store_file == ("restored" if made_anew else "there")
    with started(drive, chip.flash.data) as token:
        client = opened(token)
        assert client.call("hello")["firmware"] == new.version
        assert client.accounts() == listed
        for number in range(ACCOUNTS):  # the store file can be written too: the log moves there again
            client.call(
                "account.add", {"name": f"more{number}", "issuer": "Example Company", "secret": "A" * 28}
            )
        status = client.status()
        assert status["store"]["file"] and status["accounts"] == 2 * ACCOUNTS
