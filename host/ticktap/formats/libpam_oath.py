"""Writes users.oath of libpam-oath: type, user, PIN (none), key in hexadecimal, and for HOTP the counter."""

from __future__ import annotations

from collections.abc import Sequence

from ticktap.formats.file_format import ExportKind, Format, Writer
from ticktap.otp.account import Account

_SECRET = 32  # bytes; seen with libpam-oath 2.6.7


def unfit(account: Account) -> str:
    """Returns why libpam-oath cannot check an account's codes; "" if it can."""
    if account.type == "steam":
        return "libpam-oath has no Steam codes"
    if account.algorithm != "SHA1":
        return f"libpam-oath knows SHA-1 only, not {account.algorithm}"
    if account.digits not in (6, 7, 8):
        return "libpam-oath knows 6 to 8 digits"
    if account.type == "totp" and account.period not in (30, 60):
        return "libpam-oath supports periods of 30 and 60 s"
    if len(account.secret) > _SECRET:
        return f"libpam-oath refuses every code of a secret longer than {_SECRET} bytes"
    if not account.name or any(each.isspace() for each in account.name):
        return "its name is empty or contains white space, which separates fields of the file"
    return ""


def format(accounts: Sequence[Account], password: str = "", serials: Sequence[str] = ()) -> bytes:
    """Writes the file. The accounts' names are the users."""
    lines = []
    for each in accounts:
        moving = "E" if each.type == "hotp" else f"T{each.period}"
        counter = f"\t{each.counter}" if each.counter else ""
        lines.append(f"HOTP/{moving}/{each.digits}\t{each.name}\t-\t{each.secret.hex()}{counter}\n")
    return "".join(lines).encode()


def warnings(accounts: Sequence[Account]) -> list[str]:
    """What an administrator must configure."""
    found = ["libpam-oath never locks a user out after wrong codes. Add pam_faillock."]
    if several := sorted({str(each.digits) for each in accounts} - {"6"}):
        found.append(
            f"Set digits={several[0]} in the PAM configuration: it applies to all users of a service."
        )
    return found


FORMAT = Format(
    "users-oath",
    "users.oath of libpam-oath",
    (".oath",),
    writer=Writer(
        format,
        (ExportKind("oath", "users.oath of libpam-oath"),),
        unfit,
        warnings,
        made_up=(
            "The user names are the accounts' names: change those that differ from the server's login names."
        ),
        for_servers=True,
    ),
)
