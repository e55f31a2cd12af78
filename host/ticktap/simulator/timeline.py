"""Simulated time: integer nanoseconds that advance only on request, and scheduled events.

There is one timeline per token. It continues while the token has no power.
Nothing here sleeps, reads the host's clock or depends on the purpose of events.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

US = 1_000
MS = 1_000_000
SECOND = 1_000_000_000
FOREVER = 1 << 63


class Event:
    """Something due at a time. `cancel()` makes it not happen."""

    __slots__ = ("action", "when")

    def __init__(self, when: int, action: Callable[[], None]) -> None:
        self.when = when
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Safe to call at any time, also after the event has happened."""
        self.action = None


class Timeline:
    """The time `now` in ns since the timeline began, and a heap of events.

    Nothing is due before `horizon`, so callers may set `now` directly up to there.
    """

    def __init__(self) -> None:
        self.now = 0
        self.horizon = FOREVER
        self._heap: list[tuple[int, int, Event]] = []
        self._order = 0

    def at(self, when: int, action: Callable[[], None]) -> Event:
        """Call `action` when the time is `when`, or at the next chance if that is past.

        Events of the same instant happen in the order they were asked for.
        """
        event = Event(max(when, self.now), action)
        self._order += 1
        heapq.heappush(self._heap, (event.when, self._order, event))
        self.horizon = min(self.horizon, event.when)
        return event

    def after(self, delay: int, action: Callable[[], None]) -> Event:
        """Call `action` in `delay` ns."""
        return self.at(self.now + delay, action)

    def next_due(self) -> int:
        """The time of the next event, or FOREVER."""
        heap = self._heap
        while heap and heap[0][2].action is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else FOREVER

    def run_until(self, when: int) -> None:
        """Advances the time to `when`; events on the way happen at their times."""
        while self.next_due() <= when:
            due, _, event = heapq.heappop(self._heap)
            self.now = max(self.now, due)
            action, event.action = event.action, None
            if action is not None:
                action()
        self.now = max(self.now, when)
        self.horizon = self.next_due()
