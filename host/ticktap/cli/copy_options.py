"""Options of commands that add accounts: second tokens, kept copies, an encrypted backup."""

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
    from ticktap.registry import Registry, StoredAccount

also_option = click.option(
    "--also", multiple=True, metavar="TOKEN", help="Add it to this token too; may be repeated."
)
keep_option = click.option(
    "--keep",
    is_flag=True,
    help="Keep an encrypted copy on this computer, for 'ticktap verify' and 'ticktap backup create'.",
)
backup_option = click.option(
    "--backup",
    metavar="FILE",
    type=FileName(),
    help="Add it to this encrypted backup too; created if missing.",
)


def registry(create: bool = True) -> Registry:
    """Opens the registry with the kept copies; `create` creates a missing one."""
    from ticktap.cli.framework.registry_choice import open_registry

    return open_registry(create)


def of_chosen_token(registry: Registry) -> list[StoredAccount]:
    """Returns the kept copies of the chosen token, or of all tokens.

    --device may be the serial number of a token that is not connected; any other name must be of a connected
    one. TICKTAP_DEVICE counts only if it is a serial number with kept copies.

    Raises:
        NoToken: --device names no known token.
    """
    from ticktap.device import token_choice

    everything = registry.all()
    known = {each.token.casefold() for each in everything}
    wanted = token_choice.choice_of(device_session.choice())
    if device_session.choice() and wanted.casefold() not in known:
        token = token_choice.open_token(wanted, waiting=device_session.waiting())
        token.client.close()
        wanted = str(token.hello["serial"])
    elif wanted.casefold() not in known:
        return everything
    return [each for each in everything if each.token.casefold() == wanted.casefold()]


ENROL_AGAIN = (
    "A token never gives a secret back. Get a new QR code from the site, and add the account again with "
    "'ticktap account add --keep'."
)
"""The remedy for a missing copy."""


def find(registry: Registry, query: str) -> StoredAccount:
    """Finds the one kept copy, of the chosen token or of all, that matches `query`.

    Raises:
        BadInput: several match.
        NotFound: none matches; the remedy is ENROL_AGAIN, because a token gives no secret back.
    """
    copies = of_chosen_token(registry)
    if not copies:
        raise NotFound("no copies of accounts are kept on this computer", ENROL_AGAIN)
    try:
        return match(copies, query)
    except NotFound as error:
        raise NotFound(
            f"no kept copy matches {query!r}", f"'ticktap kept list' lists them. {ENROL_AGAIN}"
        ) from error


def is_kept(serial: str, account: Listed) -> bool:
    """Whether a copy of a token's account is kept here; also False if that cannot be read."""
    from ticktap.enrolment import account_copies

    try:
        return account_copies.is_kept(serial, account)
    except TicktapError:
        return False


class BackupFile:
    """A backup to which accounts are added; opened, with its passphrase, before the token changes."""

    def __init__(self, path: Path, passphrase: str, accounts: list[Account], exists: bool) -> None:
        self.path = path
        self._passphrase = passphrase
        self._accounts = accounts
        self._exists = exists

    @classmethod
    def open(cls, path: Path) -> BackupFile:
        """Asks for the passphrase of an existing backup, or for one of a new backup."""
        if path.exists():
            passphrase, opened = unlocked(path)
            return cls(path, passphrase, opened.accounts, True)
        return cls(path, new_passphrase(), [], False)

    def add(self, accounts: Sequence[Account]) -> None:
        """Writes the backup with these accounts added."""
        from ticktap.enrolment import account_copies, backup

        self._accounts = backup.merged(self._accounts, accounts)
        try:
            backup.write(self.path, self._accounts, self._passphrase, int(time.time()), replace=self._exists)
        except TicktapError as error:
            error.remedy = f"The accounts are on the token, but not in the backup. {error.remedy}"
            raise
        account_copies.remember_backup(self.path, self._accounts)


def new_passphrase(what: str = "Passphrase of the backup") -> str:
    """Asks for a new passphrase; at a terminal twice."""
    from ticktap.formats import ticktap_backup

    rule = f"at least {ticktap_backup.SHORTEST} characters"
    return prompts.new_secret(what, rule, ticktap_backup.check_passphrase)


def unlocked(path: Path) -> tuple[str, Backup]:
    """Asks for the passphrase of a backup; returns it and the opened backup."""
    from ticktap.enrolment import backup
    from ticktap.files import private_files

    data = private_files.read(path)
    return prompts.retry(f"Passphrase of {path.name}", lambda passphrase: backup.read(data, passphrase))
