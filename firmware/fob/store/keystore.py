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
    """`aes`: see crypto/cmac.py. `uid`: the chip's number. `random(n)`: n unpredictable bytes."""

    def __init__(self, aes, uid, random):
        self._aes = aes
        self._uid = uid
        self._random = random
        self._key = None
        self._siv = None
        self.wrapped_keys = {}  # way -> wrap, as of the store

    # -- opening

    @property
    def locked(self):
        return self._siv is None

    def unlock_with_device_key(self):
        """Opens what opens by itself."""
        if self.locked and DEVICE in self.wrapped_keys:
            self.unlock(DEVICE, self.device_key(self.wrapped_keys[DEVICE][1 : 1 + SALT_SIZE]))

    def unlock(self, slot, key):
        """Whether `key` (64 bytes) opens the wrap of this way; the accounts' key is in RAM then."""
        plain = Siv(self._aes, key).decrypt(self.wrapped_keys[slot][_SIZE:], _WRAP_AAD)
        if plain is None:
            return False
        self.set_key(plain)
        return True

    def can_unlock(self, slot, key):
        """The same without opening."""
        return Siv(self._aes, key).decrypt(self.wrapped_keys[slot][_SIZE:], _WRAP_AAD) is not None

    def lock(self):
        self._key = self._siv = None

    # -- sealing

    def encrypt(self, plain):
        if self.locked:
            raise Locked()
        return self._siv.encrypt(plain)

    def decrypt(self, encrypted):
        """What was sealed as a view (crypto/siv.py), None when it is damaged. Raises Locked."""
        if self._siv is None:
            raise Locked()
        return self._siv.decrypt_view(encrypted)

    # -- making and wrapping keys

    def new_key(self):
        return self._random(KEY_SIZE)

    def set_key(self, key):
        """From now on this is the accounts' key."""
        self._key = key
        self._siv = Siv(self._aes, key)

    def siv_for(self, key):
        """A Siv of a key that is not in use yet."""
        return Siv(self._aes, key)

    def wrap_for_device(self, key):
        """`key` as the device itself keeps it."""
        salt = self._random(SALT_SIZE)
        return self.wrap_with(key, DEVICE, self.device_key(salt), salt, 0, 0, 0)

    def wrap_with(self, key, slot, other, salt, memory, passes, lanes):
        """`key` wrapped under `other`."""
        return pack(_FIELDS, slot, salt, memory, passes, lanes) + Siv(self._aes, other).encrypt(
            key, _WRAP_AAD
        )

    def wrap_current(self, slot, other, salt, rounds):
        """The accounts' key wrapped under `other` too. Raises Locked."""
        if self.locked:
            raise Locked()
        return self.wrap_with(self._key, slot, other, salt, rounds, 0, 0)

    def describe(self, slot):
        """(salt, memory, passes, lanes) of a wrap."""
        return unpack(_FIELDS, self.wrapped_keys[slot][:_SIZE])[1:]

    def device_key(self, salt):
        """A key of this chip: whoever has the chip can make it (docs/security.md)."""
        return derive(self._aes, salt, _LABEL, self._uid, KEY_SIZE)

    def new_salt(self):
        return self._random(SALT_SIZE)

    def encrypt_for_device(self, plain, aad):
        """Sealed under a key of this chip: salt | sealed."""
        salt = self.new_salt()
        return salt + Siv(self._aes, self.device_key(salt)).encrypt(plain, aad)

    def decrypt_for_device(self, encrypted, aad):
        """What was sealed so, None when it is damaged."""
        return Siv(self._aes, self.device_key(encrypted[:SALT_SIZE])).decrypt(encrypted[SALT_SIZE:], aad)
