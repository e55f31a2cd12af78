"""What a USB host and a serial channel use of the device that they belong to."""

from __future__ import annotations

from typing import Protocol


class Channel(Protocol):
    """A serial channel, as its host's driver sees it."""

    def pump(self) -> None:
        """Arranges the next transfer to the chip."""


class Device(Protocol):
    """A device on the bus."""

    configured: bool
    configured_at: int  # ns

    @property
    def ready(self) -> bool:
        """Configured and awake."""

    def bus_reset(self) -> None:
        """The host is gone or starts over."""

    def schedule_poll(self) -> None:
        """Arranges the host's next fetch of a report."""

    def channels(self) -> tuple[Channel, ...]:
        """Its serial channels."""

    def output_report(self, report_id: int, data: bytes) -> None:
        """A report from the host."""
