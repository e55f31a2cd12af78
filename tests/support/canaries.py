"""Marked secrets: bytes that occur nowhere else, and a search for every form in which they could leak.

`Canary.pieces` are what to look for: a piece is enough, because half a secret in a log is a leak too.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator

PIECE = 12  # characters; long enough never to turn up by chance


class Canary:
    """A secret of `size` bytes made from `name`, so that a run can be repeated; or the `secret` given."""

    def __init__(self, name: str, size: int = 20, secret: bytes = b"") -> None:
        self.name = name
        self.secret = secret or hashlib.shake_256(name.encode()).digest(size)
        self.pieces = {form: _pieces(encoded) for form, encoded in encodings(self.secret)}

    @property
    def base32(self) -> str:
        return base64.b32encode(self.secret).decode().rstrip("=")

    @property
    def base64(self) -> str:
        return base64.b64encode(self.secret).decode()

    def forms_in(self, data: bytes | bytearray) -> list[str]:
        """The names of the encodings of which a piece is in `data`."""
        return [form for form, pieces in self.pieces.items() if any(piece in data for piece in pieces)]

    def __repr__(self) -> str:
        return f"Canary({self.name!r})"


def encodings(secret: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every form looked for, each forwards and backwards.

    Base64 and base32 come at each alignment, as they would inside something longer.
    """
    for name, encoded in _forwards(secret):
        yield name, encoded
        yield f"{name}, reversed", encoded[::-1]


def _forwards(secret: bytes) -> Iterator[tuple[str, bytes]]:
    text = secret.decode("latin-1")
    yield "raw", secret
    for step in ("", " ", ":", "\\x"):
        digits = step.join(f"{byte:02x}" for byte in secret).encode()
        yield f"hex with {step!r}", digits
        yield f"HEX with {step!r}", digits.upper()
    yield "decimals", ", ".join(map(str, secret)).encode()
    yield "utf-8", text.encode()
    yield "json", json.dumps(text).encode()[1:-1]
    yield "repr", repr(secret).encode()[2:-1]
    for before in range(5):
        letters = base64.b32encode(bytes(before) + secret)[(before * 8 + 4) // 5 :].rstrip(b"=")
        yield f"base32 at {before}", letters
        yield f"base32 in small letters at {before}", letters.lower()
    for before in range(3):
        for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            yield f"{name} at {before}", encode(bytes(before) + secret)[(before * 8 + 5) // 6 :].rstrip(b"=")


def _pieces(encoded: bytes) -> list[bytes]:
    """The beginning, the middle and the end, but not the last letters, which padding may change."""
    encoded = encoded[:-2]
    middle = max(0, len(encoded) - PIECE) // 2
    return sorted({encoded[:PIECE], encoded[middle : middle + PIECE], encoded[-PIECE:]})


def found(canaries: Iterable[Canary], data: bytes | bytearray) -> list[str]:
    """What of any canary is in `data`: "name as form" for each. Never the secret itself."""
    return [f"{canary.name} as {form}" for canary in canaries for form in canary.forms_in(data)]
