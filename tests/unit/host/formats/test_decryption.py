"""Ciphers and key derivations: published test vectors, and what a file may at most ask for."""

import hashlib

import pytest

from ticktap.errors import BadInput
from ticktap.formats import decryption
from ticktap.formats.result import WrongPassword

GIB = 1 << 30


@pytest.fixture
def no_work(monkeypatch):
    """Limits are checked; nothing is derived."""
    monkeypatch.setattr(decryption, "interruptible", lambda work: b"derived")


# RFC 6070, section 2
@pytest.mark.parametrize(
    ("rounds", "derived"),
    [
        (1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
        (2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"),
        (4096, "4b007901b765489abead49d926f721d065a429c1"),
    ],
)
def test_pbkdf2(rounds, derived):
    assert decryption.pbkdf2("sha1", "password", b"salt", rounds, 20).hex() == derived


def test_pbkdf2_has_32_bytes_if_nothing_else_is_said():
    expected = hashlib.pbkdf2_hmac("sha512", "caf\u00e9".encode(), b"salt", 3)[:32]
    assert decryption.pbkdf2("sha512", "caf\u00e9", b"salt", 3) == expected


@pytest.mark.parametrize(
    ("rounds", "length", "allowed"),
    [
        (0, 32, False),
        (1, 32, True),
        (10_000_000, 32, True),
        (10_000_001, 32, False),
        (1, 0, False),
        (1, 1, True),
        (1, 128, True),
        (1, 129, False),
    ],
)
def test_limits_of_pbkdf2(no_work, rounds, length, allowed):
    if allowed:
        assert decryption.pbkdf2("sha1", "x", b"salt", rounds, length) == b"derived"
    else:
        with pytest.raises(BadInput, match="number of iterations is out of range"):
            decryption.pbkdf2("sha1", "x", b"salt", rounds, length)


# RFC 7914, section 12: the first 32 of 64 bytes, which do not depend on the length
@pytest.mark.parametrize(
    ("secret", "salt", "costs", "derived"),
    [
        (b"", b"", (16, 1, 1), "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"),
        (
            *(b"password", b"NaCl", (1024, 8, 16)),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162",
        ),
        (
            *(b"pleaseletmein", b"SodiumChloride", (16384, 8, 1)),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2",
        ),
    ],
)
def test_scrypt(secret, salt, costs, derived):
    assert decryption.scrypt(secret, salt, *costs).hex() == derived


@pytest.mark.parametrize(
    ("costs", "work"),
    [
        ((32768, 8, 1), 32 << 20),  # Aegis: 32 MiB
        ((1 << 20, 8, 1), GIB),
        ((1 << 20, 8, 4), 4 * GIB),
        ((2, 1024, 16), 4 << 20),
        ((1, 1, 1), 128),
    ],
)
def test_the_work_of_scrypt_is_its_memory_times_its_passes(costs, work):
    assert decryption.scrypt_work(*costs) == work


@pytest.mark.parametrize(
    "costs",
    [
        (1 << 20, 9, 1),  # more than 1 GiB
        ((1 << 20) + 1, 8, 1),
        *((0, 8, 1), (-2, 8, 1), (2, 0, 1), (2, -1, 1), (2, 1025, 1)),
        *((2, 8, 0), (2, 8, -1), (2, 8, 17)),
        (1 << 40, 1 << 40, 1),
    ],
)
def test_a_scrypt_of_too_much_memory(costs):
    with pytest.raises(BadInput, match="needs too much memory$"):
        decryption.scrypt_work(*costs)


def test_scrypt_of_too_many_passes():
    with pytest.raises(BadInput, match="too much memory and time"):
        decryption.scrypt(b"", b"", 1 << 20, 8, 5)


def test_scrypt_with_another_n_than_a_power_of_two():
    with pytest.raises(BadInput, match="parameters of its key derivation are invalid"):
        decryption.scrypt(b"", b"", 3, 1, 1)


def test_the_work_of_a_file():
    decryption.check_work(4 * GIB)
    with pytest.raises(BadInput, match="too much memory and time"):
        decryption.check_work(4 * GIB + 1)


# The tests of the reference implementation (phc-winner-argon2, src/test.c), version 0x13, "somesalt"
@pytest.mark.parametrize(
    ("passes", "kib", "lanes", "derived"),
    [
        (2, 256, 1, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
        (2, 256, 2, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
    ],
)
def test_argon2id(passes, kib, lanes, derived):
    assert decryption.argon2id("password", b"somesalt", passes, kib, lanes).hex() == derived


@pytest.mark.parametrize("costs", [(1, 8, 1), (64, 8, 1), (1, 512, 64), (4, 1 << 20, 1)])
def test_the_largest_and_the_smallest_argon2id(no_work, costs):
    assert decryption.argon2id("x", bytes(16), *costs) == b"derived"


@pytest.mark.parametrize(
    ("costs", "words"),
    [
        *(((passes, 8, 1), "needs too much memory$") for passes in (0, 65)),
        *(((1, kib, 1), "needs too much memory$") for kib in (7, (1 << 20) + 1)),
        *(((1, 1024, lanes), "needs too much memory$") for lanes in (0, 65)),
        ((5, 1 << 20, 1), "too much memory and time"),
        ((1, 8, 2), "are invalid"),  # eight KiB a lane are needed
    ],
)
def test_an_argon2id_that_is_refused(no_work, costs, words):
    with pytest.raises(BadInput, match=words):
        decryption.argon2id("x", bytes(16), *costs)


# McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 and 14
@pytest.mark.parametrize(
    ("ciphertext", "plain"),
    [
        ("530f8afbc74536b9a963b4f1c4cb738b", b""),
        ("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919", bytes(16)),
    ],
)
def test_gcm(ciphertext, plain):
    assert decryption.decrypt_gcm(bytes(32), bytes(12), bytes.fromhex(ciphertext)) == plain
    for wrong in (ciphertext[:-2], "00" + ciphertext[2:], ""):
        with pytest.raises(WrongPassword):
            decryption.decrypt_gcm(bytes(32), bytes(12), bytes.fromhex(wrong))
    with pytest.raises(WrongPassword):
        decryption.decrypt_gcm(bytes(32), b"", bytes.fromhex(ciphertext))
    with pytest.raises(WrongPassword):
        decryption.decrypt_gcm(bytes(32), bytes(12), bytes.fromhex(ciphertext), b"other data")


def test_cbc_without_its_padding_is_a_wrong_password():
    """NIST SP 800-38A, F.2.1; the plain text ends with the byte 2a."""
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    block = bytes.fromhex("7649abac8119b246cee98e9b12e9197d")
    for ciphertext in (block, block[:-1], b""):
        with pytest.raises(WrongPassword):
            decryption.decrypt_cbc(key, bytes(range(16)), ciphertext)


def test_a_password_that_is_no_text():
    with pytest.raises(WrongPassword):
        decryption.encoded("\ud800")
    assert decryption.encoded("caf\u00e9") == b"caf\xc3\xa9"


def test_an_error_of_a_derivation_arrives():
    with pytest.raises(ZeroDivisionError):
        decryption.interruptible(lambda: 1 // 0)
