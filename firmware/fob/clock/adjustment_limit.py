"""The adjustment limit: how far the clock may be set without a press.

A program that can set the clock can get codes for a future time. So all settings without a press together,
since the last one with a press, may move the clock by 2 s plus 5 ppm of the time since, 15 s at most. That is
enough to keep a DS3231 right with one press a month (3.5 ppm over its temperature range, data sheet page 1,
plus a year's ageing). It does not give an attacker a code later than that of the next time step.

    record = number of settings u32 | time of the last one with a press u32 | least and greatest sum of the
             moves since, ms, i32 each

The time fits 32 bits until 2106. A move is known within a few milliseconds (subsecond.py). The uncertainty
counts as moved, in both directions.
"""

from struct import pack, unpack

_BASE_MS = 2000  # ms
_PPM = 5
_MAX_MS = 15000  # ms
_FIELDS = "<IIii"


class AdjustmentLimit:
    """The state of the limit.

    Args:
        body: the stored record, or None.
    """

    def __init__(self, body=None):
        self.sets, self._confirmed_at, self._low, self._high = unpack(_FIELDS, body) if body else (0, 0, 0, 0)

    @property
    def moved(self):
        """How far settings without a press have moved the clock, about, ms."""
        return (self._low + self._high) // 2

    def allowed(self, unix):
        """How far they may have moved it at `unix`, ms."""
        if not self._confirmed_at:
            return 0  # it was never set with a press
        return min(_MAX_MS, _BASE_MS + max(0, unix - self._confirmed_at) * _PPM // 1000)

    def left(self, unix):
        return max(0, self.allowed(unix) - max(self._high, -self._low))

    def fits(self, low, high, unix):
        """Whether a move by between `low` and `high` ms (forward is positive) may be made without a press."""
        return max(abs(self._low + low), abs(self._high + high)) <= self.allowed(unix)

    def before_move(self, low, high):
        """The record to store before a move by between `low` and `high` ms.

        After a power cut the move may or may not have been made, so the record includes both cases.
        """
        low, high = min(self._low, self._low + low), max(self._high, self._high + high)
        return pack(_FIELDS, self.sets + 1, self._confirmed_at, low, high)

    def after_move(self, low, high):
        """The record after a move by between `low` and `high` ms."""
        return pack(_FIELDS, self.sets + 1, self._confirmed_at, self._low + low, self._high + high)

    def after_press(self, unix):
        """The record after a setting with a press to `unix`."""
        return pack(_FIELDS, self.sets + 1, unix, 0, 0)
