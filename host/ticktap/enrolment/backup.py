"""Backups on this computer: written, extended, and compared with a token.

A token never gives a secret back, so a backup is made from enrolled accounts or kept copies.
formats/ticktap_backup.py defines the format.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ticktap.errors import BadInput, PartFailed
from ticktap.files import private_files
from ticktap.formats import ticktap_backup
from ticktap.formats.result import ImportResult, InputFile
from ticktap.otp.account import Account, Listed

Shape = tuple[str, str, str, str, int, int]  # what a token reports of an account and does not change


@dataclass(frozen=True)
class Backup:
    """An opened backup: when it was made (Unix seconds), and its accounts."""

    made: int
    accounts: list[Account]


@dataclass
class Comparison:
    """The accounts of a token and a backup, as labels. `counters`: HOTP accounts whose counter is higher on
    the token.
    """

    both: list[tuple[Account, Listed]] = field(default_factory=list)
    token_only: list[str] = field(default_factory=list)
    backup_only: list[str] = field(default_factory=list)
    counters: list[str] = field(default_factory=list)


def read(data: bytes, passphrase: str) -> Backup:
    """Decrypts a backup.

    Raises:
        BadInput: it is not a backup, the passphrase is wrong (result.WrongPassword), or it is damaged.
        PartFailed: some of its accounts cannot be used by this ticktap.
    """
    file = InputFile(data)
    if not ticktap_backup.recognise(file):
        raise BadInput("this is not a ticktap backup", "'ticktap account import' reads other apps' files.")
    found: ImportResult = ticktap_backup.read(file, passphrase)
    if found.refused:
        names = ", ".join(each.name for each in found.refused)
        raise PartFailed(f"the backup has accounts that this ticktap cannot use: {names}", "Update ticktap.")
    return Backup(ticktap_backup.made(file, passphrase), found.accounts)


def write(path: Path, accounts: Sequence[Account], passphrase: str, made: int, replace: bool = False) -> None:
    """Writes a backup durably, readable by its owner only, and verifies it.

    Raises:
        Refused: the file exists and `replace` is not given.
        BadInput: the passphrase is too short, or the file cannot be written.
    """
    data = ticktap_backup.encrypt(accounts, passphrase, made)
    private_files.write(path, data, replace)
    if read(private_files.read(path), passphrase).accounts != list(accounts):
        raise BadInput(f"{path} differs from what was written", "Write the backup to another disk.")


def merged(old: Iterable[Account], new: Iterable[Account]) -> list[Account]:
    """Merges accounts. Of equal accounts the later one is kept, with the higher counter."""
    everyone: dict[tuple[Shape, bytes], Account] = {}
    for each in (*old, *new):
        key = shape(each), each.secret
        before = everyone.get(key)
        everyone[key] = replace(each, counter=max(each.counter, before.counter)) if before else each
    return list(everyone.values())


def shape(account: Account | Listed) -> Shape:
    """Returns what a token reports of an account and does not change: all but number, order, counter and
    suffix.
    """
    period = 0 if account.type == "hotp" else account.period
    return account.issuer, account.name, account.type, account.algorithm, account.digits, period


def compare(accounts: Iterable[Account], listed: Iterable[Listed]) -> Comparison:
    """Compares by name and parameters; only codes show whether the secrets are equal (bulk_import.check)."""
    result = Comparison()
    waiting: dict[Shape, list[Account]] = {}
    for account in accounts:
        waiting.setdefault(shape(account), []).append(account)
    for each in listed:
        same = waiting.get(shape(each))
        if not same or each.damaged:
            result.token_only.append(each.label)
            continue
        account = same.pop(0)
        result.both.append((account, each))
        if each.counter > account.counter:
            result.counters.append(each.label)
    result.backup_only = [each.label for same in waiting.values() for each in same]
    return result
