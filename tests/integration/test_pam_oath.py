"""libpam-oath against oathtool: the verifier itself, before any token is asked.

The verifier's clock is the machine's. It searches five steps either way, so a step that ends between making
and checking a code makes no difference here.
"""

import time

import pytest

from integration import oathtool

SECRET = b"12345678901234567890"


def now():
    return int(time.time())


def wrong_code(secret, digits=6, period=30):
    """A code that no step near now has."""
    near = oathtool.totps(secret, now() - 20 * period, 41, digits, period)
    return next(code for code in (f"{n:0{digits}d}" for n in range(100)) if code not in near)


@pytest.mark.parametrize(("digits", "period"), [(6, 30), (8, 30), (7, 30), (6, 60)])
def test_right_code_is_accepted_once(pam_oath, digits, period):
    login = pam_oath(SECRET, digits=digits, period=period)
    code = oathtool.totp(SECRET, now(), digits, period)
    assert login.accepts(code)
    assert not login.accepts(code)


def test_wrong_code_is_refused_and_does_not_spoil_the_right_one(pam_oath):
    login = pam_oath(SECRET)
    assert not login.accepts(wrong_code(SECRET))
    assert login.accepts(oathtool.totp(SECRET, now()))


@pytest.mark.parametrize("secret", [b"0123456789", bytes(range(32))], ids=["80-bit", "256-bit"])
def test_short_and_long_secrets(pam_oath, secret):
    assert pam_oath(secret).accepts(oathtool.totp(secret, now()))


def test_another_secrets_code_is_refused(pam_oath):
    other = bytes(reversed(SECRET))
    near = oathtool.totps(SECRET, now() - 600, 41)
    code = next(code for code in oathtool.totps(other, now() - 600, 41) if code not in near)
    assert not pam_oath(SECRET).accepts(code)


def test_a_step_before_the_last_used_one_is_refused(pam_oath):
    login = pam_oath(SECRET)
    earlier, current = oathtool.totps(SECRET, now() - 30, 2)
    assert login.accepts(current)
    assert not login.accepts(earlier)


@pytest.mark.parametrize(("steps", "accepted"), [(-7, False), (-3, True), (3, True), (7, False)])
def test_how_far_a_clock_may_be_off(pam_oath, steps, accepted):
    assert pam_oath(SECRET).accepts(oathtool.totp(SECRET, now() + 30 * steps)) is accepted


def test_a_code_with_something_around_it_is_refused(pam_oath):
    code = oathtool.totp(SECRET, now())
    login = pam_oath(SECRET)
    assert not login.accepts(code + "0")
    assert not login.accepts(code[:-1])
    assert not login.accepts("")


def test_hotp_codes_in_order_once_each(pam_oath):
    login = pam_oath(SECRET, period=None)
    codes = [oathtool.hotp(SECRET, counter) for counter in range(4)]
    assert codes == ["755224", "287082", "359152", "969429"]  # RFC 4226, appendix D
    assert login.accepts(codes[0])
    assert login.accepts(codes[2])
    assert not login.accepts(codes[1])
    assert not login.accepts(codes[2])
    assert login.accepts(codes[3])


@pytest.mark.parametrize(
    ("algorithm", "size", "code"),
    [("SHA1", 20, "94287082"), ("SHA256", 32, "46119246"), ("SHA512", 64, "90693936")],
)
def test_the_generator_itself(algorithm, size, code):
    secret = (b"1234567890" * 7)[:size]
    assert oathtool.totp(secret, 59, 8, algorithm=algorithm) == code  # RFC 6238, appendix B


def test_users_file_is_private(pam_oath, tmp_path_factory):
    pam_oath(SECRET)
    users = list(tmp_path_factory.getbasetemp().glob("pam*/users.oath"))
    assert users
    assert all(file.stat().st_mode & 0o077 == 0 for file in users)
