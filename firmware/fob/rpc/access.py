"""Access control for requests (docs/protocol.md, "Who may do what").

A token without an owner requires a press before changes. A token with an owner requires the owner's proof.
Both open a session: its key is known only to the program that asked, and each of its calls has a number and a
MAC. So another program on the same port cannot use the permission. Permissions end with the connection.
"""

from ..crypto import hmac
from ..crypto.cmac import Cmac, equal

ANYONE = 0
READ = 1  # on a token with an owner: the owner, or a connection that has unlocked the token
CHANGE = 2  # a session: the owner's, or one that a press has allowed
PRESSED = 3  # the method waits for a press; on a token with an owner, only the owner

NONCE_SIZE = 16
KEY_SIZE = 32
_PRESS_MS = 30_000  # a session that a press has allowed ends this long after its last call
_OWNER_MS = 600_000
_CLOCK_MS = 30_000  # how long a press allows the clock to be set to any time
_HOST = b"ticktap host"
_TOKEN = b"ticktap token"
_CALLS = b"ticktap calls"


class Denied(Exception):
    """A permission is missing. `owner`: the owner's proof is required, or was wrong; else a press is."""

    def __init__(self, owner):
        super().__init__(owner)
        self.owner = owner


class Access:
    """The permissions of the connection.

    Args:
        store: claimed, owner().
        system: serial, random(n), aes.
    """

    def __init__(self, store, system):
        self._store = store
        self._system = system
        self.writes_full_at = self.waits_full_at = (
            0  # when the whole number is available again (limits.py), ms
        )
        self.end()

    def end(self):
        """Ends all permissions: the connection has ended."""
        self.in_session = False  # the current request came through the session
        self._clock_until = 0
        self._nonces = None
        self._calls = None  # Cmac for the calls of the session
        self._is_owner = False  # it is the owner's session
        self._sequence = 0
        self._calls_until = 0
        self.unlocked_here = False
        self._added_from = None  # the first id added by this connection; later ids are greater

    # -- permissions

    def changes(self, now_ms):
        """What a change requires: "owner", "press" or nothing ("open")."""
        if self._store.claimed:
            return "owner"
        return "open" if self._is_open(now_ms) else "press"

    def check(self, level, in_session):
        """Raises Denied unless a method of this level is allowed. `in_session`: it came through `call`."""
        self.in_session = in_session
        if level == ANYONE or in_session:
            return
        if self._store.claimed:
            if level != READ or not self.unlocked_here:
                raise Denied(True)
        elif level == CHANGE:
            raise Denied(False)

    def allow(self, key, now_ms):
        """Begins a session after a press. `key`: what the program that asked chose; None: no session.

        On a token with an owner, the owner's session remains.
        """
        if key and not self._store.claimed:
            self._begin(key, False, now_ms)

    def extend(self, now_ms, until_ms):
        """Lets an open session continue after a request that waits for a press until `until_ms`."""
        if self._is_open(now_ms):
            self._calls_until = max(self._calls_until, until_ms + _PRESS_MS)

    def allow_clock(self, now_ms):
        """Allows the session to set the clock to any time, after a press."""
        self._clock_until = now_ms + _CLOCK_MS

    def may_set_clock(self, now_ms):
        return now_ms < self._clock_until

    def _begin(self, key, is_owner, now_ms):
        self._calls = Cmac(self._system.aes, key)
        self._is_owner = is_owner
        self._sequence = self._clock_until = 0
        self._extend(now_ms)

    def _extend(self, now_ms):
        self._calls_until = now_ms + (_OWNER_MS if self._is_owner else _PRESS_MS)

    def _is_open(self, now_ms):
        return self._calls and now_ms < self._calls_until and self._is_owner == self._store.claimed

    def note_added(self, id):
        """Records that this connection has added an account."""
        self._added_from = id if self._added_from is None else min(id, self._added_from)

    def added_here(self, id):
        """Whether this connection has added the account. Then its session may remove it without a press."""
        return self.in_session and self._added_from is not None and id >= self._added_from

    # -- the session

    def open(self, other):
        """Begins a proof. Returns the token's new nonce. `other` is the host's nonce."""
        nonce = self._system.random(NONCE_SIZE)
        self._nonces = self._system.serial.encode("utf-8") + nonce + other
        return nonce

    def prove(self, proof, now_ms):
        """Checks the host's proof and begins the session. Returns the token's proof. Raises Denied."""
        message, self._nonces = self._nonces, None
        key = self._store.owner() if self._store.claimed else None
        if key is None or message is None:
            raise Denied(True)
        owner = hmac.Hmac("SHA256", key)
        if not equal(owner.digest(_HOST + message), proof):
            raise Denied(True)
        self._begin(owner.digest(_CALLS + message), True, now_ms)
        return owner.digest(_TOKEN + message)

    def call(self, seq, text, proof, now_ms):
        """Checks one call of the session. Returns whether it has the session's permission.

        On a token without an owner a call of a session that has ended is an ordinary request. Raises Denied
        if its number or its MAC is wrong, or if the owner's session has ended.
        """
        claimed = self._store.claimed
        if not self._is_open(now_ms):
            self._calls = None
            if claimed:
                raise Denied(True)
            return False
        message = seq.to_bytes(4, "big") + text.encode("utf-8")
        if seq != self._sequence + 1 or not equal(self._calls.digest(message), proof):
            raise Denied(claimed)
        self._sequence = seq
        self._extend(now_ms)
        return True
