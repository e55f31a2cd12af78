"""The flash that the bench's tokens start with: the built drive with compiled modules, booted once.

Compiled on the computer, as `ticktap firmware install --mpy-cross` does it: the emulated chip would take
some ten seconds at every start. The maintenance tests have the drive as it is built.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from updating.compiler import stand_in

from emulated.conftest import DRIVE
from emulated.enrolling import enrol
from emulated.image import with_nvm
from emulated.token import EmulatedToken, first_boot
from ticktap.accounts import Account
from ticktap.client import Client
from ticktap.drive import lay_vault
from ticktap.firmware.compare import carried
from ticktap.firmware.compiling import compiled

OUTDATED = "lib/fob/lights.py"


def compiled_flash() -> bytes:
    """A flash with a vault and nothing stored."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        drive = folder / "drive"
        firmware = compiled(carried(), str(stand_in(folder)))
        for path, body in firmware.files.items():
            (drive / path).parent.mkdir(parents=True, exist_ok=True)
            (drive / path).write_bytes(body)
        lay_vault(drive / "vault" / "store.bin")
        return with_nvm(first_boot(drive), b"")


def outdated_flash(account: Account) -> bytes:
    """The drive as it is built, but for one module of an earlier day; an account in its vault."""
    with tempfile.TemporaryDirectory() as scratch:
        drive = Path(scratch) / "drive"
        shutil.copytree(DRIVE, drive)
        lay_vault(drive / "vault" / "store.bin")
        with (drive / OUTDATED).open("a") as module:
            module.write("# an earlier day's\n")
        with EmulatedToken(None, flash=first_boot(drive)) as token:
            client = Client(token.open())
            enrol(token, client, account)
            token.press_later(50)
            client.call("store.compact", {"timeout": 30}, 60)
            return token.power_cut()
