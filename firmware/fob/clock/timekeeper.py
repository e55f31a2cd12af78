"""Whether the clock may be used for codes, what it says, and how far it may be set.

The chip is an object with `read()` -> (state, unix): state "ok", "absent", "bus", "other" or "stopped"; unix
None unless there is a date; `set(unix)` and `trim(aging)` -> state; `extra()`; and `between`, the moments in
ms between which the last `read` or `set` was done. What hardware cannot know is decided here: a time before
the firmware's release is no time.
"""

from .calendar import LAST
from .subsecond import Phase

OK = "ok"
EARLY = "early"
GONE = ("absent", "bus", "other")  # nothing to set
_LATE_MS = 20  # that may pass between a look and the setting that follows it


class Untrusted(Exception):
    """The clock may not be used; `state` says why."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


class TooFar(Exception):
    """The clock may not be moved so far without a press; `left` is how far it may, in ms."""

    def __init__(self, left):
        super().__init__(left)
        self.left = left


class Timekeeper:
    """`record()` gives that of adjustment_limit.py, `keep(body)` keeps one."""

    def __init__(self, rtc, released, record, keep):
        self._chip = rtc
        self._kept = record
        self._keep = keep
        self._phase = Phase()
        self.released = released  # unix seconds
        self.state = EARLY  # as of the last look

    def look(self):
        """(state, unix or None) now."""
        state, unix = self._chip.read()
        if unix is not None:
            self._phase.note(unix, *self._chip.between)
        if state == OK and (unix is None or unix < self.released):
            state = EARLY
        if state != OK:
            self._phase.forget()
        self.state = state
        return state, unix

    def unix(self):
        """Unix seconds of a clock that may be used. Raises Untrusted."""
        state, unix = self.look()
        if state != OK:
            raise Untrusted(state)
        return unix

    def next_look(self, now_ms):
        """When to look to learn more about when the chip's seconds begin; None when enough is known."""
        return self._phase.next_look(now_ms)

    def set(self, unix, pressed):
        """Sets the chip; what may come of it is kept first, so that no power cut gives a move for nothing.

        ValueError: no time it can hold or that can be true. TooFar: a press is needed, and `pressed` is
        False. Untrusted: no chip to set. Raises what `keep` raises.
        """
        if not self.released <= unix <= LAST:
            raise ValueError("outside the years this token can hold")
        state, now = self.look()
        if state in GONE:
            raise Untrusted(state)
        budget = self._budget()
        if pressed:
            self._keep(budget.proved_at(unix))
        else:
            self._announce(unix, now if state == OK else None, budget)
        state = self._chip.set(unix)
        if state != OK:
            self.state = state
            raise Untrusted(state)
        start, end = self._chip.between
        if not pressed:
            least, most = self._phase.past(unix, end)
            self._keep(budget.moved_by(-most, end - start - least))
        self._phase.note_set(unix, start, end)

    def trim(self, aging):
        """Sets the aging register, -128 to 127. Untrusted: no chip to set."""
        state = self._chip.trim(aging)
        if state != OK:
            self.state = state
            raise Untrusted(state)

    def describe(self):
        """CLOCK of docs/protocol.md."""
        state, unix = self.look()
        extra = self._chip.extra() if unix is not None else (None, None)
        budget = self._budget()
        return {
            "state": state,
            "unix": unix,
            "ms": None if unix is None else self._ms(unix),
            "temperature": extra[0],
            "aging": extra[1],
            "sets": budget.sets,
            "moved_ms": budget.moved,
            "budget_ms": 0 if unix is None else budget.left(unix),
        }

    def _budget(self):
        from .adjustment_limit import Budget

        return Budget(self._kept())

    def _ms(self, unix):
        """How far into `unix`, which was just read, the chip was: the least and the most, ms."""
        past = self._phase.past(unix, self._chip.between[0])
        if past is None:
            return [0, 1000]
        least, most = past
        return [max(0, least), min(1000, most + self._chip.between[1] - self._chip.between[0])]

    def _announce(self, unix, now, budget):
        """Keeps what a move of the clock, which has just said `now`, may come to; once more when that took
        long (a log that was full), so that no time goes by uncounted.

        Raises TooFar, with nothing counted; always when `now` is None.
        """
        if now is None:
            raise TooFar(0)
        old = None
        for _ in range(2):
            start, end = self._chip.between  # of the look just now; the setting comes some time behind it
            least, most = self._phase.past(unix, end)
            low, high = -most - _LATE_MS, end - start - least
            if abs(unix - now) > 1000000 or not budget.fits(low, high, now):
                break
            old = old or self._kept()
            self._keep(budget.perhaps_moved_by(low, high))
            state, now = self.look()
            if state != OK:
                raise Untrusted(state)
            if self._chip.between[1] - end <= _LATE_MS // 2:
                return
        if old:
            self._keep(old)
        raise TooFar(budget.left(now))
