"""AES-SIV against RFC 5297 and a library; whatever is changed is refused.

Ours takes two keys of 32 bytes. The vectors of RFC 5297 have two of 16, which the same code takes when it is
handed them; A.2 has three strings beside the plaintext and is of no use here.
"""

import random

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from fob.crypto import siv
from fob.crypto.siv import KEY_SIZE, TAG_SIZE, Siv
from support.aes import Aes

A1_KEY = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
A1_BOUND = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
A1_PLAIN = bytes.fromhex("112233445566778899aabbccddee")
A1_SEALED = bytes.fromhex("85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c")


def test_the_published_vector(monkeypatch):
    monkeypatch.setattr(siv, "KEY_SIZE", 32)
    box = Siv(Aes, A1_KEY)
    assert box.encrypt(A1_PLAIN, A1_BOUND) == A1_SEALED
    assert box.decrypt(A1_SEALED, A1_BOUND) == A1_PLAIN


def test_every_length_against_a_library():
    dice = random.Random(5297)
    for size in range(130):
        key, plain = dice.randbytes(KEY_SIZE), dice.randbytes(size)
        aad = dice.randbytes(dice.randrange(70))
        ours, theirs = Siv(Aes, key), AESSIV(key)
        encrypted = ours.encrypt(plain, aad)
        assert encrypted == (
            theirs.encrypt(plain, [aad]) if size else encrypted
        )  # it refuses to seal nothing
        assert ours.decrypt(encrypted, aad) == plain
        assert len(encrypted) == TAG_SIZE + size


def test_bound_to_nothing_against_a_library():
    """A plaintext alone is one string of RFC 5297's vector; bound to b"" it is two."""
    dice = random.Random(52970)
    for size in range(1, 130):
        key, plain = dice.randbytes(KEY_SIZE), dice.randbytes(size)
        encrypted = Siv(Aes, key).encrypt(plain)
        assert encrypted == AESSIV(key).encrypt(plain, None)
        assert Siv(Aes, key).decrypt(encrypted) == plain
        assert Siv(Aes, key).decrypt(encrypted, b"") is None


@pytest.mark.parametrize("top", [0x7F, 0xFF])
def test_counters_that_carry(top, monkeypatch):
    """RFC 5297, 2.5 clears two bits of the tag so that no implementation's 32 or 64 bits overflow."""
    dice, counters = random.Random(top), []

    class Watched(Aes):
        @staticmethod
        def ctr(key, counter, data, out):
            counters.append(counter)
            Aes.ctr(key, counter, data, out)

    for _ in range(40):
        key, plain = dice.randbytes(KEY_SIZE), dice.randbytes(100)
        encrypted = Siv(Watched, key).encrypt(plain, b"")
        assert encrypted == AESSIV(key).encrypt(plain, [b""])
        assert counters[-1][8] & 0x80 == counters[-1][12] & 0x80 == 0
    assert {tag[8] & 0x7F for tag in counters} != {0}


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 40])
def test_whatever_is_changed_is_refused(size):
    dice = random.Random(size)
    key, plain, aad = dice.randbytes(KEY_SIZE), dice.randbytes(size), b"account\1\0"
    box = Siv(Aes, key)
    encrypted = box.encrypt(plain, aad)
    for at in range(len(encrypted)):
        for bit in range(8):
            changed = bytearray(encrypted)
            changed[at] ^= 1 << bit
            assert box.decrypt(bytes(changed), aad) is None
    for at in range(len(aad)):
        for bit in range(8):
            changed = bytearray(aad)
            changed[at] ^= 1 << bit
            assert box.decrypt(encrypted, bytes(changed)) is None
    for cut in range(len(encrypted)):
        assert box.decrypt(encrypted[:cut], aad) is None
    assert box.decrypt(encrypted + b"\0", aad) is None
    assert box.decrypt(encrypted, aad + b"\0") is None


def test_every_bit_of_the_key_counts():
    key = random.Random(1).randbytes(KEY_SIZE)
    encrypted = Siv(Aes, key).encrypt(b"plain text of an account", b"")
    for at in range(KEY_SIZE):
        other = bytearray(key)
        other[at] ^= 0x10
        assert Siv(Aes, bytes(other)).decrypt(encrypted, b"") is None
