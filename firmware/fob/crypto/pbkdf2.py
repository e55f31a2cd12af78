"""A key from a PIN entered with the buttons: PBKDF2-HMAC-SHA-1 (RFC 8018, 5.2), a part at a time.

SHA-1 because the chip has it built in and fast; as a key derivation PBKDF2 with it is not broken, only cheap
for somebody with graphics cards (docs/security.md has the figures).
"""

from . import hmac
from .cmac import derive
from .siv import KEY_SIZE

ROUNDS = 4096  # two seconds on an RP2040
_LABEL = b"ticktap buttons"


class Pbkdf2:
    """The key comes from `step` when all the rounds are done."""

    def __init__(self, aes, digits, salt, rounds):
        self._aes = aes
        self._salt = salt
        self._mac = hmac.Hmac("SHA1", digits.encode("utf-8"))
        self._last = self._mac.digest(salt + b"\0\0\0\1")
        self._sum = int.from_bytes(self._last, "big")
        self._left = rounds - 1

    def step(self, rounds):
        """Up to so many more rounds; 64 bytes when it was the last of them, else None."""
        rounds = min(rounds, self._left)
        self._last, total = self._mac.chain(self._last, rounds)
        self._sum ^= total
        self._left -= rounds
        if self._left:
            return None
        return derive(self._aes, self._sum.to_bytes(20, "big")[:16], _LABEL, self._salt, KEY_SIZE)
