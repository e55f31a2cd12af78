"""Signals that end a run of firmware from outside. They are no `Exception`, so firmware cannot catch them."""

from __future__ import annotations


class FirmwareStop(BaseException):
    """Base class of the signals that stop the firmware's thread."""


class PowerLost(FirmwareStop):
    """The supply has failed; running operations stay incomplete."""


class ChipReset(FirmwareStop):
    """The chip restarts. `reason` is a name in `microcontroller.ResetReason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reload(FirmwareStop):
    """`supervisor.reload()`: code.py restarts, and USB stays connected."""
