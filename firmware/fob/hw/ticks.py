"""Milliseconds since start, from supervisor.ticks_ms, which wraps at 2**29."""

import supervisor

_MASK = (1 << 29) - 1


class Ticks:
    """A clock that does not wrap. It must be read at least every six days."""

    def __init__(self):
        self._last = supervisor.ticks_ms()
        self._now = 0

    def now(self):
        at = supervisor.ticks_ms()
        self._now += (at - self._last) & _MASK
        self._last = at
        return self._now

    def since_start(self, timestamp):
        """The time of a past event with a ticks_ms time stamp."""
        return self.now() - ((self._last - timestamp) & _MASK)
