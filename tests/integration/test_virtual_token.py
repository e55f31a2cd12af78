"""From a QR picture to a sign-in: what the virtual token types, libpam-oath accepts once and not again."""

import io
import time

import pytest
import segno

from ticktap.formats import otpauth, qr_code
from ticktap.otp.account import Account

SECRET = b"12345678901234567890"


def picture(account):
    """The QR code a site would show, as the bytes of a PNG."""
    out = io.BytesIO()
    segno.make(otpauth.format(account)).save(out, kind="png", scale=4)
    return out.getvalue()


def typed_by_a_click(token):
    token.clear_typed()
    token.press()
    token.advance_until(lambda: token.typed.endswith("\n"), 5000)  # it may wait for the next step
    return token.typed.strip()


@pytest.mark.parametrize(
    ("type", "digits", "period"), [("totp", 6, 30), ("totp", 8, 60), ("hotp", 6, 0), ("hotp", 7, 0)]
)
def test_a_typed_code_signs_in_once(make_virtual_token, make_virtual_client, pam_oath, type, digits, period):
    token = make_virtual_token(unix=time.time())
    account = qr_code.read_account(
        picture(Account("Site", "alice", SECRET, type, "SHA1", digits, period, 0, "enter"))
    )
    params = {**account.to_params(), "suffix": "enter"}
    make_virtual_client(token).add(params)
    login = pam_oath(SECRET, digits=digits, period=period or None)
    code = typed_by_a_click(token)
    assert login.accepts(code)
    assert not login.accepts(code)
    if type == "hotp":
        assert login.accepts(typed_by_a_click(token))


def test_a_clock_that_is_an_hour_off_does_not_sign_in(make_virtual_token, make_virtual_client, pam_oath):
    token = make_virtual_token(unix=time.time() + 3600)
    make_virtual_client(token).add({**Account("Site", "alice", SECRET).to_params(), "suffix": "enter"})
    assert not pam_oath(SECRET).accepts(typed_by_a_click(token))
