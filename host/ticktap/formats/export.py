"""Writes accounts to files for other programs: apps, and verifiers on servers.

Each target says which accounts fit, writes the file, and warns of known problems. Writing is pure:
accounts in, bytes out; cli/export.py puts them where the person wants them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from ticktap.formats import base32, otpauth
from ticktap.otp.account import Account

Unfit = Callable[[Account], str]


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of file.

    Args:
        key: what the command line calls it.
        title: what it is, in a few words.
        unfit: why an account cannot be written; empty when it can.
        write: the file's bytes; the second argument is a password, empty for none.
        warn: sentences about what goes wrong with accounts that were written.
        single: takes one account only.
        password: may be encrypted.
    """

    key: str
    title: str
    unfit: Unfit
    write: Callable[[Sequence[Account], str], bytes]
    warn: Callable[[Sequence[Account]], list[str]] = field(default=lambda accounts: [])
    single: bool = False
    password: bool = False


def fits_all(account: Account) -> str:
    """For targets that every account fits."""
    return ""


def _uris(accounts: Sequence[Account], password: str) -> bytes:
    return "".join(otpauth.format(each) + "\n" for each in accounts).encode()


def _phone_warnings(accounts: Sequence[Account]) -> list[str]:
    found = []
    unusual = [each.label for each in accounts if each.type != "steam" and _is_unusual(each)]
    if unusual:
        found.append(
            "Google Authenticator (Android), Microsoft Authenticator and Authy have ignored algorithm, "
            f"digits or period, and then show wrong codes: {', '.join(unusual)}."
        )
    return found


def _is_unusual(account: Account) -> bool:
    return account.algorithm != "SHA1" or account.digits != 6 or account.period not in (0, 30)


def _google(accounts: Sequence[Account], password: str) -> bytes:
    from ticktap.formats import google_migration

    return "".join(each + "\n" for each in google_migration.format(accounts)).encode()


def _unfit_google(account: Account) -> str:
    from ticktap.formats import google_migration

    return google_migration.unfit(account)


def _aegis(accounts: Sequence[Account], password: str) -> bytes:
    from ticktap.formats import aegis

    return aegis.format(accounts, password)


# --- verifiers --------------------------------------------------------------------------------------------


_OATH_SECRET = 32  # bytes; seen with libpam-oath 2.6.7


def _oath_unfit(account: Account) -> str:
    if account.type == "steam":
        return "libpam-oath has no Steam codes"
    if account.algorithm != "SHA1":
        return f"libpam-oath knows SHA-1 only, not {account.algorithm}"
    if account.digits not in (6, 7, 8):
        return "libpam-oath knows 6 to 8 digits"
    if account.type == "totp" and account.period not in (30, 60):
        return "libpam-oath supports periods of 30 and 60 s"
    if len(account.secret) > _OATH_SECRET:
        return f"libpam-oath refuses every code of a secret longer than {_OATH_SECRET} bytes"
    if not _user(account):
        return "its name is empty or contains white space, which separates fields of the file"
    return ""


def _user(account: Account) -> str:
    """Returns the user name for the file: the account's name, if it is valid."""
    return account.name if account.name and not any(each.isspace() for each in account.name) else ""


def _oath(accounts: Sequence[Account], password: str) -> bytes:
    """users.oath: type, user, PIN (none), key in hexadecimal, and for HOTP the counter."""
    lines = []
    for each in accounts:
        moving = "E" if each.type == "hotp" else f"T{each.period}"
        counter = f"\t{each.counter}" if each.counter else ""
        lines.append(f"HOTP/{moving}/{each.digits}\t{each.name}\t-\t{each.secret.hex()}{counter}\n")
    return "".join(lines).encode()


def _oath_warnings(accounts: Sequence[Account]) -> list[str]:
    found = [
        "libpam-oath never locks a user out after wrong codes. Add pam_faillock.",
        "The user names are the accounts' names: change those that differ from the server's login names.",
    ]
    if several := sorted({str(each.digits) for each in accounts} - {"6"}):
        found.append(
            f"Set digits={several[0]} in the PAM configuration: it applies to all users of a service."
        )
    return found


