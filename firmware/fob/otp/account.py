"""One account as the token keeps it, and as the bytes that are sealed.

id u16 | type and hash and suffix u8 | period and digits u16 | issuer length u8 | name length u8 | issuer
| name | counter u64 (HOTP only) | secret

The id is sealed with the rest, so that records cannot be exchanged.
"""

from struct import calcsize, pack, unpack_from

TYPES = ("totp", "hotp", "steam")
ALGORITHMS = ("SHA1", "SHA256", "SHA512")
SUFFIXES = ("none", "enter", "tab")

_FIELDS = "<HBHBB"
_SIZE = calcsize(_FIELDS)
_PERIOD = 0xFFF  # its bits; the rest is digits
USUAL = 6 << 12 | 30  # six digits, 30 s


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
        head = pack(_FIELDS, self.id, kind, self.digits << 12 | self.period, len(issuer), len(name))
        counter = pack("<Q", self.counter) if self.type == "hotp" else b""
        return head + issuer + name + counter + self.secret


def split(body):
    """(kind, period and digits, issuer, name, where the rest begins) of the bytes that `pack` made, the texts
    in UTF-8; the first two are (0, USUAL) for an account that is as most are.
    """
    _, kind, period, length, size = unpack_from(_FIELDS, body)
    start = _SIZE + length
    stop = start + size
    return kind, period, bytes(body[_SIZE:start]), bytes(body[start:stop]), stop


def unpack_account(id, body):
    """The Account in the bytes that `pack` made. ValueError when its parts do not fit together."""
    kind, period, issuer, name, at = split(body)
    type, algorithm, suffix = kind & 3, kind >> 2 & 3, kind >> 4 & 3
    if type >= len(TYPES) or algorithm >= len(ALGORITHMS) or suffix >= len(SUFFIXES):
        raise ValueError("unknown kind of account")
    counter = 0
    if TYPES[type] == "hotp":
        counter = unpack_from("<Q", body, at)[0]
        at += 8
    return Account(
        id,
        issuer.decode("utf-8"),
        name.decode("utf-8"),
        TYPES[type],
        ALGORITHMS[algorithm],
        period >> 12,
        period & _PERIOD,
        counter,
        SUFFIXES[suffix],
        bytes(body[at:]),
    )
