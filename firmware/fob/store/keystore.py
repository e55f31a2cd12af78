"""The key that seals the accounts, and the keys that it is kept sealed under.

Accounts are sealed under one random key (crypto/siv.py), which is in RAM while the token is unlocked. On
flash it is wrapped, that is sealed itself, in one or two ways:

    wrap = way u8 | salt (16) | memory KiB u32 | passes u8 | lanes u8 | sealed key (80)

`DEVICE`: under a key made from the chip's number; this opens by itself. `PIN`: under one that the host makes
from the PIN by Argon2id with the salt and the three numbers. `KEYS`: under one that the token makes from a
PIN entered with the buttons (crypto/pbkdf2.py); then `memory` is the number of rounds.
"""

from struct import calcsize, pack, unpack

from ..crypto.cmac import derive
from ..crypto.siv import KEY, Siv

DEVICE, PIN, KEYS = 0, 1, 2
SALT = 16
_FIELDS = "<B16sIBB"
_SIZE = calcsize(_FIELDS)
_WRAP = b"ticktap key"
_LABEL = b"ticktap device"


class Locked(Exception):
    """The accounts' key is not in RAM."""


class Safe:
    """`aes`: see crypto/cmac.py. `uid`: the chip's number. `random(n)`: n unpredictable bytes."""

    def __init__(self, aes, uid, random):
        self._aes = aes
        self._uid = uid
        self._random = random
        self._key = None
        self._siv = None
        self.wraps = {}  # way -> wrap, as of the store

    # -- opening

    @property
    def locked(self):
        return self._siv is None

    def open_device(self):
        """Opens what opens by itself."""
        if self.locked and DEVICE in self.wraps:
            self.open(DEVICE, self.device_key(self.wraps[DEVICE][1 : 1 + SALT]))

    def open(self, way, key):
        """Whether `key` (64 bytes) opens the wrap of this way; the accounts' key is in RAM then."""
        plain = Siv(self._aes, key).open(self.wraps[way][_SIZE:], _WRAP)
        if plain is None:
            return False
        self.take(plain)
        return True

    def opens(self, way, key):
        """The same without opening."""
        return Siv(self._aes, key).open(self.wraps[way][_SIZE:], _WRAP) is not None

    def lock(self):
        self._key = self._siv = None

    # -- sealing

    def seal(self, plain):
        if self.locked:
            raise Locked()
        return self._siv.seal(plain)

    def unseal(self, sealed):
        """What was sealed as a view (crypto/siv.py), None when it is damaged. Raises Locked."""
        if self._siv is None:
            raise Locked()
        return self._siv.view(sealed)

    # -- making and wrapping keys

    def new_key(self):
        return self._random(KEY)

    def take(self, key):
        """From now on this is the accounts' key."""
        self._key = key
        self._siv = Siv(self._aes, key)

    def with_key(self, key):
        """A Siv of a key that is not in use yet."""
        return Siv(self._aes, key)

    def wrap(self, key):
        """`key` as the device itself keeps it."""
        salt = self._random(SALT)
        return self.wrap_under(key, DEVICE, self.device_key(salt), salt, 0, 0, 0)

    def wrap_under(self, key, way, other, salt, memory, passes, lanes):
        """`key` wrapped under `other`."""
        return pack(_FIELDS, way, salt, memory, passes, lanes) + Siv(self._aes, other).seal(key, _WRAP)

    def wrap_own(self, way, other, salt, rounds):
        """The accounts' key wrapped under `other` too. Raises Locked."""
        if self.locked:
            raise Locked()
        return self.wrap_under(self._key, way, other, salt, rounds, 0, 0)

    def describe(self, way):
        """(salt, memory, passes, lanes) of a wrap."""
        return unpack(_FIELDS, self.wraps[way][:_SIZE])[1:]

    def device_key(self, salt):
        """A key of this chip: whoever has the chip can make it (docs/security.md)."""
        return derive(self._aes, salt, _LABEL, self._uid, KEY)

    def salt(self):
        return self._random(SALT)

    def seal_for_device(self, plain, bound_to):
        """Sealed under a key of this chip: salt | sealed."""
        salt = self.salt()
        return salt + Siv(self._aes, self.device_key(salt)).seal(plain, bound_to)

    def unseal_for_device(self, sealed, bound_to):
        """What was sealed so, None when it is damaged."""
        return Siv(self._aes, self.device_key(sealed[:SALT])).open(sealed[SALT:], bound_to)
