"""Remote wake-up: resumes a suspended port, and says whether the host was fast enough.

A port is suspended while its computer sleeps, and also when an awake computer saves power (USB 2.0, 7.1.7.6;
"autosuspend"). The token cannot distinguish the two. An awake computer resumes the port at once. A sleeping
one takes longer, and then the code must not be typed.
"""

SIGNAL_MS = 1900  # the keyboard signals after 2 s; a host that resumes earlier does so for another reason
# From the signal until the port is resumed: 20 ms of signalling, 10 ms of recovery (USB 2.0, 7.1.7.7), and
# the time of the host's driver.
RESUME_MS = 250


class RemoteWakeup:
    """One remote wake-up. `keyboard`: connected, wake()."""

    def __init__(self, keyboard):
        self._keyboard = keyboard
        self._asked_at = None
        self._until = None

    def step(self, now_ms):
        """Returns True when the host is awake, False when it was too slow, None while that is open.

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
