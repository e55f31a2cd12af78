"""Wakes a host that has suspended the token's port, and says whether it came back in time.

A port is suspended when its computer sleeps, and also when an awake computer saves power (USB 2.0, 7.1.7.6;
"autosuspend"). The token cannot tell which. An awake computer resumes the port at once; a sleeping one takes
longer to wake, and by then a code must not be typed any more.
"""

SIGNAL_MS = (
    1900  # the keyboard signals after 2 s; a host that is back sooner has not come back for the signal
)
# From the signal until the port is resumed: 20 ms of signalling and 10 ms of recovery (USB 2.0, 7.1.7.7), and
# what the host's own driver takes.
RESUME_MS = 250


class RemoteWakeup:
    """One attempt. `keyboard`: connected, wake()."""

    def __init__(self, keyboard):
        self._keyboard = keyboard
        self._asked_at = None
        self._until = None

    def step(self, now_ms):
        """True: the host is awake. False: it was not in time. None: not decided yet.

        The first call may take 2 s (hw/keyboard.py).
        """
        if self._asked_at is None:
            if self._keyboard.connected:
                return True
            self._asked_at = now_ms
            self._keyboard.wake()
            return None
        if self._until is None:
            if now_ms - self._asked_at < SIGNAL_MS:
                return False
            self._until = now_ms + RESUME_MS
        if self._keyboard.connected:
            return True
        return False if now_ms >= self._until else None
