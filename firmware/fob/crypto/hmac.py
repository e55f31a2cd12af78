"""HMAC (RFC 2104) for a key that is used again and again: what depends on the key alone is kept.

With the hashes of this firmware the two states after the padded keys are kept, so a short message costs
two blocks. Where the interpreter has the hash itself, that is faster by two orders of magnitude, and the
padded keys are kept instead, because CircuitPython's hash objects cannot be copied. This file stores no
keys.
"""

from . import digest

try:
    import hashlib
except ImportError:  # a CircuitPython built without it
    hashlib = None

# Name: bytes in a block. These are also the names in the wire protocol.
BLOCKS = {"SHA1": 64, "SHA256": 64, "SHA512": 128}


def has_native(algorithm):
    """Whether the interpreter itself has the hash (asked, not guessed: names differ between releases)."""
    try:
        hashlib.new(algorithm.lower(), b"").digest()
    except (AttributeError, ValueError):  # no hashlib or no new(); no such hash
        return False
    return True


def _load(algorithm):
    """This firmware's own module for the hash, imported when first needed."""
    if algorithm == "SHA1":
        from . import sha1

        return sha1
    if algorithm == "SHA256":
        from . import sha256

        return sha256
    from . import sha512

    return sha512


class _Native:
    """The interpreter's hash. Keeps a padded key as it is."""

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
    """This firmware's hash. Keeps the state after a padded key."""

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
        key: bytes, any length. One longer than a block stands for its digest, as RFC 2104 has it.
        native: False hashes in Python even where the interpreter could; True raises ValueError where it could
            not; None takes what is there.
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
        """(last, sum): the code of the code of ... `message`, `rounds` times, and all of these codes XORed.

        `sum` is a number.
        """
        return self._hash.chain(self._inner, self._outer, message, rounds)
