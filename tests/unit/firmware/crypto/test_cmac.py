"""AES-CMAC and derived keys, against RFC 4493 and a library."""

import random

import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFCMAC, CounterLocation, Mode

from fob.crypto.cmac import Cmac, derive, double, equal, number, padded
from support.aes import Aes

KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
MESSAGE = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
# RFC 4493, section 4
VECTORS = {
    0: "bb1d6929e95937287fa37d129b756746",
    16: "070a16b46b4d4144f79bdd9dd04a287c",
    40: "dfa66747de9ae63030ca32611497c827",
    64: "51f0bebf7e3b9d92fc49741779363cfe",
}


@pytest.mark.parametrize("size", VECTORS)
def test_the_published_vectors(size):
    assert Cmac(Aes, KEY).digest(MESSAGE[:size]).hex() == VECTORS[size]


def test_the_published_subkeys():
    one = double(number(Aes.cbc_mac(KEY, b"", bytes(16))))
    assert f"{one:032x}" == "fbeed618357133667c85e08f7236a8de"
    assert f"{double(one):032x}" == "f7ddac306ae266ccf90bc11ee46d513b"


@pytest.mark.parametrize("key_size", [16, 32])
def test_every_length_against_a_library(key_size):
    dice = random.Random(key_size)
    key = dice.randbytes(key_size)
    ours = Cmac(Aes, key)
    for size in range(130):
        message = dice.randbytes(size)
        theirs = CMAC(AES(key))
        theirs.update(message)
        assert ours.digest(message) == theirs.finalize(), size


@pytest.mark.parametrize("size", [1, 15, 16, 17, 32, 64, 100])
@pytest.mark.parametrize("key_size", [16, 32])
@pytest.mark.parametrize(
    ("label", "context"), [(b"ticktap device", b"12345678"), (b"", b""), (b"x" * 20, b"")]
)
def test_derived_keys_against_a_library(label, context, key_size, size):
    key = random.Random(size).randbytes(key_size)
    theirs = KBKDFCMAC(
        algorithm=AES,
        mode=Mode.CounterMode,
        length=size,
        rlen=1,
        llen=2,
        location=CounterLocation.BeforeFixed,
        label=label,
        context=context,
        fixed=None,
    )
    assert derive(Aes, key, label, context, size) == theirs.derive(key)


def test_the_parts():
    assert double(1) == 2
    assert double(1 << 127) == 0x87
    assert double((1 << 127) | 1) == 0x87 ^ 2
    assert padded(b"") == b"\x80" + bytes(15)
    assert padded(b"x" * 15) == b"x" * 15 + b"\x80"
    assert number(b"\1\0") == 256


def test_the_comparison():
    assert equal(b"", b"")
    assert equal(bytes(range(64)), bytes(range(64)))
    assert not equal(b"", b"\0")
    assert not equal(b"ab", b"abc")
    for at in range(64):
        for bit in range(8):
            other = bytearray(range(64))
            other[at] ^= 1 << bit
            assert not equal(bytes(range(64)), bytes(other))
