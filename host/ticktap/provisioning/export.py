"""The tokens of a box for verifiers of others: the files of export.py, with users' names and tokens' numbers.

A verifier knows people by their sign-in names, so the manifest's user stands where a file names somebody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ticktap.errors import BadInput
from ticktap.formats import oath_csv, pskc
from ticktap.formats.export import TARGETS
from ticktap.otp.account import Account

KINDS = ("oath", "pam", "csv", "pskc")
FOLDERS = ("pam",)  # a file for each user
_NOT_HERE = ("The users are", "Serial numbers are made up")  # warnings of export.py that do not hold here


@dataclass(frozen=True, slots=True)
class Finished:
    """One token that is finished."""

    label: str
    user: str
    serial: str
    account: Account


@dataclass(frozen=True, slots=True)
class Export:
    """Contents by file name, or under "" for a single file; what was left out, and why."""

    files: dict[str, bytes]
    unfit: list[tuple[str, str]]
    warnings: list[str]


def export(kind: str, finished: Sequence[Finished], password: str = "") -> Export:
    """The file, or files, of one of KINDS. Only pskc takes a password.

    Raises:
        BadInput: two tokens of one user, for a kind that has one for each user.
    """
    target = TARGETS[kind]
    named = [replace(each, account=replace(each.account, name=each.user)) for each in finished]
    unfit = [(each.label, why) for each in named if (why := target.unfit(each.account))]
    fit = [each for each in named if not target.unfit(each.account)]
    accounts, serials = [each.account for each in fit], [each.serial for each in fit]
    if kind in FOLDERS:
        _once(fit)
        files = {each.user: target.write([each.account], "") for each in fit}
    elif kind == "csv":
        files = {"": oath_csv.format(accounts, serials)}
    elif kind == "pskc":
        files = {"": pskc.format(accounts, password, serials)}
    else:
        files = {"": target.write(accounts, "")}
    return Export(files, unfit, [each for each in target.warn(accounts) if not each.startswith(_NOT_HERE)])


def _once(finished: Sequence[Finished]) -> None:
    names = [each.user for each in finished]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(
                f"the user {name} has two tokens, and google-authenticator's file holds one",
                "Take another kind.",
            )
