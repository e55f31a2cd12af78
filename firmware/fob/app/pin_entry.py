"""PIN entry with the buttons.

With one button, n clicks are the digit n; a pause ends the digit. With several buttons, button n is the digit
n. A hold completes the PIN. A longer pause cancels it. Twelve buttons: see keypad_pin_entry.py.
"""

_DIGIT_END_MS = 1200  # without a click: the digit ends
_TIMEOUT_MS = 20000  # without a click: the entry is cancelled
_MAX_DIGITS = 16


class PinEntry:
    has_zero = False  # whether a 0 can be entered: no number of clicks is a 0

    def __init__(self, buttons):
        self._buttons = buttons
        self.clear()

    def clear(self):
        self._digits = ""
        self._clicks = 0
        self._last_ms = None

    @property
    def is_open(self):
        return self._last_ms is not None

    @property
    def count(self):
        """The number of digits so far, including the one that is being clicked."""
        return len(self._digits) + bool(self._clicks)

    def click(self, button, now_ms):
        """Processes a click of a button (0 is the first). Returns whether it completed the PIN."""
        self._last_ms = now_ms
        if self._buttons > 1:
            self._add(button + 1)
        else:
            self._clicks += 1
        return False

    def step(self, now_ms):
        """Checks the time. Returns "digit" when a digit ends, "cancelled" after the time-out, else None."""
        if self._last_ms is None:
            return None
        if self._clicks and now_ms - self._last_ms >= _DIGIT_END_MS:
            self._end_digit()
            return "digit"
        if now_ms - self._last_ms >= _TIMEOUT_MS:
            self.clear()
            return "cancelled"
        return None

    def finish(self):
        """Returns the digits as a string and clears them. A digit too many makes the PIN wrong."""
        if self._clicks:
            self._end_digit()
        digits = self._digits
        self.clear()
        return digits

    def _end_digit(self):
        count, self._clicks = self._clicks, 0
        self._add(count)

    def _add(self, digit):
        if len(self._digits) <= _MAX_DIGITS:
            self._digits += str(min(digit, 9))
