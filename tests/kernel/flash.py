"""The flashes that the bench's tokens start with: the built drive, booted once."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from emulated.conftest import DRIVE
from emulated.enrolling import enrol, flash_with_store_file
from emulated.image import with_nvm
from emulated.token import EmulatedToken, first_boot
from ticktap.device.client import Client
from ticktap.drive.build import create_store_file
from ticktap.otp.account import Account

OUTDATED = "lib/fob/ui/led_signals.py"
OLD_TEXT = "# an earlier day's\n"


def blank_flash() -> bytes:
    """A flash with a store file and nothing stored."""
    with tempfile.TemporaryDirectory() as scratch:
        return with_nvm(flash_with_store_file(Path(scratch)), b"")


def outdated_flash(account: Account) -> bytes:
    """The built drive with one outdated module, and an account in its store file."""
    with tempfile.TemporaryDirectory() as scratch:
        drive = Path(scratch) / "drive"
        shutil.copytree(DRIVE, drive)
        create_store_file(drive / "store" / "store.bin")
        with (drive / OUTDATED).open("a") as module:
            module.write(OLD_TEXT)
        with EmulatedToken(None, flash=first_boot(drive)) as token:
            client = Client(token.open())
            enrol(token, client, account)
            token.press_later(1_200)
            client.call("store.compact", {"timeout": 30}, 60)
            return token.power_cut()
