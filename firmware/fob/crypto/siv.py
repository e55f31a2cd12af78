"""AES-SIV (RFC 5297): bytes sealed under a key, bound to what they belong to.

Chosen because it needs no nonce: what is sealed twice alike looks alike, and nothing worse follows from a bad
source of random numbers or from a store that a power cut set back.

    sealed = authentication tag (16 bytes) | ciphertext (as long as the plaintext)
"""

from .cmac import BLOCK, Cmac, double, number, padded

KEY_SIZE = 64  # bytes: half for the tag, half for the cipher (AES-256-SIV)
TAG_SIZE = BLOCK
MAX_PLAINTEXT = 320  # bytes that are sealed at once
_buffer = memoryview(bytearray(MAX_PLAINTEXT))
_CLEAR = ~(1 << 63 | 1 << 31)  # bits that the counter of RFC 5297, 2.5 leaves out


class Siv:
    """`aes`: see cmac.py. `key`: 64 bytes."""

    def __init__(self, aes, key):
        self._aes = aes
        self._mac = Cmac(aes, key[: KEY_SIZE // 2])
        self._key = key[KEY_SIZE // 2 :]
        self._zero = number(self._mac.digest(bytes(BLOCK)))

    def encrypt(self, plain, aad=None):
        """`plain`, of at most LONGEST bytes, sealed; opens with the same `aad` only."""
        tag = self._tag(plain, aad)
        return tag + bytes(self._cipher(number(tag), plain))

    def decrypt(self, encrypted, aad=None):
        """What was sealed, or None when it is not that, not bound to that, or another key's."""
        plain = self.decrypt_view(encrypted, aad)
        return None if plain is None else bytes(plain)

    def decrypt_view(self, encrypted, aad=None):
        """The same as a view that holds until anything else is sealed or opened: it takes less heap."""
        if not TAG_SIZE <= len(encrypted) <= TAG_SIZE + MAX_PLAINTEXT:
            return None
        encrypted = memoryview(encrypted)
        tag = number(encrypted[:TAG_SIZE])
        plain = self._cipher(tag, encrypted[TAG_SIZE:])
        return None if tag ^ number(self._tag(plain, aad)) else plain  # as `equal`, which see

    def _tag(self, plain, aad):
        """S2V of the plaintext, and of what it is bound to if there is that (RFC 5297, 2.4)."""
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
