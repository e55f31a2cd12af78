"""libpam-oath takes the users.oath that `export` writes."""

import time

import pytest

from integration.pam_oath import PamOath
from ticktap.formats import registry
from ticktap.otp import code_check
from ticktap.otp.account import Account

SECRET = b"12345678901234567890"
ACCOUNTS = [
    Account("Firm", "alice", SECRET),
    Account("Firm", "bob", SECRET[::-1] + b"0123456789ab", digits=8, period=60),
    Account("Firm", "carol", SECRET[5:], type="hotp", counter=41),
    Account("Firm", "dora", SECRET[5:], type="hotp", counter=0, digits=7),
]


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.name)
def test_right_codes_are_accepted_once_and_wrong_ones_never(tmp_path, account):
    users = registry.writer("oath").write(ACCOUNTS, "").decode()
    pam = PamOath(tmp_path, digits=account.digits, users=users, user=account.name)
    moving = account.counter if account.type == "hotp" else int(time.time()) // account.period
    code = code_check.code_at(account, moving)
    wrong = str((int(code[0]) + 1) % 10) + code[1:]
    assert not pam.accepts(wrong)
    assert pam.accepts(code)
    assert not pam.accepts(code)


def test_an_exported_counter_does_not_start_over(tmp_path):
    account = ACCOUNTS[2]
    users = registry.writer("oath").write([account], "").decode()
    pam = PamOath(tmp_path, users=users, user=account.name, window=3)
    assert not pam.accepts(code_check.code_at(account, account.counter - 1))
    assert pam.accepts(code_check.code_at(account, account.counter))
