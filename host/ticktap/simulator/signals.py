"""What ends a run of firmware from outside. None is an `Exception`: firmware cannot catch its own end."""

from __future__ import annotations


class FirmwareStop(BaseException):
    """Root of everything that stops the firmware's thread where it is."""


class PowerLost(FirmwareStop):
    """The supply has failed; running operations stay incomplete."""


class ChipReset(FirmwareStop):
    """The chip starts over. `reason` is a name in `microcontroller.ResetReason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reload(FirmwareStop):
    """`supervisor.reload()`: code.py starts over, USB stays up."""
