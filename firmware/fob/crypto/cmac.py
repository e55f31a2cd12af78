"""AES-CMAC (RFC 4493), and keys derived with it (NIST SP 800-108, counter mode).

`aes` is an object with two methods (fob/hw/aes.py): `cbc_mac(key, start, end)` returns the last block of
AES-CBC over both, with an initial vector of zeros; `ctr(key, counter, data, out)` is AES-CTR into a buffer.
Keys have 16 or 32 bytes.
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
    """Pads fewer than 16 bytes to a block: a one bit, then zeros."""
    return tail + b"\x80" + bytes(BLOCK - 1 - len(tail))


class Cmac:
    def __init__(self, aes, key):
        self._aes = aes
        self._key = key
        self._whole = double(number(aes.cbc_mac(key, b"", bytes(BLOCK))))
        self._part = double(self._whole)
        self._masks = {}

    def digest(self, message):
        """The authentication code of `message`: 16 bytes."""
        cut = max(0, len(message) - 1) // BLOCK * BLOCK
        return self.digest_end(message[:cut], number(message[cut:]), len(message) - cut)

    def digest_end(self, start, value, size):
        """The code of a message that is `start` (whole blocks) and then `size` bytes, given as a number.

        The interpreter shifts and adds large numbers in native code.
        """
        fill = -size % BLOCK if size else BLOCK
        return self.digest_padded(start, value << 8 * fill ^ self.mask(fill), size + fill)

    def mask(self, fill):
        """What is added to the last block of a message that `fill` zero bytes have completed."""
        if not fill:
            return self._whole
        if fill not in self._masks:
            self._masks[fill] = 0x80 << 8 * fill - 8 ^ self._part  # a one bit, then zeros
        return self._masks[fill]

    def digest_padded(self, start, value, size):
        """The code of `start` and the blocks in `value`, `size` bytes, to which `mask` was added."""
        return self._aes.cbc_mac(self._key, start, value.to_bytes(size, "big"))


def derive(aes, key, label, context, size):
    """Derives `size` bytes (SP 800-108, 4.1, with CMAC, an 8-bit counter and a 16-bit length in bits)."""
    mac = Cmac(aes, key)
    tail = label + b"\0" + context + (8 * size).to_bytes(2, "big")
    out = b""
    while len(out) < size:
        out += mac.digest(bytes((len(out) // BLOCK + 1,)) + tail)
    return out[:size]


def equal(a, b):
    """Compares two byte strings of equal length in constant time."""
    return len(a) == len(b) and not number(a) ^ number(b)
