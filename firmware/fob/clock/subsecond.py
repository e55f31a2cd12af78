"""Finds when the clock chip's seconds begin, within a few milliseconds, although it gives whole seconds.

Each read gives two bounds: its second had begun when the read ended, and the next second had not begun when
the read began. A read in the middle of the possible interval halves it: ten reads reduce it from a second to
a millisecond.
"""

_SECOND_MS = 1000  # ms
_MAX_DRIFT_PPM = 50  # between the two clocks: 30 ppm of a usual crystal, 3.5 of the chip, and a margin
_TARGET_MS = 4  # ms; a narrower interval is not worth another read


class Subsecond:
    """The known interval. Times are in milliseconds since the start.

    `_reference` is a second of the chip; times are kept relative to it, so that the numbers stay small.
    """

    def __init__(self):
        self.forget()

    def forget(self):
        """Discards everything: the chip is another one, or another program has set it."""
        self._reference = None
        self._low = self._high = 0  # the second `_reference` began between these two times
        self._at = 0

    def add_read(self, unix, start, end):
        """Adds a read: between `start` and `end` the chip gave `unix`."""
        if self._reference is not None:
            self._widen(end)
            offset = (unix - self._reference) * _SECOND_MS
            low = max(self._low, start - offset - _SECOND_MS)
            high = min(self._high, end - offset)
            if low <= high:
                self._low, self._high = low, high
                return
        self._reference, self._at = unix, end  # the first read, or the chip was set
        self._low, self._high = start - _SECOND_MS, end

    def add_set(self, unix, start, end):
        """The chip was set to `unix` between `start` and `end`: that second began there."""
        self._reference, self._low, self._high, self._at = unix, start, end, end

    def elapsed(self, unix, now_ms):
        """How long ago the second `unix` began, at `now_ms`: (least, greatest) in ms, or None if unknown.

        Negative values: it begins in the future.
        """
        if self._reference is None:
            return None
        self._widen(now_ms)
        ms = now_ms - (unix - self._reference) * _SECOND_MS
        return ms - self._high, ms - self._low

    def next_read(self, now_ms):
        """When the next read narrows the interval most; None when it is narrow enough."""
        if self._reference is None or self._high - self._low <= _TARGET_MS:
            return None
        point = (self._low + self._high) // 2
        return now_ms + (point - now_ms) % _SECOND_MS

    def _widen(self, now_ms):
        """Widens the interval by the greatest possible drift between the two clocks."""
        span = (now_ms - self._at) * _MAX_DRIFT_PPM // 1000000
        if span:
            self._low -= span
            self._high += span
            self._at += span * 1000000 // _MAX_DRIFT_PPM  # not `now_ms`: keeps the fraction of a millisecond
