"""A site's sign-in, tested with a token that really types. `pip install ticktap pytest`, then `pytest`."""

import hashlib
import hmac
import struct

SECRET = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"  # as the site shows it: base32
RAW = b"12345678901234567890"  # as the site keeps it


def site_accepts(code: str, now: float) -> bool:
    """What your site does with a code: here RFC 6238 with one step of tolerance."""

    def code_at(step: int) -> str:
        mac = hmac.digest(RAW, struct.pack(">Q", step), hashlib.sha1)
        number = struct.unpack_from(">I", mac, mac[-1] & 15)[0] & 0x7FFFFFFF
        return f"{number % 10**6:06d}"

    return any(hmac.compare_digest(code, code_at(int(now) // 30 + late)) for late in (0, -1, 1))


def press(token) -> str:
    """Presses the button; returns what the token typed."""
    token.clear_typed()
    token.press()
    assert token.advance_until(lambda: len(token.typed) == 6, 5_000)
    return token.typed


def test_the_code_of_the_token_signs_in(virtual_token, virtual_client):
    virtual_client.add_secret(SECRET)
    assert site_accepts(press(virtual_token), now=virtual_token.unix)


def test_a_code_is_no_longer_good_after_two_minutes(virtual_token, virtual_client):
    virtual_client.add_secret(SECRET)
    code = press(virtual_token)
    virtual_token.advance(120_000)
    assert not site_accepts(code, now=virtual_token.unix)
