"""AES-SIV (RFC 5297): authenticated encryption with associated data (AAD).

It needs no nonce. If the same data is encrypted twice, the results are equal. A bad source of random numbers,
or a store that a power cut has set back, can reveal nothing else.

    encrypted = authentication tag (16 bytes) | ciphertext (as long as the plaintext)
"""

from .cmac import BLOCK, Cmac, double, number, padded

KEY_SIZE = 64  # bytes: half for the tag, half for the cipher (AES-256-SIV)
TAG_SIZE = BLOCK
MAX_PLAINTEXT = 320  # bytes that can be encrypted at once
_buffer = memoryview(bytearray(MAX_PLAINTEXT))
_CLEAR = ~(1 << 63 | 1 << 31)  # the bits that RFC 5297, 2.5 clears in the counter


class Siv:
    """`aes`: see cmac.py. `key`: 64 bytes."""

    def __init__(self, aes, key):
        self._aes = aes
        self._mac = Cmac(aes, key[: KEY_SIZE // 2])
        self._key = key[KEY_SIZE // 2 :]
        self._zero = number(self._mac.digest(bytes(BLOCK)))

    def encrypt(self, plain, aad=None):
        """Encrypts at most MAX_PLAINTEXT bytes. Decrypting needs the same `aad`."""
        tag = self._tag(plain, aad)
        return tag + bytes(self._cipher(number(tag), plain))

    def decrypt(self, encrypted, aad=None):
        """Decrypts. Returns None if the data, the key or the AAD is not the right one."""
        plain = self.decrypt_view(encrypted, aad)
        return None if plain is None else bytes(plain)

    def decrypt_view(self, encrypted, aad=None):
        """Like `decrypt`, with less heap: returns a view into a buffer that the next call overwrites."""
        if not TAG_SIZE <= len(encrypted) <= TAG_SIZE + MAX_PLAINTEXT:
            return None
        encrypted = memoryview(encrypted)
        tag = number(encrypted[:TAG_SIZE])
        plain = self._cipher(tag, encrypted[TAG_SIZE:])
        return None if tag ^ number(self._tag(plain, aad)) else plain  # constant time, like cmac.equal

    def _tag(self, plain, aad):
        """S2V of the AAD, if there is one, and the plaintext (RFC 5297, 2.4)."""
        start, size = self._zero, len(plain)
        if aad is not None:
            start = double(start) ^ number(self._mac.digest(aad))
        if size < BLOCK:
            return self._mac.digest_end(b"", number(padded(bytes(plain))) ^ double(start), BLOCK)
        cut = (size - BLOCK) // BLOCK * BLOCK
        return self._mac.digest_end(plain[:cut], number(plain[cut:]) ^ start, size - cut)

    def _cipher(self, tag, data):
        out = _buffer[: len(data)]
        if data:
            self._aes.ctr(self._key, (tag & _CLEAR).to_bytes(BLOCK, "big"), data, out)
        return out
