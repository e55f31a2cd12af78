"""AES-CMAC (RFC 4493), and keys derived with it (NIST SP 800-108, counter mode).

`aes` is an object with `cbc(key, data)` and `ctr(key, counter, data)`: AES-CBC from an initial vector of
zeros and AES-CTR, both returning as many bytes as they get. Keys have 16 or 32 bytes.
"""

BLOCK = 16
_TOP = 1 << 127
_ALL = (1 << 128) - 1


def double(block):
    """Multiplies by x in GF(2^128), numbers most significant bit first (RFC 4493, 2.3)."""
    value = block << 1 & _ALL
    return value ^ 0x87 if block & _TOP else value


def number(block):
    return int.from_bytes(block, "big")


def xor(a, b):
    """Two strings of 16 bytes."""
    return (number(a) ^ number(b)).to_bytes(BLOCK, "big")


def padded(tail):
    """Fewer than 16 bytes, filled up: a one bit, then zeros."""
    return tail + b"\x80" + bytes(BLOCK - 1 - len(tail))


class Cmac:
    def __init__(self, aes, key):
        self._aes = aes
        self._key = key
        value = double(number(aes.cbc(key, bytes(BLOCK))))
        self._whole = value.to_bytes(BLOCK, "big")
        self._part = double(value).to_bytes(BLOCK, "big")

    def digest(self, message):
        """The authentication code of `message`: 16 bytes."""
        start = max(0, (len(message) - 1) // BLOCK * BLOCK)
        tail = message[start:]
        last = xor(tail, self._whole) if len(tail) == BLOCK else xor(padded(tail), self._part)
        return self._aes.cbc(self._key, message[:start] + last)[-BLOCK:]


def derive(aes, key, label, context, size):
    """`size` bytes for a purpose: SP 800-108, 4.1, with CMAC, an 8-bit counter and a 16-bit length in
    bits.
    """
    mac = Cmac(aes, key)
    tail = label + b"\0" + context + (8 * size).to_bytes(2, "big")
    out = b""
    while len(out) < size:
        out += mac.digest(bytes((len(out) // BLOCK + 1,)) + tail)
    return out[:size]


def same(a, b):
    """Whether two byte strings are equal, in a time that does not tell where they differ."""
    if len(a) != len(b):
        return False
    diff = 0
    for x, y in zip(a, b):
        diff |= x ^ y
    return not diff
