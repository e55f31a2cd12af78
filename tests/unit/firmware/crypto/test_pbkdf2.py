"""A key from a PIN: PBKDF2-HMAC-SHA-1 in parts, against RFC 6070 and the standard library."""

import hashlib

import pytest

from fob.crypto.cmac import derive
from fob.crypto.pbkdf2 import ROUNDS, Pbkdf2
from fob.crypto.siv import KEY_SIZE
from support.aes import Aes

# RFC 6070: password, salt, rounds, 20 bytes
VECTORS = [
    ("password", b"salt", 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
    ("password", b"salt", 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"),
    ("password", b"salt", 4096, "4b007901b765489abead49d926f721d065a429c1"),
]


def stretched(digits, salt, rounds, step):
    stretch = Pbkdf2(Aes, digits, salt, rounds)
    parts = 0
    while True:
        key = stretch.step(step)
        parts += 1
        if key is not None:
            return key, stretch._sum.to_bytes(20, "big"), parts


@pytest.mark.parametrize(("password", "salt", "rounds", "expected"), VECTORS)
def test_the_published_vectors(password, salt, rounds, expected):
    assert stretched(password, salt, rounds, 10_000)[1].hex() == expected


@pytest.mark.parametrize("digits", ["1234", "9999999999999999"])
@pytest.mark.parametrize("rounds", [1, 2, 3, 200, 201, 1000])
@pytest.mark.parametrize("step", [1, 7, 200, 100_000])
def test_the_key_does_not_depend_on_the_parts(digits, rounds, step):
    salt = bytes(range(16))
    total = hashlib.pbkdf2_hmac("sha1", digits.encode(), salt, rounds)
    key, ours, parts = stretched(digits, salt, rounds, step)
    assert ours == total
    assert key == derive(Aes, total[:16], b"ticktap buttons", salt, KEY_SIZE)
    assert len(key) == 64
    assert parts == max(1, -(-(rounds - 1) // step))


def test_the_rounds_in_use():
    assert ROUNDS == 4096  # docs/security.md reckons with it
    salt = b"s" * 16
    key, ours, _ = stretched("2413", salt, ROUNDS, 200)
    assert ours == hashlib.pbkdf2_hmac("sha1", b"2413", salt, ROUNDS)
    assert key != stretched("2414", salt, ROUNDS, ROUNDS)[0]
    assert key != stretched("2413", b"t" * 16, ROUNDS, ROUNDS)[0]
