"""HMAC (RFC 2104) for keys that are used repeatedly.

With the firmware's own hash functions the states after the two padded keys are kept, so that a short message
takes two blocks. If the interpreter has the hash function, it is faster by two orders of magnitude. Then the
padded keys are kept, because CircuitPython's hash objects cannot be copied.
"""

from . import digest

try:
    import hashlib
except ImportError:  # CircuitPython was built without it
    hashlib = None

# Name: bytes in a block. These are also the names in the wire protocol.
BLOCKS = {"SHA1": 64, "SHA256": 64, "SHA512": 128}


def has_native(algorithm):
    """Whether the interpreter has the hash function. It is tried: names differ between releases."""
    try:
        hashlib.new(algorithm.lower(), b"").digest()
    except (AttributeError, ValueError):  # no hashlib, no new(), or no such hash
        return False
    return True


def _load(algorithm):
    """Imports the firmware's own module for the hash function."""
    if algorithm == "SHA1":
        from . import sha1

        return sha1
    if algorithm == "SHA256":
        from . import sha256

        return sha256
    from . import sha512

    return sha512


class _Native:
    """The interpreter's hash function. The kept state is the padded key."""

    def __init__(self, algorithm):
        self._name = algorithm.lower()

    def digest(self, message):
        return hashlib.new(self._name, message).digest()

    def keep(self, key):
        return key

    def resume(self, state, message):
        return self.digest(state + message)

    def chain(self, inner, outer, last, rounds):
        new, name, total = hashlib.new, self._name, 0
        for _ in range(rounds):
            last = new(name, outer + new(name, inner + last).digest()).digest()
            total ^= int.from_bytes(last, "big")
        return last, total


class _Software:
    """The firmware's hash function. The kept state is that after the padded key."""

    def __init__(self, algorithm):
        self._module = _load(algorithm)

    def digest(self, message):
        return digest.digest(self._module, message)

    def keep(self, key):
        return self._module.compress(self._module.INITIAL, key)

    def resume(self, state, message):
        return digest.finish(self._module, state, self._module.BLOCK, message)

    def chain(self, inner, outer, last, rounds):
        total = 0
        for _ in range(rounds):
            last = self.resume(outer, self.resume(inner, last))
            total ^= int.from_bytes(last, "big")
        return last, total


class Hmac:
    """HMAC under one key.

    Args:
        algorithm: "SHA1", "SHA256" or "SHA512"; anything else raises ValueError.
        key: bytes of any length. One longer than a block is hashed first (RFC 2104).
        native: True uses the interpreter's hash function and raises ValueError if it has none; False uses the
            firmware's; None uses the interpreter's if it has one.
    """

    def __init__(self, algorithm, key, native=None):
        if algorithm not in BLOCKS:
            raise ValueError("unknown hash algorithm")
        if native is None:
            native = has_native(algorithm)
        elif native and not has_native(algorithm):
            raise ValueError("this interpreter has no " + algorithm)
        self._hash = _Native(algorithm) if native else _Software(algorithm)
        if len(key) > BLOCKS[algorithm]:
            key = self._hash.digest(key)
        key = key + bytes(BLOCKS[algorithm] - len(key))
        self._inner = self._hash.keep(bytes([b ^ 0x36 for b in key]))
        self._outer = self._hash.keep(bytes([b ^ 0x5C for b in key]))

    def digest(self, message):
        """The authentication code of `message` (bytes): 20, 32 or 64 bytes."""
        return self._hash.resume(self._outer, self._hash.resume(self._inner, message))

    def chain(self, message, rounds):
        """Computes `rounds` codes: that of `message`, then each time that of the code before.

        Returns (the last code, the XOR of all codes as a number). PBKDF2 needs this.
        """
        return self._hash.chain(self._inner, self._outer, message, rounds)
