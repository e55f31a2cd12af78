"""Files that are no exports: each is called what it is, and no password is asked for."""

import lzma
import os

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from ticktap.errors import BadInput
from ticktap.formats import foreign, registry
from ticktap.formats.result import InputFile

NOISE = bytes(os.urandom(1200))


def key_store():
    key = ec.generate_private_key(ec.SECP256R1())
    return pkcs12.serialize_key_and_certificates(b"x", key, None, None, BestAvailableEncryption(b"x"))


FILES = {
    "heic": (b"\0\0\0\x24ftypheic\0\0\0\0" + NOISE, "picture"),
    "avif": (b"\0\0\0\x20ftypavif\0\0\0\0" + NOISE, "picture"),
    "film": (b"\0\0\0\x20ftypisom\0\0\0\0" + NOISE, "video"),
    "bmp": (b"BM" + NOISE, "picture"),
    "tiff": (b"II*\0" + NOISE, "picture"),
    "KeePass": (bytes.fromhex("03d9a29a67fb4bb5") + NOISE, "KeePass"),
    "Password Safe": (b"PWS3" + NOISE, "Password Safe"),
    "openssl": (b"Salted__" + NOISE, "openssl"),
    "age": (b"age-encryption.org/v1\n" + NOISE, "age"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + NOISE, "compressed"),
    "rar": (b"Rar!\x1a\x07\x01\0" + NOISE, "compressed"),
    "xz": (lzma.compress(NOISE), "compressed"),
    "zstandard": (b"\x28\xb5\x2f\xfd" + NOISE, "compressed"),
    "PKCS #12": (key_store(), "key store"),
    "a sound": (b"RIFF\0\0\0\0WAVE" + NOISE, "audio"),
    "Office": (bytes.fromhex("d0cf11e0a1b11ae1") + NOISE, "Office"),
    "a session key, then data": (b"\x85\x01\x0c\x03" + NOISE[:267] + b"\xd2\x41\x01" + NOISE, "OpenPGP"),
    "a passphrase, newer form": (b"\xc3\x0d\x04\x09\x03\x08" + NOISE, "OpenPGP"),
}


@pytest.mark.parametrize("what", FILES)
def test_it_is_called_what_it_is(what):
    data, word = FILES[what]
    with pytest.raises(BadInput, match=word) as caught:
        registry.recognise(InputFile(data))
    assert caught.value.remedy


def test_random_bytes_are_hardly_ever_taken_for_something():
    """An encrypted andOTP backup has no sign of what it is: it must not be called another thing."""
    taken = sum(foreign.what(os.urandom(600)) is not None for _ in range(3000))
    assert taken < 15
