"""Flashes of tokens with many accounts, made by the firmware's own store on this computer.

Over the port, a thousand accounts take many minutes on the emulated chip; the bytes are the same.
"""

from __future__ import annotations

from pathlib import Path

from emulated.enrolling import flash_with_store_file, usual
from emulated.image import DRIVE, NVM
from emulated.token import EmulatedToken
from fob.otp.account import Account
from fob.store.token_store import TokenStore
from support.aes import make_keystore
from support.flash import SECTOR, Flash, Nvm, Sectors
from ticktap.drive.build import STORE_FILE_SIZE
from ticktap.drive.store_layout import place_of_store_file

SECTORS = 60


def flash_with_accounts(folder: Path, count: int, algorithms: tuple[str, ...] = ("SHA1",)) -> bytes:
    """A flash with the built drive that has booted once, and `count` usual accounts in log and store file.

    The first accounts have `algorithms` one after the other, all others the first of them.
    """
    flash = bytearray(flash_with_store_file(folder))
    with EmulatedToken(None, flash=bytes(flash)) as token:
        token.plug()
        uid = bytes.fromhex(token.serial)
    chip = Flash(SECTORS)
    store = TokenStore(Nvm(chip), Sectors(chip), make_keystore(uid))
    for number in range(count):
        algorithm = algorithms[number] if number < len(algorithms) else algorithms[0]
        store.add(as_record(number, algorithm))
    flash[NVM] = chip.memory[0]
    at = DRIVE.start + store_file_start(bytes(flash[DRIVE]))
    for sector in chip.memory[1:]:
        flash[at : at + SECTOR] = sector
        at += SECTOR
    return bytes(flash)


def as_record(number: int, algorithm: str) -> Account:
    """A typical account in the store's form."""
    wanted = usual(number)
    return Account(0, wanted.issuer, wanted.name, "totp", algorithm, 6, 30, 0, "none", wanted.secret)


def store_file_start(volume: bytes) -> int:
    """Where on a volume the store file's first sector is; the file lies in one piece, and is blank."""
    place = place_of_store_file(volume)
    assert place.usable and place.first is not None
    return volume.index(b"\xff" * STORE_FILE_SIZE) + place.first
