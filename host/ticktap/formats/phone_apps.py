"""Known problems of authenticator apps with key URIs and transfer codes."""

from __future__ import annotations

from collections.abc import Sequence

from ticktap.otp.account import Account


def warnings(accounts: Sequence[Account]) -> list[str]:
    """Names the accounts whose parameters some apps ignore."""
    unusual = [each.label for each in accounts if each.type != "steam" and _is_unusual(each)]
    if not unusual:
        return []
    return [
        "Google Authenticator (Android), Microsoft Authenticator and Authy have ignored algorithm, "
        f"digits or period, and then show wrong codes: {', '.join(unusual)}."
    ]


def _is_unusual(account: Account) -> bool:
    return account.algorithm != "SHA1" or account.digits != 6 or account.period not in (0, 30)
