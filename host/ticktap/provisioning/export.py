"""Exports the tokens of a batch for other verifiers, with users' names and tokens' serial numbers.

Verifiers identify users by sign-in names, so the files contain the manifest's users.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ticktap.errors import BadInput
from ticktap.formats import registry
from ticktap.otp.account import Account

KINDS = {name: writer for name, (writer, _) in registry.export_kinds().items() if writer.for_servers}


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished token."""

    label: str
    user: str
    serial: str
    account: Account


@dataclass(frozen=True, slots=True)
class Export:
    """Contents by file name, or under "" for a single file; the accounts left out, with reasons."""

    files: dict[str, bytes]
    unfit: list[tuple[str, str]]
    warnings: list[str]


def export(kind: str, finished: Sequence[Finished], password: str = "") -> Export:
    """Writes the files of one of KINDS. `password`: only for writers that encrypt.

    Raises:
        BadInput: two tokens of one user, for a kind that has one for each user.
    """
    writer = KINDS[kind]
    named = [replace(each, account=replace(each.account, name=each.user)) for each in finished]
    unfit = [(each.label, why) for each in named if (why := writer.unfit(each.account))]
    fit = [each for each in named if not writer.unfit(each.account)]
    accounts, serials = [each.account for each in fit], [each.serial for each in fit]
    if writer.single:  # a file for each user
        _once(fit)
        files = {each.user: writer.write([each.account]) for each in fit}
    else:
        files = {"": writer.write(accounts, password, serials)}
    return Export(files, unfit, writer.warn(accounts))


def _once(finished: Sequence[Finished]) -> None:
    names = [each.user for each in finished]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(
                f"the user {name} has two tokens, but google-authenticator's file can contain one only",
                "Use another kind.",
            )
