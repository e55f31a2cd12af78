"""The protocol's methods for the PIN. The token receives only keys derived from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ticktap.device import results, timeouts
from ticktap.device.connection import Connection
from ticktap.device.owner_session import encoded
from ticktap.otp.account import Params

if TYPE_CHECKING:
    from ticktap.device.pin import KdfParams


class PinMethods(Connection):
    """Unlocking, setting, changing and removing the PIN."""

    def pin(self) -> results.PinInfo:
        """Returns PIN and, if one is set, the Argon2id parameters: {"salt", "memory", "passes", "lanes"}."""
        return self._get(results.PinInfo, "pin.info")

    def unlock(self, key: bytes) -> results.PinState:
        """Unlocks the token with the key made from the PIN (pin.key); returns PIN.

        Raises:
            WrongPin: the PIN was wrong; this used one attempt.
            Locked: no further attempt is allowed, or the accounts are erased.
        """
        __tracebackhide__ = True
        state = self._get(results.PinState, "pin.unlock", Params(key=encoded(key)), timeouts.UNLOCK)
        self.unlocked = True
        return state

    def lock(self) -> results.PinState:
        """Locks the token: it forgets the key. Returns PIN."""
        self.unlocked = False
        return self._get(results.PinState, "pin.lock")

    def set_pin(
        self, key: bytes, kdf: KdfParams, old: bytes | None = None, timeout: int = timeouts.PRESS
    ) -> results.PinState:
        """Sets the key that unlocks the token, after a press. Returns PIN.

        Args:
            key: made from the new PIN with `kdf`.
            old: the key that unlocks the token until now.
        """
        __tracebackhide__ = True
        params = Params(
            key=encoded(key),
            salt=encoded(kdf.salt),
            memory=kdf.memory,
            passes=kdf.passes,
            lanes=kdf.lanes,
        )
        if old is not None:
            params["old"] = encoded(old)
        return self._after_press(results.PinState, "pin.set", params, timeout, timeouts.SEAL_SLACK)

    def remove_pin(self, old: bytes, timeout: int = timeouts.PRESS) -> results.PinState:
        """Removes the PIN, after a press; returns PIN."""
        __tracebackhide__ = True
        return self._after_press(
            results.PinState, "pin.remove", Params(old=encoded(old)), timeout, timeouts.SEAL_SLACK
        )

    def set_pin_keys(self, digits: str | None, timeout: int = timeouts.PRESS) -> results.PinState:
        """Sets the PIN that is entered with the token's buttons, after a press; None removes it. Returns
        PIN.
        """
        __tracebackhide__ = True
        return self._after_press(
            results.PinState, "pin.keys", Params(digits=digits), timeout, timeouts.PRESS_SLACK
        )
