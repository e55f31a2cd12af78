"""Access control for requests (docs/protocol.md, "Who may do what").

A token without an owner requires a press before changes. A token with an owner requires the owner's proof.
Permissions belong to one connection and end with it.
"""

from ..crypto import hmac
from ..crypto.cmac import Cmac, equal

ANYONE = 0
READ = 1  # on a token with an owner: the owner, or a connection that has unlocked the token
CHANGE = 2  # the owner, or a connection for which a press has allowed changes
PRESSED = 3  # the method waits for a press; on a token with an owner, only the owner

NONCE_SIZE = 16
_IDLE_MS = 300_000  # a press allows changes until this long after the last change
_SESSION_MS = 600_000
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
        self.end()

    def end(self):
        """Ends all permissions: the connection has ended."""
        self._allowed_until = None
        self._clock_until = 0
        self._nonces = None
        self._calls = None  # Cmac for the calls of the session
        self._sequence = 0
        self._calls_until = 0
        self.unlocked_here = False
        self._added_from = None  # the first id added by this connection; later ids are greater

    # -- permissions

    def changes(self, now_ms):
        """What a change requires: "owner", "press" or nothing ("open")."""
        if self._store.claimed:
            return "owner"
        return "open" if self._allowed(now_ms) else "press"

    def check(self, level, now_ms, by_owner):
        """Raises Denied unless a method of this level is allowed. `by_owner`: it came through `call`."""
        if level == ANYONE or by_owner:
            return
        if self._store.claimed:
            if level != READ or not self.unlocked_here:
                raise Denied(True)
        elif level == CHANGE:
            if not self._allowed(now_ms):
                raise Denied(False)
            self.allow(now_ms)

    def allow(self, now_ms):
        """Allows changes: after a press, and again after each change."""
        self._allowed_until = now_ms + _IDLE_MS

    def allow_clock(self, now_ms):
        """Allows the clock to be set to any time, after a press."""
        self._clock_until = now_ms + _CLOCK_MS

    def may_set_clock(self, now_ms):
        return now_ms < self._clock_until

    def _allowed(self, now_ms):
        return self._allowed_until is not None and now_ms < self._allowed_until

    def note_added(self, id):
        """Records that this connection has added an account."""
        self._added_from = id if self._added_from is None else min(id, self._added_from)

    def added_here(self, id):
        """Whether this connection has added the account. Then it may remove the account without a press."""
        return self._added_from is not None and id >= self._added_from

    # -- the owner's session

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
        self._calls = Cmac(self._system.aes, owner.digest(_CALLS + message))
        self._sequence = 0
        self._calls_until = now_ms + _SESSION_MS
        return owner.digest(_TOKEN + message)

    def call(self, seq, text, proof, now_ms):
        """Checks one call of the session. Raises Denied if its number or its MAC is wrong."""
        if self._calls is None or now_ms >= self._calls_until or not self._store.claimed:
            self._calls = None
            raise Denied(True)
        message = seq.to_bytes(4, "big") + text.encode("utf-8")
        if seq != self._sequence + 1 or not equal(self._calls.digest(message), proof):
            raise Denied(True)
        self._sequence = seq
        self._calls_until = now_ms + _SESSION_MS
