"""When the clock chip's seconds begin, to a few milliseconds, from reads that give whole seconds.

Each read says that its second had begun when the read ended, and that the next had not when it began. Reads
in the middle of what is possible halve it: ten of them come from a second down to a millisecond.
"""

_SECOND_MS = 1000  # ms
_MAX_DRIFT_PPM = (
    50  # ppm by which the two clocks may differ: 30 of a usual crystal, 3.5 of the chip, and to spare
)
_TARGET_MS = 4  # ms; narrower is not worth a read


class Subsecond:
    """Moments are in milliseconds since start. `zero` is a second of the chip, chosen so that numbers stay
    small.
    """

    def __init__(self):
        self.forget()

    def forget(self):
        """Nothing is known: another chip, or a time set by somebody else."""
        self._reference = None
        self._low = self._high = 0  # the second `_reference` began between these two moments
        self._at = 0

    def add_read(self, unix, start, end):
        """A read between two moments gave `unix`."""
        if self._reference is not None:
            self._widen(end)
            offset = (unix - self._reference) * _SECOND_MS
            low = max(self._low, start - offset - _SECOND_MS)
            high = min(self._high, end - offset)
            if low <= high:
                self._low, self._high = low, high
                return
        self._reference, self._at = unix, end  # the chip was set, or this is the first read
        self._low, self._high = start - _SECOND_MS, end

    def add_set(self, unix, start, end):
        """Between two moments the chip was set to `unix`: that second began there."""
        self._reference, self._low, self._high, self._at = unix, start, end, end

    def elapsed(self, unix, now_ms):
        """How long ago second `unix` began, at `now_ms`: the least and the most, in ms; below 0 when it is to
        come.

        None when nothing is known.
        """
        if self._reference is None:
            return None
        self._widen(now_ms)
        ms = now_ms - (unix - self._reference) * _SECOND_MS
        return ms - self._high, ms - self._low

    def next_read(self, now_ms):
        """When to read next to learn the most; None when enough is known."""
        if self._reference is None or self._high - self._low <= _TARGET_MS:
            return None
        point = (self._low + self._high) // 2
        return now_ms + (point - now_ms) % _SECOND_MS

    def _widen(self, now_ms):
        """The two clocks drift apart by at most the slack."""
        span = (now_ms - self._at) * _MAX_DRIFT_PPM // 1000000
        if span:
            self._low -= span
            self._high += span
            self._at += (
                span * 1000000 // _MAX_DRIFT_PPM
            )  # not `now_ms`: what is left of a millisecond counts on
