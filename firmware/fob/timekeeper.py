"""Whether the clock may be used for codes, and what it says.

The chip is an object with `read()` -> (state, unix): state "ok", "absent", "bus" or "stopped"; unix None
unless there is a date. What hardware cannot know is decided here: a time before the firmware's release is no
time.
"""

from .calendar import LAST

OK = "ok"
EARLY = "early"


class Untrusted(Exception):
    """The clock may not be used; `state` says why."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


class Timekeeper:
    def __init__(self, chip, released):
        self._chip = chip
        self.released = released  # unix seconds
        self.state = EARLY  # as of the last look

    def look(self):
        """(state, unix or None) now."""
        state, unix = self._chip.read()
        if state == OK and (unix is None or unix < self.released):
            state = EARLY
        self.state = state
        return state, unix

    def unix(self):
        """Unix seconds of a clock that may be used. Raises Untrusted."""
        state, unix = self.look()
        if state != OK:
            raise Untrusted(state)
        return unix

    def set(self, unix):
        """Sets the chip. ValueError: no time it can hold or that can be true. Untrusted: no chip to set."""
        if not self.released <= unix <= LAST:
            raise ValueError("outside the years this token can hold")
        state = self._chip.set(unix)
        if state != OK:
            self.state = state
            raise Untrusted(state)

    def describe(self):
        """CLOCK of docs/protocol.md."""
        state, unix = self.look()
        extra = self._chip.extra() if unix is not None else (None, None)
        return {"state": state, "unix": unix, "temperature": extra[0], "aging": extra[1]}
