"""The protocol's methods for the clock and the sync note."""

from __future__ import annotations

from ticktap.device import results, timeouts
from ticktap.device.connection import Connection


class ClockMethods(Connection):
    """Reading, setting and trimming the clock; the sync note."""

    def clock(self) -> results.Clock:
        """Returns CLOCK: state, unix, temperature, aging, sets, moved_ms, adjustment_left_ms."""
        return self._get(results.Clock, "clock.get")

    def set_clock(self, unix: int) -> results.Clock:
        """Sets the clock to `unix` when the request arrives; returns CLOCK. clock.sync aligns the second
        too.
        """
        return self._get(results.Clock, "clock.set", {"unix": unix}, timeouts.CHANGE)

    def allow_clock(self, timeout: int = timeouts.PRESS) -> None:
        """Permits this client any setting of the clock for 30 seconds, after a press."""
        self._with_session(results.Nothing, "clock.allow", {}, timeout)

    def trim_clock(self, aging: int) -> results.Clock:
        """Sets the clock chip's aging offset (-128 to 127, positive is slower); returns CLOCK.

        Raises:
            ClockGuarded: no press has permitted it (allow_clock).
        """
        return self._get(results.Clock, "clock.trim", {"aging": aging})

    def note_sync(self, note: str) -> None:
        """Stores a sync note on the token (clock/sync_note.py)."""
        self.call("clock.note", {"note": note})

    def noted_sync(self) -> results.StoredNote:
        """Returns the stored sync note: {"unix", "sets", "note"}, each None if there is none."""
        return self._get(results.StoredNote, "clock.noted")
