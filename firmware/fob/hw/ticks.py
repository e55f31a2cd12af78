"""Milliseconds since start, from supervisor.ticks_ms, which wraps at 2**29."""

import supervisor

_MASK = (1 << 29) - 1


class Ticks:
    """Must be read at least every six days."""

    def __init__(self):
        self._last = supervisor.ticks_ms()
        self._now = 0

    def now(self):
        at = supervisor.ticks_ms()
        self._now += (at - self._last) & _MASK
        self._last = at
        return self._now

    def since_start(self, timestamp):
        """When an event with a ticks_ms stamp happened; it is in the past."""
        return self.now() - ((self._last - timestamp) & _MASK)
