"""A PIN entered with twelve buttons, which are a telephone's: 1 to 9, then delete, 0, enter."""

from .pin_entry import Pinpad

_DELETE, _ZERO = 9, 10  # then enter; the switch of an encoder is another


class Telephone(Pinpad):
    zero = True

    def click(self, button, now_ms):
        """As Pinpad's."""
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
