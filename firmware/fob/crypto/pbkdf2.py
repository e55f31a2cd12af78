"""PBKDF2-HMAC-SHA-1 (RFC 8018, 5.2) in parts, for a PIN entered with the buttons.

SHA-1 is used because CircuitPython has it built in and fast. It is not broken in PBKDF2, but cheap to compute
on graphics cards (docs/security.md has figures).
"""

from . import hmac
from .cmac import derive
from .siv import KEY_SIZE

ROUNDS = 4096  # two seconds on an RP2040
_LABEL = b"ticktap buttons"


class Pbkdf2:
    """One derivation. `step` returns the key after the last iteration."""

    def __init__(self, aes, digits, salt, rounds):
        self._aes = aes
        self._salt = salt
        self._mac = hmac.Hmac("SHA1", digits.encode("utf-8"))
        self._last = self._mac.digest(salt + b"\0\0\0\1")
        self._sum = int.from_bytes(self._last, "big")
        self._left = rounds - 1

    def step(self, rounds):
        """Computes up to `rounds` iterations. Returns the key (64 bytes) after the last one, else None."""
        rounds = min(rounds, self._left)
        self._last, total = self._mac.chain(self._last, rounds)
        self._sum ^= total
        self._left -= rounds
        if self._left:
            return None
        return derive(self._aes, self._sum.to_bytes(20, "big")[:16], _LABEL, self._salt, KEY_SIZE)
