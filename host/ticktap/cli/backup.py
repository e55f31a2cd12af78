"""ticktap backup create, show, verify, restore, sheet: an encrypted file with accounts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from ticktap.cli import copy_options, import_accounts
from ticktap.cli.framework import device_access, device_session, input_files, output
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.options import FileName
from ticktap.cli.framework.registry_choice import is_there
from ticktap.enrolment import bulk_import
from ticktap.errors import BadInput, NotVerified, TicktapError
from ticktap.otp.account import Account
from ticktap.wording import counted, local_minute, local_time, utc_minute

Data = dict[str, Any]

backup = Group("backup", help="Keep an encrypted copy of the accounts, and restore it.")
file_argument = click.argument("file", metavar="BACKUP", type=FileName())
_ENROL_AGAIN = (
    "A token never gives a secret back. Get a new QR code from each site, and add the account again with "
    "'ticktap account add --backup FILE'."
)
force_option = click.option("--force", is_flag=True, help="Replace an existing file.")


class BackupDiffers(NotVerified):
    """Token and backup do not have the same accounts; `data` lists them."""

    text = staticmethod(lambda data: _compared(data))

    def __init__(self, data: Data) -> None:
        super().__init__(
            "the token and the backup do not have the same accounts",
            "'ticktap backup restore' adds the accounts that only the backup has.",
        )
        self.data = data


def _created(data: Data) -> str:
    lines = [f"Wrote {data['file']}: {counted(data['accounts'], 'account')}."]
    if data["left_out"]:
        lines.append(f"On the token but not in the backup: {', '.join(data['left_out'])}.")
        lines.append(_ENROL_AGAIN)
    return "\n".join(lines)


@backup.command("create", text=_created)
@file_argument
@click.argument("from_files", nargs=-1, metavar="[SOURCE]...", type=FileName())
@force_option
def create(file: Path, from_files: tuple[Path, ...], force: bool) -> Data:
    """Write a backup of the copies that are kept on this computer.

    Copies are kept of the accounts that were added with --keep. They are of all tokens, or of the one named
    with --device. Accounts of the connected token without a copy are listed. With SOURCE, a file that
    'account import' reads, the backup contains its accounts instead.
    """
    from ticktap.enrolment import account_copies
    from ticktap.enrolment import backup as backups
    from ticktap.files import private_files

    if file.exists() and not force:
        raise private_files.exists(file)
    refused: list[Data] = []
    if from_files:
        found, _ = input_files.read_sources([str(each) for each in from_files])
        accounts = backups.merged([], found.accounts)
        refused = [{"name": each.name, "reason": each.reason} for each in found.refused]
        for each in refused:
            output.note(f"Not imported: {each['name']}: {each['reason']}.")
    else:
        accounts = _kept()
    if not accounts:
        raise BadInput(
            "no copies of accounts are kept on this computer"
            if not from_files
            else "the files contain no accounts",
            f"{_ENROL_AGAIN} Or give a file that contains the accounts, such as another app's export.",
        )
    left_out = None if from_files else _left_out(accounts)
    backups.write(file, accounts, copy_options.new_passphrase(), int(time.time()), replace=force)
    account_copies.remember_backup(file, accounts)
    return {"file": str(file), "accounts": len(accounts), "left_out": left_out, "refused": refused}


def _left_out(accounts: list[Account]) -> list[str] | None:
    """Returns the connected token's accounts that are not among these; None if they cannot be listed.

    It searches once and asks for nothing, because a backup needs no token.
    """
    from ticktap.device import token_choice
    from ticktap.enrolment import backup as backups

    try:
        token = token_choice.open_token(device_session.choice(), wait=0)
    except TicktapError:
        return None
    with token.client:
        try:
            if token.hello.get("locked") or not device_access.may_read(token):
                return None
            listed = device_session.listed(token.client)
        except TicktapError:
            return None
    return backups.compare(accounts, listed).token_only


def _kept() -> list[Account]:
    from ticktap.enrolment import backup as backups

    if not is_there():
        return []
    with copy_options.registry(create=False) as registry:
        return backups.merged([], [each.account for each in copy_options.of_chosen_token(registry)])


def _shown(data: Data) -> str:
    return f"Made {local_minute(data['made'])}.\n{output.table(data['accounts'])}"


@backup.command("show", text=_shown)
@file_argument
def show(file: Path) -> Data:
    """List the accounts of a backup, without their secrets."""
    opened = copy_options.unlocked(file)[1]
    return {
        "file": str(file),
        "made": utc_minute(opened.made),
        "accounts": [_row(each) for each in opened.accounts],
    }


def _row(account: Account) -> Data:
    names = ("issuer", "name", "type", "algorithm", "digits", "period", "counter", "suffix")
    return {name: getattr(account, name) for name in names}


def _compared(data: Data) -> str:
    lines = [f"On both, by name and parameters: {counted(len(data['both']), 'account')}."]
    for key, what in (
        ("proved", "checked with a code of the token"),
        ("token_only", "on the token only"),
        ("backup_only", "in the backup only"),
        (
            "counters",
            "with a higher counter on the token: the site may ask for two codes after a restore",
        ),
    ):
        if data[key]:
            lines.append(f"{len(data[key])} {what}: {', '.join(data[key])}.")
    return "\n".join(lines)


@backup.command("verify", text=_compared)
@file_argument
@click.option(
    "--prove",
    type=click.Choice(["none", "one", "all"]),
    default="one",
    show_default=True,
    help="Check codes of the token, a press for each.",
)
def verify(file: Path, prove: str) -> Data:
    """Compare the token's accounts with a backup, without showing secrets.

    Compares names and parameters of all accounts. A code of the token is checked against the backup's secret:
    of one random account, or of all. Exit code 7 on a difference.
    """
    from ticktap.enrolment import backup as backups
    from ticktap.enrolment import prove as enrolment_prove

    opened = copy_options.unlocked(file)[1]
    with device_session.open_accounts() as token:
        result = backups.compare(opened.accounts, device_session.listed(token.client))
        pairs = {id(account): listed for account, listed in result.both}
        chosen = bulk_import.to_check([account for account, _ in result.both], prove)
        for account in chosen:
            enrolment_prove.require_clock(token.client, account)
            import_accounts.prove_one(token, account, pairs[id(account)], "")
    data = {
        "file": str(file),
        "made": utc_minute(opened.made),
        "both": [account.label for account, _ in result.both],
        "token_only": result.token_only,
        "backup_only": result.backup_only,
        "counters": result.counters,
        "proved": [each.label for each in chosen],
    }
    if result.token_only or result.backup_only:
        raise BackupDiffers(data)
    return data


@backup.command("restore", text=import_accounts.summary)
@file_argument
@import_accounts.options
def restore(
    file: Path,
    also: tuple[str, ...],
    dry_run: bool,
    same_name: str,
    prove: str | None,
    keep: bool,
    backup: Path | None,
) -> Data:
    """Put the accounts of a backup on a token, after one press."""
    from ticktap.formats.result import ImportResult

    opened = copy_options.unlocked(file)[1]
    found = ImportResult(accounts=opened.accounts)
    if hotp := [each.label for each in opened.accounts if each.type == "hotp"]:
        found.note(
            f"Counter-based accounts may have advanced since the backup was made: {', '.join(hotp)}. "
            "If the site refuses a code, press again, or resynchronise at the site."
        )
    source = {"file": str(file), "format": "ticktap-backup", "accounts": len(found.accounts)}
    source |= {"transfer_codes": 0, "refused": 0}
    return import_accounts.run_import(
        found, [source], import_accounts.ImportOptions(also, dry_run, same_name, prove, keep, backup)
    )


@backup.command("sheet", text=lambda data: f"{data['file']} is ready to print. {data['advice']}")
@file_argument
@click.argument("page", metavar="PAGE.html", type=FileName())
@force_option
def sheet(file: Path, page: Path, force: bool) -> Data:
    """Write a recovery sheet to print: every account as a QR code and as text, not encrypted."""
    from ticktap.enrolment import recovery_sheet
    from ticktap.files import private_files

    if page.exists() and not force:
        raise private_files.exists(page)
    opened = copy_options.unlocked(file)[1]
    advice = "Whoever has it can make your codes: print it, lock it away, and delete the file."
    output.note(f"The sheet contains every secret. {advice}")
    private_files.write(
        page, recovery_sheet.page(opened.accounts, local_time(opened.made)).encode(), replace=force
    )
    return {"file": str(page), "accounts": len(opened.accounts), "advice": advice}
