"""How far the clock may be set without anybody's press.

Whoever can move the clock can have codes of a future time made. So what settings without a press move it by,
in all and since the last one with a press, stays within 2 s and 5 ppm of the time since, and 15 s at most:
enough for a computer that keeps a DS3231 right (3.5 ppm over its whole range, data sheet page 1, and a year's
aging) if somebody presses once a month, and for a thief no code of a later step than the next.

    record = settings u32 | time of the last one with a press u32 | least and most moved since, ms, i32 each

The time fits 32 bits until 2106. What is moved is known to a few milliseconds (subsecond.py); the unknown
part is counted against whoever moves it, in both directions.
"""

from struct import pack, unpack

_BASE_MS = 2000  # ms
_PPM = 5
_MAX_MS = 15000  # ms
_FIELDS = "<IIii"


class AdjustmentLimit:
    """`body`: the record that was kept, or None."""

    def __init__(self, body=None):
        self.sets, self._confirmed_at, self._low, self._high = unpack(_FIELDS, body) if body else (0, 0, 0, 0)

    @property
    def moved(self):
        """About how far settings without a press have moved the clock, ms."""
        return (self._low + self._high) // 2

    def allowed(self, unix):
        """How far they may, at a time, ms."""
        if not self._confirmed_at:
            return 0  # nobody has ever set it with a press
        return min(_MAX_MS, _BASE_MS + max(0, unix - self._confirmed_at) * _PPM // 1000)

    def left(self, unix):
        return max(0, self.allowed(unix) - max(self._high, -self._low))

    def fits(self, low, high, unix):
        """Whether a move by between `low` and `high` ms (forward is positive) may be made without a press."""
        return max(abs(self._low + low), abs(self._high + high)) <= self.allowed(unix)

    def before_move(self, low, high):
        """The record before such a move, which may still not happen: a cut must give no room to go back by
        it.
        """
        low, high = min(self._low, self._low + low), max(self._high, self._high + high)
        return pack(_FIELDS, self.sets + 1, self._confirmed_at, low, high)

    def after_move(self, low, high):
        """The record after such a move."""
        return pack(_FIELDS, self.sets + 1, self._confirmed_at, self._low + low, self._high + high)

    def after_press(self, unix):
        """The record after a setting with a press to `unix`."""
        return pack(_FIELDS, self.sets + 1, unix, 0, 0)
