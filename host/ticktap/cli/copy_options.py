"""What commands that add accounts may do besides: twins on other tokens, kept copies, an encrypted backup."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ticktap.cli.framework import device_session, prompts
from ticktap.cli.framework.options import FileName
from ticktap.errors import NotFound, TicktapError
from ticktap.otp.account import Account, Listed, match

if TYPE_CHECKING:
    from ticktap.enrolment.backup import Backup
    from ticktap.registry import Kept, Registry

also_option = click.option(
    "--also", multiple=True, metavar="TOKEN", help="Put it on this token as well; may be given several times."
)
keep_option = click.option(
    "--keep",
    is_flag=True,
    help="Keep a sealed copy on this computer, for 'ticktap verify' and 'ticktap backup create'.",
)
backup_option = click.option(
    "--backup",
    metavar="FILE",
    type=FileName(),
    help="Put it into this encrypted backup as well; made if there is none.",
)


def registry(create: bool = True) -> Registry:
    """The kept copies, opened; a place for them is made only for those that keep one."""
    from ticktap.cli.framework.registry_choice import open_registry

    return open_registry(create)


def of_chosen_token(registry: Registry) -> list[Kept]:
    """The kept copies of the token that is chosen, or of all tokens when none is.

    --device names a token by its serial number whether or not it is plugged in, and by anything else when it
    is. TICKTAP_DEVICE only counts when it is a serial number of which copies are kept.

    Raises:
        NoToken: --device names no token that there is.
    """
    from ticktap.device import discovery

    everything = registry.all()
    known = {each.token.casefold() for each in everything}
    wanted = discovery.choice_of(device_session.choice())
    if device_session.choice() and wanted.casefold() not in known:
        token = discovery.open_token(wanted, waiting=device_session.waiting())
        token.client.close()
        wanted = str(token.hello["serial"])
    elif wanted.casefold() not in known:
        return everything
    return [each for each in everything if each.token.casefold() == wanted.casefold()]


ENROL_AGAIN = (
    "A token never gives a secret back. Have the site show a new QR code, and add the account again with "
    "'ticktap account add --keep'."
)
"""The remedy where a copy is missing."""


def find(registry: Registry, query: str) -> Kept:
    """The one kept copy, of the chosen token or of all, that `query` means.

    Raises:
        BadInput: several fit.
        NotFound: none fits; the remedy is to enrol ENROL_AGAIN, as a token gives no secret back.
    """
    copies = of_chosen_token(registry)
    if not copies:
        raise NotFound("no copies of accounts are kept on this computer", ENROL_AGAIN)
    try:
        return match(copies, query)
    except NotFound as error:
        raise NotFound(
            f"no kept copy fits {query!r}", f"'ticktap kept list' shows those there are. {ENROL_AGAIN}"
        ) from error


def is_kept(serial: str, account: Listed) -> bool:
    """Whether a copy of a token's account is kept here; False, too, when that cannot be read."""
    from ticktap.enrolment import account_copies

    try:
        return account_copies.is_kept(serial, account)
    except TicktapError:
        return False


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
        from ticktap.enrolment import account_copies, backup

        self._accounts = backup.merged(self._accounts, accounts)
        try:
            backup.write(self.path, self._accounts, self._passphrase, int(time.time()), replace=self._there)
        except TicktapError as error:
            error.remedy = f"What was asked for is on the token, but not in the backup. {error.remedy}"
            raise
        account_copies.remember_backup(self.path, self._accounts)


def new_passphrase(what: str = "Passphrase of the backup") -> str:
    """A passphrase for something new, long enough; at a terminal asked for twice."""
    from ticktap.formats import ticktap_backup

    rule = f"at least {ticktap_backup.SHORTEST} characters"
    return prompts.new_secret(what, rule, ticktap_backup.check_passphrase)


def unlocked(path: Path) -> tuple[str, Backup]:
    """The passphrase of the backup in a file, and what is in it."""
    from ticktap.enrolment import backup
    from ticktap.files import private_files

    data = private_files.read(path)
    return prompts.retry(f"Passphrase of {path.name}", lambda passphrase: backup.read(data, passphrase))
