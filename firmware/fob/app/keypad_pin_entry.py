"""PIN entry with twelve buttons, arranged as on a telephone: 1 to 9, delete, 0, enter."""

from .pin_entry import PinEntry

_DELETE, _ZERO = 9, 10  # 11 is enter, and so is the switch of an encoder


class KeypadPinEntry(PinEntry):
    has_zero = True

    def click(self, button, now_ms):
        """See PinEntry.click."""
        self._last_ms = now_ms
        if button < _DELETE:
            self._add(button + 1)
        elif button == _DELETE:
            self._digits = self._digits[:-1]
        elif button == _ZERO:
            self._add(0)
        else:
            return bool(self._digits)
        return False
