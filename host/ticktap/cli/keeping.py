"""What commands that add accounts may do besides: twins on other tokens, kept copies, an encrypted backup."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ticktap.accounts import Account
from ticktap.cli import ask
from ticktap.cli.options import FileName
from ticktap.errors import TicktapError

if TYPE_CHECKING:
    from ticktap.backup import Backup
    from ticktap.registry import Registry

also_option = click.option(
    "--also", multiple=True, metavar="TOKEN", help="Put it on this token as well; may be given several times."
)
keep_option = click.option(
    "--keep", is_flag=True, help="Keep a sealed copy on this computer, for 'ticktap verify'."
)
backup_option = click.option(
    "--backup",
    metavar="FILE",
    type=FileName(),
    help="Put it into this encrypted backup as well; made if there is none.",
)


def registry() -> Registry:
    """The kept copies, opened."""
    from ticktap.registry import Registry

    return Registry.open()


class BackupFile:
    """A backup that accounts are added to; opened, with its passphrase, before anything else is done."""

    def __init__(self, path: Path, passphrase: str, accounts: list[Account], there: bool) -> None:
        self.path = path
        self._passphrase = passphrase
        self._accounts = accounts
        self._there = there

    @classmethod
    def open(cls, path: Path) -> BackupFile:
        """Asks for the passphrase of the backup that is there, or for one of a new backup."""
        if path.exists():
            passphrase, opened = unlocked(path)
            return cls(path, passphrase, opened.accounts, True)
        return cls(path, new_passphrase(), [], False)

    def add(self, accounts: Sequence[Account]) -> None:
        """Writes the backup with these accounts in it too."""
        from ticktap import backup

        self._accounts = backup.merged(self._accounts, accounts)
        try:
            backup.write(self.path, self._accounts, self._passphrase, int(time.time()), replace=self._there)
        except TicktapError as error:
            error.remedy = f"What was asked for is on the token, but not in the backup. {error.remedy}"
            raise


def new_passphrase(what: str = "Passphrase of the backup") -> str:
    """A passphrase for something new, long enough; at a terminal asked for twice."""
    from ticktap.formats import ownbackup

    passphrase = ask.twice(what)
    ownbackup.check_passphrase(passphrase)
    return passphrase


def unlocked(path: Path) -> tuple[str, Backup]:
    """The passphrase of the backup in a file, and what is in it."""
    from ticktap import backup, private

    data = private.read(path)
    return ask.until_right(f"Passphrase of {path.name}", lambda passphrase: backup.read(data, passphrase))
