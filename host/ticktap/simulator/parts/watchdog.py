"""The RP2040's watchdog: resets the chip unless it is fed in time."""

from __future__ import annotations

from collections.abc import Callable

from ticktap.simulator.timeline import SECOND, Event, Timeline


class Watchdog:
    """`expired` is called after `timeout` seconds without a feed."""

    def __init__(self, timeline: Timeline, expired: Callable[[], None]) -> None:
        self._timeline = timeline
        self._expired = expired
        self._due: Event | None = None
        self._deadline = 0
        self.timeout = 0.0

    @property
    def running(self) -> bool:
        return self._due is not None

    def start(self) -> None:
        """Starts or restarts it."""
        self.stop()
        self._due = self._timeline.after(self._span(), self._fire)
        self._deadline = self._due.when

    def stop(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def feed(self) -> None:
        """Moves the deadline only, because firmware feeds it a thousand times a second."""
        self._deadline = self._timeline.now + self._span()

    def _span(self) -> int:
        return round(self.timeout * SECOND)

    def _fire(self) -> None:
        if self._timeline.now < self._deadline:
            self._due = self._timeline.at(self._deadline, self._fire)
        else:
            self._due = None
            self._expired()
