"""Decrypts one chunk of libsodium's secretstream (XChaCha20-Poly1305), for exports of Ente Auth.

`cryptography` has ChaCha20 and Poly1305 but not this arrangement of them: HChaCha20 of the header makes the
key (draft-irtf-cfrg-xchacha-03, section 2.2), the tag byte is encrypted as a block of its own, and the
padding before Poly1305's lengths has a slip of libsodium's that belongs to the format by now.
"""

from __future__ import annotations

import struct

from ticktap.formats.result import WrongPassword

HEADER_BYTES = 24
OVERHEAD = 17  # bytes: the encrypted tag byte and the authenticator
FINAL = 3
_CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")
_MASK = 0xFFFFFFFF
# The eight quarter rounds of a double round: columns, then diagonals (RFC 8439 section 2.3).
_QUARTERS = (
    *((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)),
    *((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)),
)


def open_chunk(key: bytes, header: bytes, ciphertext: bytes) -> bytes:
    """Decrypts the message of a stream of one chunk.

    Raises:
        WrongPassword: the key is not that of the stream, or it was changed or cut off.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.poly1305 import Poly1305

    if len(header) != HEADER_BYTES or len(ciphertext) < OVERHEAD or len(key) != 32:
        raise WrongPassword
    key, nonce = hchacha20(key, header[:16]), header[16:]
    tag, content, mac = ciphertext[:1], ciphertext[1:-16], ciphertext[-16:]
    # The whole block is authenticated as encrypted: the encrypted tag byte and 63 key stream bytes.
    block = _stream(key, nonce, 1, tag + bytes(63))
    try:
        Poly1305.verify_tag(_stream(key, nonce, 0, bytes(32)), _authenticated(tag + block[1:], content), mac)
    except InvalidSignature:
        raise WrongPassword from None
    if block[0] != FINAL:
        raise WrongPassword
    return _stream(key, nonce, 2, content)


def hchacha20(key: bytes, nonce: bytes) -> bytes:
    """HChaCha20: 32 bytes from a key of 32 and a nonce of 16."""
    state = [*_CONSTANTS, *struct.unpack("<8I", key), *struct.unpack("<4I", nonce)]
    for _ in range(10):
        for quarter in _QUARTERS:
            _quarter_round(state, *quarter)
    return struct.pack("<8I", *state[:4], *state[12:])


def _quarter_round(state: list[int], a: int, b: int, c: int, d: int) -> None:
    for first, second, third, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[first] = (state[first] + state[second]) & _MASK
        mixed = state[third] ^ state[first]
        state[third] = (mixed << turn | mixed >> (32 - turn)) & _MASK


def _stream(key: bytes, nonce: bytes, counter: int, data: bytes) -> bytes:
    """ChaCha20 with a counter of 32 bits. The first chunk of a stream has the number 1."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

    start = struct.pack("<II", counter, 1) + nonce
    return Cipher(ChaCha20(key, start), mode=None).encryptor().update(data)


def _authenticated(block: bytes, content: bytes) -> bytes:
    padding = bytes((16 - 64 + len(content)) & 15)
    return block + content + padding + struct.pack("<QQ", 0, 64 + len(content))
