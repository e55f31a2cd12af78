"""Trying PINs: how many wrong ones are taken, and what follows.

Eight wrong in a row (setting `wipe`) erase the accounts. Three since the token was plugged in end its
patience until it is plugged in anew, so that a program on the host cannot use the eight up while nobody
looks.
"""

from .keystore import PIN

_MAX_PER_PLUG = 3


class WrongPin(Exception):
    """That was not the PIN; `left` is how many tries are left, None for no limit, 0: the accounts are
    erased.
    """

    def __init__(self, left):
        super().__init__(left)
        self.left = left


class ReplugRequired(Exception):
    """No more tries until the token was unplugged."""


class PinNotSet(Exception):
    """There is no PIN; or there is one already."""


class PinAttempts:
    def __init__(self, store):
        self._store = store
        self._wrong = 0

    @property
    def exhausted(self):
        return self._wrong >= _MAX_PER_PLUG

    def try_key(self, key, slot=PIN):
        """Opens the accounts with a key. Raises Wrong, Replug, NotSet."""
        store = self._store
        if slot not in store.keystore.wrapped_keys:
            raise PinNotSet()
        if self.exhausted or store.attempts_left == 0:
            raise ReplugRequired()
        if store.try_key(slot, key):
            self._wrong = 0
            return
        self._wrong += 1
        left = store.attempts_left
        if left == 0:
            store.erase()
            self._wrong = 0
        raise WrongPin(left)

    def describe(self):
        """PIN of docs/protocol.md."""
        store = self._store
        return {
            "set": store.has_pin,
            "locked": store.locked,
            "tries": store.attempts_left,
            "erases": bool(store.settings["wipe"]),
            "replug": self.exhausted,
            "keys": store.has_button_pin,
        }
