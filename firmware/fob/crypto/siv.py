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
_counter = bytearray(BLOCK)  # the first counter block of AES-CTR


class Siv:
    """`aes`: see cmac.py. `key`: 64 bytes."""

    def __init__(self, aes, key):
        self._aes = aes
        self._mac = Cmac(aes, key[: KEY_SIZE // 2])
        self._key = key[KEY_SIZE // 2 :]
        self._zero = number(self._mac.digest(bytes(BLOCK)))
        self._masks = {}  # without AAD: missing bytes of the last block -> what is added to the end

    def encrypt(self, plain, aad=None):
        """Encrypts at most MAX_PLAINTEXT bytes. Decrypting needs the same `aad`."""
        tag = self._tag(plain, aad)
        return tag + bytes(self._cipher(tag, plain))

    def decrypt(self, encrypted, aad=None):
        """Decrypts. Returns None if the data, the key or the AAD is not the right one."""
        plain = self.decrypt_view(encrypted, aad)
        return None if plain is None else bytes(plain)

    def decrypt_view(self, encrypted, aad=None):
        """Like `decrypt`, with less heap: returns a view into a buffer that the next call overwrites."""
        if not TAG_SIZE <= len(encrypted) <= TAG_SIZE + MAX_PLAINTEXT:
            return None
        encrypted = memoryview(encrypted)
        tag = encrypted[:TAG_SIZE]
        plain = self._cipher(tag, encrypted[TAG_SIZE:])
        return (
            None if number(tag) ^ number(self._tag(plain, aad)) else plain
        )  # constant time, like cmac.equal

    def _tag(self, plain, aad):
        """S2V of the AAD, if there is one, and the plaintext (RFC 5297, 2.4)."""
        size = len(plain)
        if aad is None and size >= BLOCK:
            fill = -size % BLOCK
            if fill not in self._masks:
                self._masks[fill] = self._zero << 8 * fill ^ self._mac.mask(fill)
            cut = (size - BLOCK) // BLOCK * BLOCK
            end = number(plain[cut:]) << 8 * fill ^ self._masks[fill]
            return self._mac.digest_padded(plain[:cut], end, size - cut + fill)
        start = self._zero
        if aad is not None:
            start = double(start) ^ number(self._mac.digest(aad))
        if size < BLOCK:
            return self._mac.digest_end(b"", number(padded(bytes(plain))) ^ double(start), BLOCK)
        cut = (size - BLOCK) // BLOCK * BLOCK
        return self._mac.digest_end(plain[:cut], number(plain[cut:]) ^ start, size - cut)

    def _cipher(self, tag, data):
        out = _buffer[: len(data)]
        if data:
            _counter[:] = tag
            _counter[8] &= 0x7F  # RFC 5297, 2.5 clears these two bits
            _counter[12] &= 0x7F
            self._aes.ctr(self._key, _counter, data, out)
        return out
