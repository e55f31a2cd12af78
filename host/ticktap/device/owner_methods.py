"""The protocol's methods for the owner of a token."""

from __future__ import annotations

import os
from functools import partial

from ticktap.device import owner_key, owner_session, results, timeouts
from ticktap.device.connection import Connection
from ticktap.device.protocol import SALT_BYTES
from ticktap.otp.account import Hidden, Params


class OwnerMethods(Connection):
    """Permission for changes: by a press, or by the owner's session."""

    def allow_changes(self, timeout: int = timeouts.PRESS) -> None:
        """Permits changes by this client without further presses, after one press: until it is closed, or
        made no change for a minute. For tokens without an owner.
        """
        self._with_session(results.Nothing, "session.allow", {}, timeout)

    def claim(self, master: bytes, serial: str, timeout: int = timeouts.PRESS) -> None:
        """Makes a key derived from `master` (32 bytes) the owner key, after two presses."""
        __tracebackhide__ = True  # pytest would show the key
        salt = os.urandom(SALT_BYTES)
        key = owner_key.token_key(master, serial, salt)
        self._after_press(
            results.Nothing,
            "token.claim",
            Params(key=owner_session.encoded(key), salt=owner_session.encoded(salt)),
            timeout,
            timeouts.PRESS_SLACK,
        )
        self.session = None

    def prove_owner(self, master: bytes, serial: str) -> None:
        """Opens an owner session; later requests are the owner's.

        Raises:
            NotOwner: the owner has another master key, or the token has no owner.
            TokenError: the token cannot prove that it has the key.
        """
        __tracebackhide__ = True
        self.session = None
        self.session = owner_session.open_session(partial(self._get, dict), Hidden(master), serial)

    def end_session(self) -> None:
        """Ends the owner session and all other permissions of this connection."""
        self.call("session.close")
        self.session, self.unlocked, self._pressed = None, False, False

    def release(self, timeout: int = timeouts.PRESS) -> None:
        """Removes the owner, after a press."""
        self._after_press(results.Nothing, "token.release", {}, timeout, timeouts.PRESS_SLACK)
        self.session = None
