"""Access control for requests (docs/protocol.md, "Who may do what").

A token without an owner requires a press before changes. A token with an owner requires the owner's proof.
Both open a session: its key is known only to the program that asked, and each of its calls has a number and a
MAC (session_calls.py). So another program on the same port cannot use the permission. Permissions end with
the connection.
"""

ANYONE = 0
READ = 1  # on a token with an owner: the owner, or a connection that has unlocked the token
CHANGE = 2  # a session: the owner's, or one that a press has allowed
PRESSED = 3  # the method waits for a press; on a token with an owner, only the owner

NONCE_SIZE = 16
KEY_SIZE = 32
PRESS_MS = 60_000  # a session that a press has allowed ends this long after its last call


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

    Attributes:
        writes_full_at, waits_full_at: when the whole number is available again (limits.py), ms.
        in_session: whether the current request came through the session.
        unlocked_here: whether a PIN was sent over this connection.
        clock_until: until when the session may set the clock to any time.
        nonces: of the owner's proof that was begun.
        calls: the Cmac for the calls of the session, None without one.
        is_owner: whether it is the owner's session.
        sequence, calls_until: the number of its last call; when it ends.
    """

    def __init__(self, store, system):
        self.store = store
        self.system = system
        self.writes_full_at = self.waits_full_at = 0
        self.end()

    def end(self):
        """Ends all permissions: the connection has ended."""
        self.nonces = self.calls = None
        self.in_session = self.is_owner = self.unlocked_here = False
        self.clock_until = self.sequence = self.calls_until = 0
        self._added_from = None  # the first id added by this connection; later ids are greater

    def changes(self, now_ms):
        """What a change requires: "owner", "press" or nothing ("open")."""
        if self.store.claimed:
            return "owner"
        return "open" if self.is_open(now_ms) else "press"

    def check(self, level, in_session):
        """Raises Denied unless a method of this level is allowed. `in_session`: it came through `call`."""
        self.in_session = in_session
        if level == ANYONE or in_session:
            return
        if self.store.claimed:
            if level != READ or not self.unlocked_here:
                raise Denied(True)
        elif level == CHANGE:
            raise Denied(False)

    def is_open(self, now_ms):
        """Whether there is a session."""
        return self.calls and now_ms < self.calls_until and self.is_owner == self.store.claimed

    def extend(self, now_ms, until_ms):
        """Lets an open session continue after a request that waits for a press until `until_ms`."""
        if self.is_open(now_ms):
            self.calls_until = max(self.calls_until, until_ms + PRESS_MS)

    def may_set_clock(self, now_ms):
        return now_ms < self.clock_until

    def note_added(self, id):
        """Records that this connection has added an account."""
        self._added_from = id if self._added_from is None else min(id, self._added_from)

    def added_here(self, id):
        """Whether this connection has added the account. Then its session may remove it without a press."""
        return self.in_session and self._added_from is not None and id >= self._added_from
