"""An account, and its encoding as bytes, which is what the store encrypts.

id u16 | type and hash and suffix u8 | period and digits u16 | issuer length u8 | name length u8 | issuer
| name | counter u64 (HOTP only) | secret

The id is encrypted with the rest, so that two records cannot be exchanged.
"""

from struct import calcsize, pack, unpack_from

TYPES = ("totp", "hotp", "steam")
ALGORITHMS = ("SHA1", "SHA256", "SHA512")
SUFFIXES = ("none", "enter", "tab")

_FIELDS = "<HBHBB"
_SIZE = calcsize(_FIELDS)
_PERIOD = 0xFFF  # the bits of the period; the others are the digits
_DEFAULT_PARAMETERS = 6 << 12 | 30  # six digits, 30 s


class Account:
    """The values of an account. Their limits are checked by the protocol (docs/protocol.md)."""

    def __init__(self, id, issuer, name, type, algorithm, digits, period, counter, suffix, secret):
        self.id = id
        self.issuer = issuer
        self.name = name
        self.type = type
        self.algorithm = algorithm
        self.digits = digits
        self.period = period  # seconds; 0 for HOTP
        self.counter = counter  # HOTP: the next counter when the record was written
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


def has_default_parameters(body):
    """Whether the bytes that `pack` made are a TOTP account with SHA1, six digits, 30 s and no suffix."""
    return not body[2] and body[3] | body[4] << 8 == _DEFAULT_PARAMETERS


def labels(body):
    """The issuer and the name, UTF-8, of the bytes that `pack` made: as slices of them, and both together."""
    start = _SIZE + body[5]
    stop = start + body[6]
    return body[_SIZE:start], body[start:stop], bytes(body[_SIZE:stop])


def unpack_account(id, body):
    """Decodes the bytes that `pack` made. Raises ValueError for values that no account has."""
    _, kind, period, length, size = unpack_from(_FIELDS, body)
    issuer, name, _ = labels(body)
    at = _SIZE + length + size
    type, algorithm, suffix = kind & 3, kind >> 2 & 3, kind >> 4 & 3
    if type >= len(TYPES) or algorithm >= len(ALGORITHMS) or suffix >= len(SUFFIXES):
        raise ValueError("unknown kind of account")
    counter = 0
    if TYPES[type] == "hotp":
        counter = unpack_from("<Q", body, at)[0]
        at += 8
    return Account(
        id,
        str(issuer, "utf-8"),
        str(name, "utf-8"),
        TYPES[type],
        ALGORITHMS[algorithm],
        period >> 12,
        period & _PERIOD,
        counter,
        SUFFIXES[suffix],
        bytes(body[at:]),
    )
