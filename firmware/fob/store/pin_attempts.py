"""PIN attempts: how many wrong PINs are accepted, and what happens then.

After eight wrong PINs in a row (setting `max_pin_failures`) the accounts are erased. After three wrong PINs
the token must be replugged before it accepts another. So a program on the host cannot use up all attempts
unnoticed.
"""

from .keystore import PIN

_MAX_PER_PLUG = 3


class WrongPin(Exception):
    """The PIN was wrong. `left` is the number of attempts left; None: no limit; 0: accounts erased."""

    def __init__(self, left):
        super().__init__(left)
        self.left = left


class ReplugRequired(Exception):
    """The token must be replugged before another attempt."""


class PinNotSet(Exception):
    """No PIN is set."""


class PinAttempts:
    """Counts the wrong PINs.

    Args:
        store: the TokenStore.
        erased(): is called after the accounts were erased.
    """

    def __init__(self, store, erased):
        self._store = store
        self._erased = erased
        self._wrong = 0

    @property
    def exhausted(self):
        return self._wrong >= _MAX_PER_PLUG

    def try_key(self, key, slot=PIN):
        """Unlocks the token with a key made from a PIN. Raises WrongPin, ReplugRequired, PinNotSet."""
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
            self._erased()
        raise WrongPin(left)

    def describe(self):
        """PIN of docs/protocol.md."""
        store = self._store
        return {
            "set": store.has_pin,
            "locked": store.locked,
            "tries": store.attempts_left,
            "erases": bool(store.settings["max_pin_failures"]),
            "replug": self.exhausted,
            "keys": store.has_button_pin,
        }
