"""Accounts, and the check of their codes: HOTP (RFC 4226), TOTP (RFC 6238) and Steam.

It does no I/O and reads no clock. The caller passes the time, and stores which codes were used.
"""

from ticktap.otp.account import Account, AccountType, Algorithm, Listed, Suffix, match
from ticktap.otp.code_check import Reason, Verdict, code_at, explain, hotp, normalise, steam, verify

__all__ = [
    "Account",
    "AccountType",
    "Algorithm",
    "Listed",
    "Reason",
    "Suffix",
    "Verdict",
    "code_at",
    "explain",
    "hotp",
    "match",
    "normalise",
    "steam",
    "verify",
]
