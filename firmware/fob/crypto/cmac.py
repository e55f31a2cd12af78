"""AES-CMAC (RFC 4493), and keys derived with it (NIST SP 800-108, counter mode).

`aes` is an object with `cbc_mac(key, start, end)`, the last block of AES-CBC over both from an initial vector
of zeros, and `ctr(key, counter, data, out)`, AES-CTR into a buffer. Keys have 16 or 32 bytes.
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


def padded(tail):
    """Fewer than 16 bytes, filled up: a one bit, then zeros."""
    return tail + b"\x80" + bytes(BLOCK - 1 - len(tail))


class Cmac:
    def __init__(self, aes, key):
        self._aes = aes
        self._key = key
        self._whole = double(number(aes.cbc_mac(key, b"", bytes(BLOCK))))
        self._part = double(self._whole)
        self._fills = {}  # how many bytes are missing -> what is added to the last block

    def digest(self, message):
        """The authentication code of `message`: 16 bytes."""
        cut = max(0, len(message) - 1) // BLOCK * BLOCK
        return self.digest_end(message[:cut], number(message[cut:]), len(message) - cut)

    def digest_end(self, start, value, size):
        """The same of a message that is `start`, of whole blocks, and then `size` bytes given as a number:
        the interpreter shifts and adds that in native code.
        """
        fill = -size % BLOCK if size else BLOCK
        if fill:
            if fill not in self._fills:
                self._fills[fill] = 0x80 << 8 * fill - 8 ^ self._part  # a one bit, then zeros
            value = value << 8 * fill ^ self._fills[fill]
        else:
            value ^= self._whole
        return self._aes.cbc_mac(self._key, start, value.to_bytes(size + fill, "big"))


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


def equal(a, b):
    """Whether two byte strings are equal, in a time that does not tell where they differ: all of both goes
    into the two numbers and their sum.
    """
    return len(a) == len(b) and not number(a) ^ number(b)
