"""Trying PINs: how many wrong ones are taken, and what follows.

Eight wrong in a row (setting `wipe`) erase the accounts. Three since the token was plugged in end its
patience until it is plugged in anew, so that a program on the host cannot use the eight up while nobody
looks.
"""

from .keystore import PIN

_PER_PLUG = 3


class Wrong(Exception):
    """That was not the PIN; `left` is how many tries are left, None for no limit, 0: the accounts are
    erased.
    """

    def __init__(self, left):
        super().__init__(left)
        self.left = left


class Replug(Exception):
    """No more tries until the token was unplugged."""


class NotSet(Exception):
    """There is no PIN; or there is one already."""


class Unlocking:
    def __init__(self, store):
        self._store = store
        self._wrong = 0

    @property
    def exhausted(self):
        return self._wrong >= _PER_PLUG

    def try_key(self, key, way=PIN):
        """Opens the accounts with a key. Raises Wrong, Replug, NotSet."""
        store = self._store
        if way not in store.safe.wraps:
            raise NotSet()
        if self.exhausted or store.tries_left == 0:
            raise Replug()
        if store.try_key(way, key):
            self._wrong = 0
            return
        self._wrong += 1
        left = store.tries_left
        if left == 0:
            store.erase()
            self._wrong = 0
        raise Wrong(left)

    def describe(self):
        """PIN of docs/protocol.md."""
        store = self._store
        return {
            "set": store.has_pin,
            "locked": store.locked,
            "tries": store.tries_left,
            "erases": bool(store.settings["wipe"]),
            "replug": self.exhausted,
            "keys": store.has_keys,
        }
