"""The simulated token of `serve --demo`: the unchanged firmware, pressed from the pages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ticktap.device.client import Client
from ticktap.simulator.real_time import RealTimeToken

if TYPE_CHECKING:
    from ticktap.otp import Account
    from ticktap.simulator import VirtualToken

_FINGER_MS = 1_200.0  # the token shows for a second what the press is for; earlier presses do not count
_TYPED_MS = 2_000.0
_READY_MS = 1_000.0
_START_MS = 20_000.0


def _started(token: VirtualToken) -> None:
    """Lets the firmware start, whatever the load of this computer."""
    token.advance_until(lambda: token.chip.usb.data.usable, _START_MS, 20)
    token.advance(_READY_MS)


class DemoToken:
    """One token with the accounts of all the demo's people. Close it at the end.

    Safe to use from several threads: the token's own thread does the work.
    """

    def __init__(self) -> None:
        self._live = RealTimeToken.start(rtc_set=True, unix=time.time() - 3)
        self._live.do(_started)
        self._accounts: dict[str, int] = {}

    @property
    def serial(self) -> str:
        """Its serial number."""
        return self._live.do(lambda token: token.serial)

    def add(self, owner: str, account: Account) -> int:
        """Stores an account after a press; returns its number. `owner`: its name for `press`."""

        def store(token: VirtualToken) -> int:
            with Client(token.open()) as client:
                token.press_later(_FINGER_MS)
                client.allow_changes()
                return client.add(account.to_params())

        self._accounts[owner] = self._live.do(store)
        return self._accounts[owner]

    def has(self, owner: str) -> bool:
        """Whether there is an account of this owner."""
        return owner in self._accounts

    def give(self, owner: str, to: str) -> None:
        """Assigns an account to another owner."""
        self._accounts[to] = self._accounts.pop(owner)

    def press(self, owner: str) -> str:
        """Chooses an account and presses the button; returns what the token types, or nothing."""
        if owner not in self._accounts:
            return ""
        number = self._accounts[owner]

        def click(token: VirtualToken) -> str:
            token.clear_typed()
            with Client(token.open()) as client:
                token.press_later(_FINGER_MS)
                client.type(number)
            token.advance_until(lambda: len(token.typed) >= 6, _TYPED_MS)
            return token.typed

        return self._live.do(click)

    def close(self) -> None:
        """Unplugs it."""
        self._live.close()
