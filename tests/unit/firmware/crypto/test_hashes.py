"""sha1, sha256 and sha512 against FIPS 180-4's examples and the standard library."""

from __future__ import annotations

import hashlib
import random
from types import ModuleType

import pytest

from fob.crypto import digest, sha1, sha256, sha512
from support import otp_vectors

MODULES = {"SHA1": sha1, "SHA256": sha256, "SHA512": sha512}
SMALL_INT_LIMIT = 1 << 30  # of a 31-bit small integer

each_hash = pytest.mark.parametrize("name", MODULES)


@pytest.mark.parametrize(("name", "message", "expected"), otp_vectors.HASHES)
def test_published_digests(name: str, message: bytes, expected: str) -> None:
    assert digest.digest(MODULES[name], message).hex() == expected


@each_hash
def test_every_length_to_300(name: str) -> None:
    source = random.Random(180).randbytes(300)
    for length in range(301):
        message = source[:length]
        assert digest.digest(MODULES[name], message) == hashlib.new(name, message).digest(), length


@each_hash
def test_sizes_are_the_standard_librarys(name: str) -> None:
    module, standard = MODULES[name], hashlib.new(name)
    assert (standard.block_size, standard.digest_size) == (module.BLOCK, module.SIZE)


@each_hash
@pytest.mark.parametrize("byte", [0x00, 0x55, 0xAA, 0xFF])
def test_blocks_of_one_byte_value(name: str, byte: int) -> None:
    module = MODULES[name]
    message = bytes([byte]) * (3 * module.BLOCK)
    assert digest.digest(module, message) == hashlib.new(name, message).digest()


@each_hash
def test_a_kept_state_can_be_continued_again_and_again(name: str) -> None:
    module = MODULES[name]
    start = bytes(range(module.BLOCK)) * 2
    state = digest.absorb(module, module.INITIAL, start)
    for tail in (b"", b"tail", bytes(500), b"tail"):
        assert digest.finish(module, state, len(start), tail) == hashlib.new(name, start + tail).digest()


@each_hash
def test_a_state_stays_as_it_was(name: str) -> None:
    module = MODULES[name]
    state = list(module.INITIAL)
    module.compress(state, bytes(module.BLOCK))
    assert tuple(state) == module.INITIAL


@each_hash
def test_the_length_in_the_padding_goes_past_32_bits(name: str) -> None:
    """The last block is made by hand here, so no gigabyte has to be hashed to see its length."""
    module = MODULES[name]
    absorbed = module.BLOCK << 30
    padding = b"\x80" + (8 * absorbed).to_bytes(module.BLOCK - 1, "big")
    state = module.compress(module.INITIAL, padding)
    expected = b"".join(part.to_bytes(2, "big") for part in state)
    assert digest.finish(module, module.INITIAL, absorbed, b"") == expected


class Bounded(int):
    """An integer that refuses to grow past what a 31-bit interpreter holds without allocating."""

    def _checked(self, value: int) -> Bounded:
        assert -SMALL_INT_LIMIT <= value < SMALL_INT_LIMIT, hex(value)
        return Bounded(value)

    def __add__(self, other: int) -> Bounded:
        return self._checked(int(self) + int(other))

    def __and__(self, other: int) -> Bounded:
        return self._checked(int(self) & int(other))

    def __or__(self, other: int) -> Bounded:
        return self._checked(int(self) | int(other))

    def __xor__(self, other: int) -> Bounded:
        return self._checked(int(self) ^ int(other))

    def __lshift__(self, other: int) -> Bounded:
        return self._checked(int(self) << int(other))

    def __rshift__(self, other: int) -> Bounded:
        return self._checked(int(self) >> int(other))


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Message words become Bounded, and through the schedule so does everything computed from them."""

    def split(data: bytes, parts: int) -> list[list[int]]:
        return [[Bounded(number) for number in column] for column in digest.split(data, parts)]

    for module in MODULES.values():
        monkeypatch.setattr(module, "split", split)


def bounded_state(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(Bounded(number) for number in numbers)


@each_hash
def test_nothing_outgrows_a_small_integer(name: str, bounded: None) -> None:
    module: ModuleType = MODULES[name]
    source = random.Random(31)
    pairs = len(module.INITIAL) // 2
    extremes = ((0xFFFF, 0xFFFF) * pairs, (0xFFFF, 0) * pairs, (0, 0xFFFF) * pairs)
    for block in (b"\xff" * module.BLOCK, bytes(module.BLOCK), source.randbytes(module.BLOCK)):
        for state in (module.INITIAL, *extremes):
            after = module.compress(bounded_state(state), block)
            assert all(isinstance(number, Bounded) for number in after)