_PAM_COUNTER = 1  # with 0 it refuses every code; seen with libpam-google-authenticator 20191231


def _pam_unfit(account: Account) -> str:
    if account.type == "steam":
        return "google-authenticator has no Steam codes"
    if account.algorithm != "SHA1":
        return f"google-authenticator knows SHA-1 only, not {account.algorithm}"
    return "" if account.digits == 6 else "google-authenticator knows 6 digits only"


def _pam(accounts: Sequence[Account], password: str) -> bytes:
    """The state file of pam_google_authenticator: the secret, then options, each after a double quote."""
    (account,) = accounts
    lines = [base32.encode(account.secret), '" RATE_LIMIT 3 30']
    if account.type == "hotp":
        lines += [f'" HOTP_COUNTER {max(account.counter, _PAM_COUNTER)}']
    else:
        lines += ['" WINDOW_SIZE 3', '" DISALLOW_REUSE', f'" STEP_SIZE {account.period}', '" TOTP_AUTH']
    return ("\n".join(lines) + "\n").encode()


def _pam_warnings(accounts: Sequence[Account]) -> list[str]:
    found = [
        "Store it as the user's ~/.google_authenticator, mode 0600.",
        "At most three sign-ins in 30 seconds are allowed, including successful ones.",
        "It has no scratch codes: a user who loses the token cannot sign in.",
    ]
    if any(each.type == "hotp" for each in accounts):
        found.append(
            "Every wrong code increments its counter, and codes are refused while the counter is ahead of "
            "the token: type codes into another program until the token has caught up."
        )
    if any(each.type == "hotp" and each.counter < _PAM_COUNTER for each in accounts):
        found.append(
            "It does not support a counter of 0. Type the first code elsewhere; the second one signs in."
        )
    return found


def _of_format(module: str) -> tuple[Unfit, Callable[[Sequence[Account], str], bytes]]:
    def unfit(account: Account) -> str:
        return str(import_module(f"ticktap.formats.{module}").unfit(account))

    def write(accounts: Sequence[Account], password: str) -> bytes:
        writer = import_module(f"ticktap.formats.{module}").format
        return bytes(writer(accounts, password) if module == "pskc" else writer(accounts))

    return unfit, write


def _csv_warnings(accounts: Sequence[Account]) -> list[str]:
    return ["The serial numbers are generated, from TT000001: change them if the server has such tokens."]


def _pskc_warnings(accounts: Sequence[Account]) -> list[str]:
    found = _csv_warnings(accounts)
    if any(each.algorithm != "SHA1" for each in accounts):
        found.append(
            "The hash is written as privacyIDEA reads it, <Suite>SHA256</Suite>; servers that expect "
            "HMAC-SHA256 treat the token as SHA-1."
        )
    return found


_CSV_UNFIT, _CSV = _of_format("oath_csv")
_PSKC_UNFIT, _PSKC = _of_format("pskc")

TARGETS = {
    each.key: each
    for each in (
        Target("uri", "otpauth URIs, one per line", fits_all, _uris, _phone_warnings),
        Target("qr", "a folder of QR code pictures", fits_all, _uris, _phone_warnings),
        Target("terminal", "QR codes on this terminal", fits_all, _uris, _phone_warnings),
        Target("google", "Google Authenticator transfer codes", _unfit_google, _google, _phone_warnings),
        Target("aegis", "an Aegis vault", fits_all, _aegis, password=True),
        Target("oath", "users.oath of libpam-oath", _oath_unfit, _oath, _oath_warnings),
        Target(
            "pam", "the file of google-authenticator for PAM", _pam_unfit, _pam, _pam_warnings, single=True
        ),
        Target("csv", "OATH CSV for privacyIDEA", _CSV_UNFIT, _CSV, _csv_warnings),
        Target("pskc", "PSKC (RFC 6030)", _PSKC_UNFIT, _PSKC, _pskc_warnings, password=True),
    )
}
