"""AES by a library, with the interface that the firmware uses; and a key store with the same keys each time.

Results are cached, because tests of power cuts start the same store thousands of times.
"""

import functools
import hashlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from fob.store.keystore import KeyStore

UID = bytes.fromhex("de6348109f2a4c17")


@functools.lru_cache(maxsize=20_000)
def _encrypt(key, mode, start, data):
    encryptor = Cipher(algorithms.AES(key), mode(start)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


class Aes:
    """See fob/crypto/cmac.py."""

    @staticmethod
    def cbc_mac(key, start, end):
        return _encrypt(bytes(key), modes.CBC, bytes(16), bytes(start) + bytes(end))[-16:]

    @staticmethod
    def ctr(key, counter, data, out):
        out[:] = _encrypt(bytes(key), modes.CTR, bytes(counter), bytes(data))


class Dice:
    """`random(n)`: different bytes at each call, the same sequence in each run."""

    def __init__(self, seed=b"dice"):
        self._seed = seed
        self._thrown = 0

    def __call__(self, size):
        self._thrown += 1
        return hashlib.shake_256(self._seed + self._thrown.to_bytes(4, "big")).digest(size)


def make_keystore(uid=UID):
    return KeyStore(Aes, uid, Dice())
