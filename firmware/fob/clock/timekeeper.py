"""The clock: its time, whether that time is valid, and how far it may be set.

The chip is an object with these members (fob/hw/rtc.py):

- `read()` -> (state, unix): state "ok", "absent", "bus", "other" or "stopped"; unix is None without a date
- `set(unix)`, `trim(aging)` -> state
- `temperature_and_aging()` -> (Celsius, aging offset), or Nones
- `read_window`: two moments (ms); the last `read` or `set` took place between them

This module adds the state "early": a time before the firmware's release cannot be right.
"""

from .calendar import LAST
from .subsecond import Subsecond

OK = "ok"
EARLY = "early"
NO_CHIP = ("absent", "bus", "other")  # nothing to set
_MAX_DELAY_MS = 20  # that may pass between a look and the setting that follows it


class ClockInvalid(Exception):
    """The clock may not be used; `state` says why."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


class AdjustmentTooLarge(Exception):
    """The clock may not be moved so far without a press; `left` is how far it may, in ms."""

    def __init__(self, left):
        super().__init__(left)
        self.left = left


class Timekeeper:
    """`load()` gives that of adjustment_limit.py, `save(body)` keeps one."""

    def __init__(self, rtc, released, load, save):
        self._chip = rtc
        self._load = load
        self._save = save
        self._subsecond = Subsecond()
        self.released = released  # unix seconds
        self.state = EARLY  # as of the last look

    def read(self):
        """(state, unix or None) now."""
        state, unix = self._chip.read()
        if unix is not None:
            self._subsecond.add_read(unix, *self._chip.read_window)
        if state == OK and (unix is None or unix < self.released):
            state = EARLY
        if state != OK:
            self._subsecond.forget()
        self.state = state
        return state, unix

    def unix(self):
        """Unix seconds of a clock that may be used. Raises Untrusted."""
        state, unix = self.read()
        if state != OK:
            raise ClockInvalid(state)
        return unix

    def next_read(self, now_ms):
        """When to look to learn more about when the chip's seconds begin; None when enough is known."""
        return self._subsecond.next_read(now_ms)

    def set(self, unix, pressed):
        """Sets the chip; what may come of it is kept first, so that no power cut gives a move for nothing.

        ValueError: no time it can hold or that can be true. TooFar: a press is needed, and `pressed` is
        False. Untrusted: no chip to set. Raises what `save` raises.
        """
        if not self.released <= unix <= LAST:
            raise ValueError("outside the years this token can hold")
        state, now = self.read()
        if state in NO_CHIP:
            raise ClockInvalid(state)
        limit = self._limit()
        if pressed:
            self._save(limit.after_press(unix))
        else:
            self._reserve(unix, now if state == OK else None, limit)
        state = self._chip.set(unix)
        if state != OK:
            self.state = state
            raise ClockInvalid(state)
        start, end = self._chip.read_window
        if not pressed:
            least, most = self._subsecond.elapsed(unix, end)
            self._save(limit.after_move(-most, end - start - least))
        self._subsecond.add_set(unix, start, end)

    def trim(self, aging):
        """Sets the aging register, -128 to 127. Untrusted: no chip to set."""
        state = self._chip.trim(aging)
        if state != OK:
            self.state = state
            raise ClockInvalid(state)

    def describe(self):
        """CLOCK of docs/protocol.md."""
        state, unix = self.read()
        extra = self._chip.temperature_and_aging() if unix is not None else (None, None)
        limit = self._limit()
        return {
            "state": state,
            "unix": unix,
            "ms": None if unix is None else self._ms(unix),
            "temperature": extra[0],
            "aging": extra[1],
            "sets": limit.sets,
            "moved_ms": limit.moved,
            "budget_ms": 0 if unix is None else limit.left(unix),
        }

    def _limit(self):
        from .adjustment_limit import AdjustmentLimit

        return AdjustmentLimit(self._load())

    def _ms(self, unix):
        """How far into `unix`, which was just read, the chip was: the least and the most, ms."""
        past = self._subsecond.elapsed(unix, self._chip.read_window[0])
        if past is None:
            return [0, 1000]
        least, most = past
        return [max(0, least), min(1000, most + self._chip.read_window[1] - self._chip.read_window[0])]

    def _reserve(self, unix, now, limit):
        """Keeps what a move of the clock, which has just said `now`, may come to; once more when that took
        long (a log that was full), so that no time goes by uncounted.

        Raises TooFar, with nothing counted; always when `now` is None.
        """
        if now is None:
            raise AdjustmentTooLarge(0)
        old = None
        for _ in range(2):
            start, end = self._chip.read_window  # of the look just now; the setting comes some time behind it
            least, most = self._subsecond.elapsed(unix, end)
            low, high = -most - _MAX_DELAY_MS, end - start - least
            if abs(unix - now) > 1000000 or not limit.fits(low, high, now):
                break
            old = old or self._load()
            self._save(limit.before_move(low, high))
            state, now = self.read()
            if state != OK:
                raise ClockInvalid(state)
            if self._chip.read_window[1] - end <= _MAX_DELAY_MS // 2:
                return
        if old:
            self._save(old)
        raise AdjustmentTooLarge(limit.left(now))
