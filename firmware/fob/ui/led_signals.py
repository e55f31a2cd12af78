"""What the LED says. Every signal differs in rhythm as well as in colour, for boards that have one colour and
for people who do not see the difference.

A signal is (colour, (on ms, off ms, on, off, ...)). Standing signals repeat; passing ones are shown once.
"""

OFF = 0
WHITE, RED, GREEN, BLUE, YELLOW, PURPLE = 0x202020, 0x300000, 0x003000, 0x000030, 0x281800, 0x200020

# Standing, most urgent first; app/token.py decides which holds.
WAITING_TIME_STEP = (YELLOW, (100, 100))  # the code is about to change: typed in a moment
PRESS_FOR_CODE = (BLUE, (500, 500))  # the host asks for a press, for a code
PRESS_FOR_CHANGE = (YELLOW, (100, 150, 100, 650))  # ... for a change
PRESS_FOR_DESTRUCTIVE = (RED, (100, 100, 100, 100, 100, 500))  # ... for something that cannot be had back
MAINTENANCE = (PURPLE, (1000, 0))
CLOCK_INVALID = (RED, (60, 140, 60, 140, 60, 2540))  # three flashes every 3 s: the time is not to be trusted
PIN_ENTRY = (WHITE, (400, 200))  # a PIN is being entered with the buttons
STORE_UNUSABLE = (RED, (60, 140, 60, 140, 60, 140, 60, 2340))  # four: the store cannot be used
SYNC_OVERDUE = (YELLOW, (60, 4940))  # one flash every 5 s: the last sync is older than the setting sync_days
# Passing
READY = (GREEN, (300, 100))
TYPED = (GREEN, (120, 80))
NO_HOST = (YELLOW, (120, 120, 120, 400))  # two: nobody to type to
NO_ACCOUNT = (WHITE, (600, 400))  # one long: nothing enrolled here
CLOCK_REFUSED = (RED, (120, 120, 120, 120, 120, 400))
STORE_REFUSED = (RED, (120, 120, 120, 120, 120, 120, 120, 400))
LOCKED = (PURPLE, (500, 150, 120, 400))  # a long and a short: a PIN first
WRONG_PIN = (RED, (500, 150, 120, 150, 120, 400))  # a long and two short
ERASED = (RED, (2000, 200, 2000, 400))  # two very long: too many wrong PINs
PIN_DIGIT = (WHITE, (0, 200, 60, 200))  # a gap in ENTERING with one short in it: a digit was taken
CANCELLED = (WHITE, (60, 60, 60, 300))
IDENTIFY = (PURPLE, (50, 50) * 30)

_NUMBER_COLOURS = (GREEN, BLUE, YELLOW, PURPLE, WHITE)


def number(n):
    """The signal for account number n (1 is first): n blinks and a pause; the colour helps beyond five."""
    return _NUMBER_COLOURS[(n - 1) % len(_NUMBER_COLOURS)], (180, 220) * (n - 1) + (180, 1000)


class LedSignals:
    """Works out the colour to show at a time. Passing signals cover the standing one while they last."""

    def __init__(self):
        self._once = None
        self._background = None
        self._once_since = 0
        self._background_since = 0

    def show_once(self, signal, now_ms):
        self._once, self._once_since = signal, now_ms

    def set_background(self, signal, now_ms):
        """Sets the standing signal (None: dark). The same signal again goes on where it was."""
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
