"""HMAC against RFC 2202, RFC 4231 and the standard library, on both paths."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from fob.crypto import hmac as crypto_hmac
from support import otp_vectors

ALGORITHMS = ("SHA1", "SHA256", "SHA512")

both_paths = pytest.mark.parametrize("native", [True, False], ids=["native", "software"])
each_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS)


@both_paths
@pytest.mark.parametrize(("algorithm", "key", "message", "expected"), otp_vectors.MACS)
def test_published_codes(algorithm: str, key: bytes, message: bytes, expected: str, native: bool) -> None:
    assert crypto_hmac.Hmac(algorithm, key, native=native).digest(message).hex().startswith(expected)


@both_paths
@each_algorithm
def test_every_key_length_around_the_block(algorithm: str, native: bool) -> None:
    block = crypto_hmac.BLOCKS[algorithm]
    for length in (0, 1, 10, 20, block - 1, block, block + 1, 2 * block, 131):
        key = bytes((3 * i + length) % 256 for i in range(length))
        expected = hmac.digest(key, b"\0\0\0\0\0\0\0\1", algorithm.lower())
        assert crypto_hmac.Hmac(algorithm, key, native=native).digest(b"\0\0\0\0\0\0\0\1") == expected, length


@both_paths
@each_algorithm
def test_one_mac_serves_many_messages(algorithm: str, native: bool) -> None:
    kept = crypto_hmac.Hmac(algorithm, b"a key", native=native)
    for message in (b"", b"first", b"second" * 40, b"first"):
        assert kept.digest(message) == hmac.digest(b"a key", message, algorithm.lower())


@each_algorithm
def test_a_short_message_costs_two_blocks(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = crypto_hmac.Hmac(algorithm, b"a key", native=False)
    module = kept._hash._module
    compress, blocks = module.compress, []

    def counted(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
        blocks.append(block)
        return compress(state, block)

    monkeypatch.setattr(module, "compress", counted)
    kept.digest(bytes(8))
    assert len(blocks) == 2


@each_algorithm
def test_software_does_not_touch_hashlib(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto_hmac, "hashlib", None)
    expected = hmac.digest(b"key" * 50, b"message", algorithm.lower())
    assert crypto_hmac.Hmac(algorithm, b"key" * 50).digest(b"message") == expected
    assert crypto_hmac.Hmac(algorithm, b"key" * 50, native=False).digest(b"message") == expected


class CircuitPython10_0:
    """Its hashlib: new() alone, SHA-1 alone, objects without copy()."""

    def __init__(self) -> None:
        self.has_request: list[str] = []

    def new(self, name: str, data: bytes = b"") -> object:
        self.has_request.append(name)
        if name != "sha1":
            raise ValueError("Unsupported hash algorithm")
        return DigestOnly(hashlib.new(name, data))


class DigestOnly:
    def __init__(self, inner: object) -> None:
        self.digest = inner.digest


def test_the_interpreter_is_asked_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto_hmac, "hashlib", CircuitPython10_0())
    assert [name for name in ALGORITHMS if crypto_hmac.has_native(name)] == ["SHA1"]


@each_algorithm
def test_a_partial_hashlib_is_used_for_what_it_has(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    partial = CircuitPython10_0()
    monkeypatch.setattr(crypto_hmac, "hashlib", partial)
    kept = crypto_hmac.Hmac(algorithm, b"k" * 200)
    partial.has_request.clear()
    assert kept.digest(b"message") == hmac.digest(b"k" * 200, b"message", algorithm.lower())
    assert partial.has_request == (["sha1", "sha1"] if algorithm == "SHA1" else [])


def test_a_hashlib_without_new_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto_hmac, "hashlib", object())
    assert not any(crypto_hmac.has_native(name) for name in ALGORITHMS)


def test_insisting_on_a_missing_hash_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto_hmac, "hashlib", CircuitPython10_0())
    with pytest.raises(ValueError, match="no SHA512"):
        crypto_hmac.Hmac("SHA512", b"key", native=True)


@pytest.mark.parametrize("name", ["MD5", "sha1", "SHA-256", ""])
def test_unknown_algorithms_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="unknown hash algorithm"):
        crypto_hmac.Hmac(name, b"key")


@both_paths
@each_algorithm
def test_the_key_shows_nowhere(algorithm: str, native: bool) -> None:
    assert "topsecretkey" not in repr(crypto_hmac.Hmac(algorithm, b"topsecretkey", native=native))
