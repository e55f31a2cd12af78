"""What the token must have: the accounts as the host believes them, and the codes that may come of them."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from random import Random

HASH_SIZES = {"SHA1": 20, "SHA256": 32, "SHA512": 64}


@dataclass
class Entry:
    """An account of the model. `unsure`: a power cut left open whether counter `counter` was used."""

    id: int
    name: str
    secret: bytes
    type: str
    algorithm: str
    digits: int
    counter: int = 0
    unsure: bool = False

    def params(self) -> dict[str, object]:
        """What account.add is given, without the secret."""
        return {"type": self.type, "algorithm": self.algorithm, "digits": self.digits}

    def codes(self, since: float, until: float) -> set[str]:
        """Codes that are right from one unix time to another, or for the next counter."""
        if self.type == "hotp":
            return {_code(self, self.counter)}
        return {_code(self, step) for step in range(int(since) // 30, int(until) // 30 + 1)}


def invented(chance: Random, number: int) -> Entry:
    """A new account, not on the token yet."""
    algorithm = chance.choice(list(HASH_SIZES))
    kind = chance.choice(("totp", "totp", "hotp"))
    secret = chance.randbytes(HASH_SIZES[algorithm])
    return Entry(0, f"user{number}", secret, kind, algorithm, chance.choice((6, 6, 8)))


def _code(entry: Entry, moving: int) -> str:
    """RFC 4226, 5.3, by the standard library."""
    mac = hmac.new(
        entry.secret, moving.to_bytes(8, "big"), getattr(hashlib, entry.algorithm.lower())
    ).digest()
    at = mac[-1] & 15
    value = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF
    return str(value % 10**entry.digits).zfill(entry.digits)
