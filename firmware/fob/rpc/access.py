"""Who may do what over the wire (docs/protocol.md, "Who may do what").

A token without an owner asks for a press before changes; one with an owner asks for the owner's proof. All of
it belongs to one connection and ends with it.
"""

from ..crypto import hmac
from ..crypto.cmac import Cmac, equal

ANYONE = 0
READ = 1  # lists, settings, a sync's note: of a token with an owner, for the owner or who unlocked it here
CHANGE = 2  # after a press that allowed changes, or by the owner
PRESSED = 3  # the method itself waits for a press; by the owner if there is one

NONCE_SIZE = 16
_IDLE_MS = 300_000  # a press allows changes for so long after the last one
_SESSION_MS = 600_000
_CLOCK_MS = 30_000  # one press is for one setting of the clock, tried again at most
_HOST = b"ticktap host"
_TOKEN = b"ticktap token"
_CALLS = b"ticktap calls"


class Denied(Exception):
    """`owner`: the owner's proof is needed, or was wrong; else a press."""

    def __init__(self, owner):
        super().__init__(owner)
        self.owner = owner


class Access:
    """`store`: claimed, owner(). `system`: serial, random(n), aes."""

    def __init__(self, store, system):
        self._store = store
        self._system = system
        self.end()

    def end(self):
        """The connection is over."""
        self._allowed_until = None
        self._clock_until = 0
        self._nonces = None
        self._calls = None  # Cmac of the session's calls
        self._sequence = 0
        self._calls_until = 0
        self.unlocked_here = False
        self._added_from = None  # the first id added here; ids only grow

    # -- asking

    def changes(self, now_ms):
        """What a change needs: "owner", "press" or nothing more ("open")."""
        if self._store.claimed:
            return "owner"
        return "open" if self._allowed(now_ms) else "press"

    def check(self, level, now_ms, by_owner):
        """Raises Denied unless a method of this level may run. `by_owner`: it came through `call`."""
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
        """Somebody pressed, or a change was made."""
        self._allowed_until = now_ms + _IDLE_MS

    def allow_clock(self, now_ms):
        """Somebody pressed for the clock to be set to any time."""
        self._clock_until = now_ms + _CLOCK_MS

    def may_set_clock(self, now_ms):
        return now_ms < self._clock_until

    def _allowed(self, now_ms):
        return self._allowed_until is not None and now_ms < self._allowed_until

    def note_added(self, id):
        """An account was added on this connection."""
        self._added_from = id if self._added_from is None else min(id, self._added_from)

    def added_here(self, id):
        """Whether it was this connection that added the account: taking it back loses nothing."""
        return self._added_from is not None and id >= self._added_from

    # -- the owner's session

    def open(self, other):
        """A fresh nonce to be proved against."""
        nonce = self._system.random(NONCE_SIZE)
        self._nonces = self._system.serial.encode("utf-8") + nonce + other
        return nonce

    def prove(self, proof, now_ms):
        """The token's own proof, when the host's is right; the session begins. Raises Denied."""
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
        """Takes one call of the session. Raises Denied: it is not the next one, or not the owner's."""
        if self._calls is None or now_ms >= self._calls_until or not self._store.claimed:
            self._calls = None
            raise Denied(True)
        message = seq.to_bytes(4, "big") + text.encode("utf-8")
        if seq != self._sequence + 1 or not equal(self._calls.digest(message), proof):
            raise Denied(True)
        self._sequence = seq
        self._calls_until = now_ms + _SESSION_MS
