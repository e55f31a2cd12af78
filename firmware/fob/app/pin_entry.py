"""A PIN entered with the buttons: clicks in, digits out.

With one button a digit is as many clicks, and a moment without one ends it. With several, button n is digit
n. A hold ends the PIN; a longer silence drops it. Twelve buttons: keypad_pin_entry.py.
"""

_DIGIT_MS = 1200  # without a click: the digit is over
_DROP_MS = 20000  # without anything: nobody is entering anything any more
_LONGEST = 16


def of(buttons):
    """The pad for so many buttons."""
    if buttons < 12:
        return Pinpad(buttons)
    from .keypad_pin_entry import Telephone

    return Telephone(buttons)


class Pinpad:
    zero = False  # no number of clicks is a 0

    def __init__(self, buttons):
        self._buttons = buttons
        self.drop()

    def drop(self):
        self._digits = ""
        self._clicks = 0
        self._last_ms = None

    @property
    def open(self):
        return self._last_ms is not None

    @property
    def count(self):
        """How many digits there are so far, the one that is being clicked included."""
        return len(self._digits) + bool(self._clicks)

    def click(self, button, now_ms):
        """A click of a button (0 is the first). Returns whether it ended the PIN."""
        self._last_ms = now_ms
        if self._buttons > 1:
            self._add(button + 1)
        else:
            self._clicks += 1
        return False

    def step(self, now_ms):
        """Lets time pass. "digit" when one is complete just now, "dropped" when the PIN was given up."""
        if self._last_ms is None:
            return None
        if self._clicks and now_ms - self._last_ms >= _DIGIT_MS:
            self._end_digit()
            return "digit"
        if now_ms - self._last_ms >= _DROP_MS:
            self.drop()
            return "dropped"
        return None

    def take(self):
        """The digits so far, as a string; the pad is empty then. Digits past the longest PIN make it a wrong
        one.
        """
        if self._clicks:
            self._end_digit()
        digits = self._digits
        self.drop()
        return digits

    def _end_digit(self):
        count, self._clicks = self._clicks, 0
        self._add(count)

    def _add(self, digit):
        if len(self._digits) <= _LONGEST:
            self._digits += str(min(digit, 9))
