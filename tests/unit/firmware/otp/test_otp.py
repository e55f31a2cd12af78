"""HOTP, TOTP and Steam codes: the RFCs' tables, our own, an independent implementation and pyotp."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random

import pyotp
import pytest
from pyotp.contrib import Steam

from fob.crypto.hmac import Hmac
from fob.otp import otp
from support import otp_vectors

ALGORITHMS = ("SHA1", "SHA256", "SHA512")

both_paths = pytest.mark.parametrize("native", [True, False], ids=["native", "software"])
each_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS)


def independent_code(algorithm: str, key: bytes, counter: int, digits: int) -> str:
    """RFC 4226, section 5.3, from the standard library and by strings: nothing shared with the firmware."""
    value = hmac.new(key, bytes.fromhex(f"{counter:016x}"), getattr(hashlib, algorithm.lower())).hexdigest()
    at = 2 * int(value[-1], 16)
    return f"{int(value[at : at + 8], 16) % 2**31:010d}"[-digits:]


@both_paths
@pytest.mark.parametrize(("counter", "authentication_code", "truncated", "code"), otp_vectors.RFC_4226)
def test_rfc_4226_appendix_d(
    counter: int, authentication_code: str, truncated: int, code: str, native: bool
) -> None:
    key = Hmac("SHA1", otp_vectors.RFC_4226_KEY, native=native)
    assert key.digest(counter.to_bytes(8, "big")).hex() == authentication_code
    assert otp.truncate(bytes.fromhex(authentication_code)) == truncated
    assert otp.hotp(key, counter) == code


@both_paths
@each_algorithm
@pytest.mark.parametrize(("unix", "codes"), otp_vectors.RFC_6238)
def test_rfc_6238_appendix_b(unix: int, codes: dict[str, str], algorithm: str, native: bool) -> None:
    key = Hmac(algorithm, otp_vectors.RFC_6238_KEYS[algorithm], native=native)
    assert otp.code("totp", key, otp.step(unix, 30), 8) == codes[algorithm]


@both_paths
def test_the_short_seed_gives_another_sha256_code(native: bool) -> None:
    """RFC 6238 prints one seed of 20 bytes, but its SHA-256 and SHA-512 rows come from longer ones."""
    key = Hmac("SHA256", otp_vectors.RFC_6238_KEYS["SHA1"], native=native)
    assert otp.hotp(key, otp.step(59, 30), 8) == "32247374"


@both_paths
@pytest.mark.parametrize(("algorithm", "key", "unix", "period", "digits", "code"), otp_vectors.OURS)
def test_our_own_rows(
    algorithm: str, key: bytes, unix: int, period: int, digits: int, code: str, native: bool
) -> None:
    assert independent_code(algorithm, key, unix // period, digits) == code
    assert otp.code("totp", Hmac(algorithm, key, native=native), otp.step(unix, period), digits) == code


@both_paths
@pytest.mark.parametrize(("algorithm", "key", "counter", "code"), otp_vectors.LARGE_COUNTERS)
def test_counters_past_32_bits(algorithm: str, key: bytes, counter: int, code: str, native: bool) -> None:
    assert independent_code(algorithm, key, counter, 6) == code
    assert otp.code("hotp", Hmac(algorithm, key, native=native), counter, 6) == code


@both_paths
@each_algorithm
@pytest.mark.parametrize("digits", range(5, 11))
def test_random_accounts_against_an_independent_implementation(
    algorithm: str, digits: int, native: bool
) -> None:
    source = random.Random(f"{algorithm} {digits}")
    for _ in range(20):
        key = source.randbytes(source.randint(10, 128))
        counter = source.getrandbits(source.choice((8, 31, 32, 33, 64)))
        expected = independent_code(algorithm, key, counter, digits)
        assert otp.hotp(Hmac(algorithm, key, native=native), counter, digits) == expected


@each_algorithm
@pytest.mark.parametrize("size", [10, 16, 20, 32, 64, 65, 128])
@pytest.mark.parametrize("digits", range(5, 11))
def test_pyotp_agrees(algorithm: str, size: int, digits: int) -> None:
    key = random.Random(size).randbytes(size)
    oracle = pyotp.TOTP(
        base64.b32encode(key).decode(), digits=digits, digest=getattr(hashlib, algorithm.lower()), interval=45
    )
    ours = Hmac(algorithm, key, native=False)
    for unix in (59, 1795305600, 4102444799):
        assert otp.hotp(ours, otp.step(unix, 45), digits) == oracle.at(unix)


@both_paths
@pytest.mark.parametrize(("unix", "code"), otp_vectors.STEAM)
def test_steam(unix: int, code: str, native: bool) -> None:
    assert otp.steam(Hmac("SHA1", otp_vectors.STEAM_KEY, native=native), otp.step(unix, 30)) == code


def test_steam_against_pyotp() -> None:
    key = bytes(range(20))
    oracle = Steam(base64.b32encode(key).decode())
    ours = Hmac("SHA1", key)
    for unix in range(1795305600, 1795305600 + 30 * 300, 30):
        assert otp.code("steam", ours, otp.step(unix, 30)) == oracle.at(unix)


def test_steam_ignores_digits() -> None:
    key = Hmac("SHA1", otp_vectors.STEAM_KEY)
    assert otp.code("steam", key, 0, 8) == "2TC8B"


class FixedMac:
    """A Mac whose authentication code is given."""

    def __init__(self, value: bytes) -> None:
        self.value = value

    def digest(self, message: bytes) -> bytes:
        return self.value


@pytest.mark.parametrize(
    ("digits", "code"),
    [(5, "00007"), (6, "000007"), (7, "0000007"), (8, "00000007"), (9, "000000007"), (10, "0000000007")],
)
def test_leading_zeros_are_kept(digits: int, code: str) -> None:
    assert otp.hotp(FixedMac(b"\0\0\0\7" + bytes(16)), 0, digits) == code


def test_the_top_bit_is_dropped() -> None:
    assert otp.truncate(b"\xff" * 4 + bytes(16)) == 0x7FFFFFFF
    assert otp.hotp(FixedMac(b"\xff" * 4 + bytes(16)), 0, 10) == "2147483647"


@pytest.mark.parametrize("size", [20, 32, 64])
@pytest.mark.parametrize("offset", range(16))
def test_the_offset_is_in_the_last_byte(size: int, offset: int) -> None:
    value = bytes(range(100, 100 + size - 1)) + bytes([0xF0 | offset])
    expected = int.from_bytes(value[offset : offset + 4], "big") & 0x7FFFFFFF
    assert otp.truncate(value) == expected


@pytest.mark.parametrize("digits", [4, 11, 0, -6])
def test_digits_out_of_range_are_refused(digits: int) -> None:
    with pytest.raises(ValueError, match="digits must be 5 to 10"):
        otp.hotp(Hmac("SHA1", b"key"), 0, digits)


@pytest.mark.parametrize("counter", [-1, 1 << 64])
def test_counters_out_of_range_are_refused(counter: int) -> None:
    with pytest.raises(ValueError, match="counter outside 64 bits"):
        otp.hotp(Hmac("SHA1", b"key"), counter)


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        otp.code("motp", Hmac("SHA1", b"key"), 0)


@pytest.mark.parametrize(
    ("unix", "period", "step", "remaining"),
    [
        (0, 30, 0, 30),
        (29, 30, 0, 1),
        (30, 30, 1, 30),
        (59, 30, 1, 1),
        (1795305600, 1, 1795305600, 1),
        (1795305607, 7, 256472229, 3),
        (4102444799, 3600, 1139567, 1),
        (4102444799, 3599, 1139884, 1316),
    ],
)
def test_steps(unix: int, period: int, step: int, remaining: int) -> None:
    assert (otp.step(unix, period), otp.remaining(unix, period)) == (step, remaining)
    assert otp.step(unix + remaining, period) == step + 1
    assert otp.step(unix + remaining - 1, period) == step
