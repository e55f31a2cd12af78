"""The protocol's methods for the owner of a token."""

from __future__ import annotations

from functools import partial

from ticktap.device import owner_session, results, timeouts
from ticktap.device.connection import Connection
from ticktap.otp.account import Hidden, Params


class OwnerMethods(Connection):
    """Permission for changes: by a press, or by the owner's session."""

    def allow_changes(self, timeout: int = timeouts.PRESS) -> None:
        """Permits changes without further presses until the port is closed, after one press. For tokens
        without an owner.
        """
        self._after_press(results.Nothing, "session.allow", {}, timeout, timeouts.PRESS_SLACK)

    def claim(self, key: bytes, timeout: int = timeouts.PRESS) -> None:
        """Makes `key` (32 bytes) the owner key, after a press."""
        __tracebackhide__ = True  # pytest would show the key
        self._after_press(
            results.Nothing,
            "token.claim",
            Params(key=owner_session.encoded(key)),
            timeout,
            timeouts.PRESS_SLACK,
        )

    def prove_owner(self, key: bytes, serial: str) -> None:
        """Opens an owner session; later requests are the owner's.

        Raises:
            NotOwner: `key` is not the owner key, or the token has no owner.
            TokenError: the token cannot prove that it has the key.
        """
        self.session = None
        self.session = owner_session.open_session(partial(self._get, dict), Hidden(key), serial)

    def end_session(self) -> None:
        """Ends the owner session and all other permissions of this connection."""
        self.call("session.close")
        self.session, self.unlocked, self._pressed = None, False, False

    def release(self, timeout: int = timeouts.PRESS) -> None:
        """Removes the owner, after a press."""
        self._after_press(results.Nothing, "token.release", {}, timeout, timeouts.PRESS_SLACK)
        self.session = None
