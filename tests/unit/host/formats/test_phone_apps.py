"""Accounts whose parameters some apps ignore."""

import pytest

from ticktap.formats import phone_apps
from ticktap.otp.account import Account

SECRET = b"12345678901234567890"
USUAL = [
    Account("E", "usual", SECRET),
    Account("E", "counter", SECRET, type="hotp"),
    Account("E", "steam", SECRET, type="steam"),
]


def test_usual_accounts_need_no_warning():
    assert phone_apps.warnings(USUAL) == []
    assert phone_apps.warnings([]) == []


@pytest.mark.parametrize(
    "given",
    [
        {"algorithm": "SHA256"},
        {"algorithm": "SHA512"},
        {"digits": 7},
        {"digits": 8},
        {"period": 60},
        {"period": 29},
        {"type": "hotp", "digits": 8},
    ],
)
def test_unusual_accounts_are_named(given):
    (warning,) = phone_apps.warnings([*USUAL, Account("E", "one", SECRET, **given)])
    assert warning.endswith("and then show wrong codes: E:one.")


def test_all_of_them_are_named():
    more = [Account("E", name, SECRET, digits=8) for name in ("one", "two")]
    assert phone_apps.warnings(more)[0].endswith(": E:one, E:two.")
