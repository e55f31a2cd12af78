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
NO_CHIP = ("absent", "bus", "other")  # there is no chip to set
_MAX_DELAY_MS = 20  # between a read and the setting that follows it


class ClockInvalid(Exception):
    """The clock is not valid. `state` is the reason."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


class AdjustmentTooLarge(Exception):
    """The move is beyond the adjustment limit. `left` is how far the clock may still be moved, ms."""

    def __init__(self, left):
        super().__init__(left)
        self.left = left


class Timekeeper:
    """Reads and sets the chip.

    Args:
        rtc: the chip.
        released: the firmware's release, Unix seconds.
        load(), save(body): read and store the record of adjustment_limit.py.
    """

    def __init__(self, rtc, released, load, save):
        self._chip = rtc
        self._load = load
        self._save = save
        self._subsecond = Subsecond()
        self.released = released  # unix seconds
        self.state = EARLY  # at the last read

    def read(self):
        """Reads the chip. Returns (state, unix or None)."""
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
        """The time in Unix seconds. Raises ClockInvalid."""
        state, unix = self.read()
        if state != OK:
            raise ClockInvalid(state)
        return unix

    def next_read(self, now_ms):
        """When to read the chip next, to find when its seconds begin; None when that is known."""
        return self._subsecond.next_read(now_ms)

    def set(self, unix, pressed):
        """Sets the chip. The move is stored before it is made, so that a power cut cannot leave it uncounted.

        Raises:
            ValueError: the chip cannot hold this time, or it is before the firmware's release.
            AdjustmentTooLarge: the move needs a press, and `pressed` is False.
            ClockInvalid: there is no chip to set.
            What `save` raises.
        """
        if not self.released <= unix <= LAST:
            raise ValueError("the year is outside the clock's range")
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
        """Sets the aging offset, -128 to 127. Raises ClockInvalid if there is no chip."""
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
            "adjustment_left_ms": 0 if unix is None else limit.left(unix),
        }

    def _limit(self):
        from .adjustment_limit import AdjustmentLimit

        return AdjustmentLimit(self._load())

    def _ms(self, unix):
        """The position within the second `unix`, which was just read: [least, greatest] in ms."""
        past = self._subsecond.elapsed(unix, self._chip.read_window[0])
        if past is None:
            return [0, 1000]
        least, most = past
        return [max(0, least), min(1000, most + self._chip.read_window[1] - self._chip.read_window[0])]

    def _reserve(self, unix, now, limit):
        """Stores the greatest possible effect of a move before it is made.

        `now` is the time just read. If storing took long (the log was full), the effect is computed and
        stored once more. Raises AdjustmentTooLarge, with nothing counted; always when `now` is None.
        """
        if now is None:
            raise AdjustmentTooLarge(0)
        old = None
        for _ in range(2):
            start, end = self._chip.read_window  # of the last read; the setting comes a little later
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
