"""One account as the token keeps it, and as the bytes that are sealed.

type and hash and suffix u8 | digits u8 | period u16 | issuer length u8 | name length u8 | issuer | name
| counter u64 (HOTP only) | secret
"""

from struct import calcsize, pack, unpack

TYPES = ("totp", "hotp", "steam")
ALGORITHMS = ("SHA1", "SHA256", "SHA512")
SUFFIXES = ("none", "enter", "tab")

_FIELDS = "<BBHBB"
_SIZE = calcsize(_FIELDS)


class Account:
    """Plain values; limits are checked where they come in (docs/protocol.md)."""

    def __init__(self, id, issuer, name, type, algorithm, digits, period, counter, suffix, secret):
        self.id = id
        self.issuer = issuer
        self.name = name
        self.type = type
        self.algorithm = algorithm
        self.digits = digits
        self.period = period  # seconds; 0 for HOTP
        self.counter = counter  # HOTP: the next one to use, as of when the record was written
        self.suffix = suffix
        self.secret = secret

    def pack(self):
        issuer, name = self.issuer.encode("utf-8"), self.name.encode("utf-8")
        kind = (
            TYPES.index(self.type) | ALGORITHMS.index(self.algorithm) << 2 | SUFFIXES.index(self.suffix) << 4
        )
        head = pack(_FIELDS, kind, self.digits, self.period, len(issuer), len(name))
        counter = pack("<Q", self.counter) if self.type == "hotp" else b""
        return head + issuer + name + counter + self.secret


def unpack_account(id, body):
    """The Account in the bytes that `pack` made. ValueError when its parts do not fit together."""
    kind, digits, period, length, size = unpack(_FIELDS, body[:_SIZE])
    type, algorithm, suffix = kind & 3, kind >> 2 & 3, kind >> 4 & 3
    if type >= len(TYPES) or algorithm >= len(ALGORITHMS) or suffix >= len(SUFFIXES):
        raise ValueError("unknown kind of account")
    at = _SIZE
    issuer = body[at : at + length].decode("utf-8")
    at += length
    name = body[at : at + size].decode("utf-8")
    at += size
    counter = 0
    if TYPES[type] == "hotp":
        counter = unpack("<Q", body[at : at + 8])[0]
        at += 8
    return Account(
        id,
        issuer,
        name,
        TYPES[type],
        ALGORITHMS[algorithm],
        digits,
        period,
        counter,
        SUFFIXES[suffix],
        body[at:],
    )
