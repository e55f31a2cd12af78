"""AES-SIV (RFC 5297): bytes sealed under a key, bound to what they belong to.

Chosen because it needs no nonce: what is sealed twice alike looks alike, and nothing worse follows from a bad
source of random numbers or from a store that a power cut set back.

    sealed = authentication tag (16 bytes) | ciphertext (as long as the plaintext)
"""

from .cmac import BLOCK, Cmac, double, number, padded, same, xor

KEY = 64  # bytes: half for the tag, half for the cipher (AES-256-SIV)
TAG = BLOCK
_CLEAR = ~(1 << 63 | 1 << 31)  # bits that the counter of RFC 5297, 2.5 leaves out


class Siv:
    """`aes`: see cmac.py. `key`: 64 bytes."""

    def __init__(self, aes, key):
        self._aes = aes
        self._mac = Cmac(aes, key[: KEY // 2])
        self._key = key[KEY // 2 :]
        self._zero = number(self._mac.digest(bytes(BLOCK)))

    def seal(self, plain, bound_to):
        """`plain` sealed; opens with the same `bound_to` only (both bytes of any length)."""
        tag = self._tag(plain, bound_to)
        return tag + self._cipher(tag, plain)

    def open(self, sealed, bound_to):
        """What was sealed, or None when it is not that, not bound to that, or another key's."""
        tag = sealed[:TAG]
        if len(tag) < TAG:
            return None
        plain = self._cipher(tag, sealed[TAG:])
        return plain if same(tag, self._tag(plain, bound_to)) else None

    def _tag(self, plain, bound_to):
        """S2V of the two strings (RFC 5297, 2.4)."""
        start = double(self._zero) ^ number(self._mac.digest(bound_to))
        if len(plain) >= BLOCK:
            end = xor(plain[-BLOCK:], start.to_bytes(BLOCK, "big"))
            return self._mac.digest(plain[:-BLOCK] + end)
        return self._mac.digest(xor(padded(plain), double(start).to_bytes(BLOCK, "big")))

    def _cipher(self, tag, data):
        if not data:
            return b""
        counter = (number(tag) & _CLEAR).to_bytes(BLOCK, "big")
        return self._aes.ctr(self._key, counter, data)
