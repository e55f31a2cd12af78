"""The token's protocol as methods: one request and one response each (docs/protocol.md describes both)."""

from __future__ import annotations

from ticktap.device.account_methods import AccountMethods
from ticktap.device.clock_methods import ClockMethods
from ticktap.device.owner_methods import OwnerMethods
from ticktap.device.pin_methods import PinMethods
from ticktap.device.token_methods import TokenMethods


class Client(TokenMethods, AccountMethods, OwnerMethods, PinMethods, ClockMethods):
    """A connection to one token over an open port, with the methods of the protocol.

    As a context manager, it closes the port.
    """
