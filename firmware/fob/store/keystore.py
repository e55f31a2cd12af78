"""The key that encrypts the accounts, and its wrapped copies.

Accounts are encrypted under one random key (crypto/siv.py), which is in RAM while the token is unlocked. On
flash that key is wrapped, that is encrypted under another key. There are up to two wrapped keys, one in each
slot:

    wrapped key = slot u8 | salt (16) | memory KiB u32 | passes u8 | lanes u8 | encrypted key (80)

- `DEVICE`: wrapped under a key derived from the chip's serial number. It needs no PIN.
- `PIN`: wrapped under a key that the host derives from the PIN with Argon2id, the salt and the three numbers.
- `BUTTON_PIN`: wrapped under a key that the token derives from a PIN entered with its buttons
  (crypto/pbkdf2.py). `memory` is then the number of PBKDF2 iterations.
"""

from struct import calcsize, pack, unpack

from ..crypto.cmac import derive
from ..crypto.siv import KEY_SIZE, Siv

DEVICE, PIN, BUTTON_PIN = 0, 1, 2
SALT_SIZE = 16
_FIELDS = "<B16sIBB"
_SIZE = calcsize(_FIELDS)
_WRAP_AAD = b"ticktap key"
_LABEL = b"ticktap device"


class Locked(Exception):
    """The accounts' key is not in RAM."""


class KeyStore:
    """The accounts' key.

    Args:
        aes: see crypto/cmac.py.
        uid: the chip's serial number.
        random(n): returns n random bytes.
    """

    def __init__(self, aes, uid, random):
        self._aes = aes
        self._uid = uid
        self._random = random
        self._key = None
        self._siv = None
        self.wrapped_keys = {}  # slot -> wrapped key, set by the store

    # -- unlocking

    @property
    def locked(self):
        return self._siv is None

    def unlock_with_device_key(self):
        """Unwraps the key that needs no PIN, if there is one."""
        if self.locked and DEVICE in self.wrapped_keys:
            self.unlock(DEVICE, self.device_key(self.wrapped_keys[DEVICE][1 : 1 + SALT_SIZE]))

    def unlock(self, slot, key):
        """Unwraps the key in a slot with `key` (64 bytes). Returns False if that is the wrong key."""
        plain = Siv(self._aes, key).decrypt(self.wrapped_keys[slot][_SIZE:], _WRAP_AAD)
        if plain is None:
            return False
        self.set_key(plain)
        return True

    def can_unlock(self, slot, key):
        """Whether `unlock` would succeed."""
        return Siv(self._aes, key).decrypt(self.wrapped_keys[slot][_SIZE:], _WRAP_AAD) is not None

    def lock(self):
        self._key = self._siv = None

    # -- encrypting accounts

    def encrypt(self, plain):
        if self.locked:
            raise Locked()
        return self._siv.encrypt(plain)

    def decrypt(self, encrypted):
        """Decrypts to a view (crypto/siv.py); None if the data is damaged. Raises Locked."""
        if self._siv is None:
            raise Locked()
        return self._siv.decrypt_view(encrypted)

    # -- creating and wrapping keys

    def new_key(self):
        return self._random(KEY_SIZE)

    def set_key(self, key):
        """Makes this the accounts' key."""
        self._key = key
        self._siv = Siv(self._aes, key)

    def siv_for(self, key):
        """The Siv of a key that is not in use yet."""
        return Siv(self._aes, key)

    def wrap_for_device(self, key):
        """Wraps a key under the device's key. Returns the wrapped key."""
        salt = self._random(SALT_SIZE)
        return self.wrap_with(key, DEVICE, self.device_key(salt), salt, 0, 0, 0)

    def wrap_with(self, key, slot, other, salt, memory, passes, lanes):
        """Wraps a key under the key `other`. Returns the wrapped key."""
        return pack(_FIELDS, slot, salt, memory, passes, lanes) + Siv(self._aes, other).encrypt(
            key, _WRAP_AAD
        )

    def wrap_current(self, slot, other, salt, rounds):
        """Wraps the accounts' key under the key `other`. Raises Locked."""
        if self.locked:
            raise Locked()
        return self.wrap_with(self._key, slot, other, salt, rounds, 0, 0)

    def describe(self, slot):
        """(salt, memory, passes, lanes) of the wrapped key in a slot."""
        return unpack(_FIELDS, self.wrapped_keys[slot][:_SIZE])[1:]

    def device_key(self, salt):
        """Derives a key from the chip's serial number. Anyone who has the chip can (docs/security.md)."""
        return derive(self._aes, salt, _LABEL, self._uid, KEY_SIZE)

    def new_salt(self):
        return self._random(SALT_SIZE)

    def encrypt_for_device(self, plain, aad):
        """Encrypts under a key of this chip. Returns salt | encrypted data."""
        salt = self.new_salt()
        return salt + Siv(self._aes, self.device_key(salt)).encrypt(plain, aad)

    def decrypt_for_device(self, encrypted, aad):
        """Decrypts such data. Returns None if it is damaged."""
        return Siv(self._aes, self.device_key(encrypted[:SALT_SIZE])).decrypt(encrypted[SALT_SIZE:], aad)
