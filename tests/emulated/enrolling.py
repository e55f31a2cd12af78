"""Accounts put on an emulated token over the wire, and a drive with a store file that has room for them."""

from __future__ import annotations

import shutil
from pathlib import Path

from emulated.conftest import DRIVE
from emulated.image import FLASH_SIZES
from emulated.token import EmulatedToken, first_boot
from ticktap.device.client import Client
from ticktap.drive.build import create_store_file
from ticktap.otp.account import Account


def flash_with_store_file(folder: Path, drive: Path = DRIVE, mib: int = 2) -> bytes:
    """The flash, `mib` MiB, of a token that has booted once and has a store file; `folder` takes the drive's
    files."""
    shutil.copytree(drive, folder / "drive")
    create_store_file(folder / "drive" / "store" / "store.bin")
    return first_boot(folder / "drive", FLASH_SIZES[mib])


def enrol(token: EmulatedToken, client: Client, account: Account) -> int:
    """Adds an account, with the permission that the token requires; returns its id."""
    changes = client.status()["access"]["changes"]
    if changes == "press" or (changes == "open" and client.session is None):
        token.press_later(1200)
        client.allow_changes()
    return client.add(account.to_params())


def usual(number: int) -> Account:
    """A typical account: 20 bytes of secret, some 30 characters of names."""
    return Account(
        "Some Service", f"person{number}@example.com", bytes(range(number % 200, number % 200 + 20))
    )
