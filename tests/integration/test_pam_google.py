"""google-authenticator's PAM module takes the file that `export` writes, and the codes that a token types."""

import dataclasses
import time

import pytest

from integration.pam_google import PamGoogle
from ticktap.formats import registry
from ticktap.otp.account import Account

SECRET = b"12345678901234567890"
TOTP = Account("Site", "alice", SECRET, suffix="enter")
SLOW = dataclasses.replace(TOTP, secret=SECRET * 3, period=60)
HOTP = dataclasses.replace(TOTP, type="hotp", counter=41)


@pytest.fixture
def typist(make_virtual_token, make_virtual_client):
    """typist(account): a function that clicks a token with this account, and gives the code it typed."""

    def enrolled(account):
        token = make_virtual_token(unix=time.time())
        make_virtual_client(token).add(account.to_params())

        def click():
            token.clear_typed()
            token.press()
            token.advance_until(lambda: token.typed.endswith("\n"), 5000)
            return token.typed.strip()

        return click

    return enrolled


def exported(folder, account):
    return PamGoogle(folder, registry.writer("pam").write([account], ""))


@pytest.mark.parametrize("account", [TOTP, SLOW, HOTP], ids=["30 s", "60 s, long secret", "counter"])
def test_a_typed_code_signs_in_once(typist, tmp_path, account):
    pam = exported(tmp_path, account)
    code = typist(account)()
    assert pam.accepts(code)
    assert not pam.accepts(code)
    assert not pam.accepts(str((int(code[0]) + 1) % 10) + code[1:])


def test_a_counter_goes_on(typist, tmp_path):
    pam, click = exported(tmp_path, HOTP), typist(HOTP)
    assert [pam.accepts(click()) for _ in range(2)] == [True, True]


def test_a_counter_of_0_signs_in_with_the_second_code_as_the_warning_says(typist, tmp_path):
    account = dataclasses.replace(HOTP, counter=0)
    assert any("counter of 0" in warning for warning in registry.writer("pam").warn([account]))
    pam, click = exported(tmp_path, account), typist(account)
    click()
    assert pam.accepts(click())
