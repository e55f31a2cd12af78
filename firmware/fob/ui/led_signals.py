"""The LED signals. They differ in rhythm as well as in colour, for LEDs with one colour and for people who
cannot tell the colours apart.

A signal is (colour, (on ms, off ms, on, off, ...)). Background signals repeat; others are shown once.
"""

from .. import modes
from ..rpc import press_reason

OFF = 0
WHITE, RED, GREEN, BLUE, YELLOW, PURPLE = 0x202020, 0x300000, 0x003000, 0x000030, 0x281800, 0x200020

# Background signals; `background` chooses one.
WAITING_TIME_STEP = (YELLOW, (100, 100))  # the code is about to expire; the next one will be used
PRESS_PATTERN_MS = 1000  # each of the next four
PRESS_FOR_CODE = (BLUE, (500, 500))  # a request waits for a press, for a code
PRESS_FOR_CHANGE = (YELLOW, (100, 150, 100, 650))  # ... for a change
PRESS_FOR_DESTRUCTIVE = (RED, (100, 100, 100, 100, 100, 500))  # ... for a change that cannot be undone
PRESS_AGAIN = (RED, (100, 100, 100, 100, 100, 100, 100, 300))  # ... for the second of two presses
MAINTENANCE = (PURPLE, (1000, 0))
CLOCK_INVALID = (RED, (60, 140, 60, 140, 60, 2540))  # three flashes every 3 s: the clock is not valid
PIN_ENTRY = (WHITE, (400, 200))  # a PIN is being entered with the buttons
STORE_UNUSABLE = (RED, (60, 140, 60, 140, 60, 140, 60, 2340))  # four: the store cannot be used
SYNC_OVERDUE = (YELLOW, (60, 4940))  # one flash every 5 s: the last sync is older than the setting sync_days
# Shown once
READY = (GREEN, (300, 100))
TYPED = (GREEN, (120, 80))
NO_HOST = (YELLOW, (120, 120, 120, 400))  # two: no host is connected and awake
NO_ACCOUNT = (WHITE, (600, 400))  # one long: no account
CLOCK_REFUSED = (RED, (120, 120, 120, 120, 120, 400))
STORE_REFUSED = (RED, (120, 120, 120, 120, 120, 120, 120, 400))
LOCKED = (PURPLE, (500, 150, 120, 400))  # a long and a short: a PIN is required
WRONG_PIN = (RED, (500, 150, 120, 150, 120, 400))  # a long and two short
ERASED = (RED, (2000, 200, 2000, 400))  # two very long: too many wrong PINs
PIN_DIGIT = (WHITE, (0, 200, 60, 200))  # a gap in PIN_ENTRY with one short flash: a digit is complete
CANCELLED = (WHITE, (60, 60, 60, 300))
IDENTIFY = (PURPLE, (50, 50) * 30)

_PRESS_SIGNALS = {
    press_reason.CODE: PRESS_FOR_CODE,
    press_reason.CHANGE: PRESS_FOR_CHANGE,
    press_reason.DESTRUCTIVE: PRESS_FOR_DESTRUCTIVE,
    press_reason.TWICE: PRESS_FOR_DESTRUCTIVE,
    press_reason.AGAIN: PRESS_AGAIN,
}
_MODE_SIGNALS = {
    modes.WAITING: WAITING_TIME_STEP,
    modes.PRESSED: WAITING_TIME_STEP,
    modes.PIN: PIN_ENTRY,
    modes.MAINTENANCE: MAINTENANCE,
    modes.STORE_UNUSABLE: STORE_UNUSABLE,
    modes.CLOCK_INVALID: CLOCK_INVALID,
}
_NUMBER_COLOURS = (GREEN, BLUE, YELLOW, PURPLE, WHITE)


def number(n):
    """The signal for account number n (1 is the first): n flashes and a pause. Five colours repeat."""
    return _NUMBER_COLOURS[(n - 1) % len(_NUMBER_COLOURS)], (180, 220) * (n - 1) + (180, 1000)


def background(mode, reason, sync_overdue):
    """The background signal for a mode except MENU; None: off. `reason`: what a request's press is for."""
    if mode == modes.REQUEST:
        return _PRESS_SIGNALS[reason]
    if mode >= modes.LOCKED and sync_overdue:
        return SYNC_OVERDUE
    return _MODE_SIGNALS.get(mode)


class LedSignals:
    """Computes the colour at a time. A signal that is shown once hides the background signal."""

    def __init__(self):
        self._once = None
        self._background = None
        self._once_since = 0
        self._background_since = 0

    def show_once(self, signal, now_ms):
        self._once, self._once_since = signal, now_ms

    def end_once(self):
        """Ends a signal that is shown once."""
        self._once = None

    def set_background(self, signal, now_ms):
        """Sets the background signal (None: off). Setting the same signal again does not restart it."""
        if signal != self._background:
            self._background, self._background_since = signal, now_ms

    def colour(self, now_ms):
        if self._once:
            colour, times = self._once
            at = now_ms - self._once_since
            if at < sum(times):
                return _at(colour, times, at)
            self._once = None
            self._background_since = now_ms
        if self._background:
            colour, times = self._background
            return _at(colour, times, (now_ms - self._background_since) % sum(times))
        return OFF


def _at(colour, times, at):
    on = True
    for ms in times:
        if at < ms:
            return colour if on else OFF
        at -= ms
        on = not on
    return OFF
