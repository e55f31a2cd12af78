"""Writes the state file of pam_google_authenticator: the secret, then options, each after a double quote."""

from __future__ import annotations

from collections.abc import Sequence

from ticktap.formats import base32
from ticktap.formats.file_format import ExportKind, Format, Writer
from ticktap.otp.account import Account

_COUNTER = 1  # with 0 it refuses every code; seen with libpam-google-authenticator 20191231


def unfit(account: Account) -> str:
    """Returns why the module cannot check an account's codes; "" if it can."""
    if account.type == "steam":
        return "google-authenticator has no Steam codes"
    if account.algorithm != "SHA1":
        return f"google-authenticator knows SHA-1 only, not {account.algorithm}"
    return "" if account.digits == 6 else "google-authenticator knows 6 digits only"


def format(accounts: Sequence[Account], password: str = "", serials: Sequence[str] = ()) -> bytes:
    """Writes the file of one account."""
    (account,) = accounts
    lines = [base32.encode(account.secret), '" RATE_LIMIT 3 30']
    if account.type == "hotp":
        lines += [f'" HOTP_COUNTER {max(account.counter, _COUNTER)}']
    else:
        lines += ['" WINDOW_SIZE 3', '" DISALLOW_REUSE', f'" STEP_SIZE {account.period}', '" TOTP_AUTH']
    return ("\n".join(lines) + "\n").encode()


def warnings(accounts: Sequence[Account]) -> list[str]:
    """What an administrator must know."""
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
    if any(each.type == "hotp" and each.counter < _COUNTER for each in accounts):
        found.append(
            "It does not support a counter of 0. Type the first code elsewhere; the second one signs in."
        )
    return found


FORMAT = Format(
    "google-authenticator-pam",
    "file of google-authenticator for PAM",
    (),
    writer=Writer(
        format,
        (ExportKind("pam", "the file of google-authenticator for PAM"),),
        unfit,
        warnings,
        single=True,
        for_servers=True,
    ),
)
