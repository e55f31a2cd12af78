"""Recognises clicks and holds in button edges.

A press that ends before `long_press_ms` is a click, a longer one a hold. So a click is recognised at the
release. A press shorter than `debounce_ms` is ignored. Edges carry their own time, so the result does not
depend on when the main loop reads them.
"""

DOWN = "down"  # a press began; it is not a click or a hold yet
CLICK = "click"
HOLD = "hold"


class Gestures:
    """`settings`: a dict with "debounce_ms" and "long_press_ms"; changes take effect at once."""

    def __init__(self, settings):
        self.settings = settings
        self._down = {}  # button -> time at which it went down, ms
        self._held = set()  # buttons whose hold has been reported

    def edge(self, button, pressed, at):
        """Processes a change of a button at the time `at` (ms). Returns DOWN, CLICK, HOLD or None."""
        if pressed:
            self._down[button] = at
            return DOWN
        start = self._down.pop(button, None)
        if button in self._held:
            self._held.discard(button)
            return None
        if start is None or at - start < self.settings["debounce_ms"]:
            return None
        return HOLD if at - start >= self.settings["long_press_ms"] else CLICK

    def forget(self):
        """Ignores the presses in progress."""
        self._down.clear()
        self._held.clear()

    @property
    def undecided(self):
        """Whether a press is in progress that is not yet a click or a hold."""
        return len(self._down) > len(self._held)

    def overdue(self, now_ms):
        """A button whose press has just become a hold, or None. Each hold is reported once."""
        for button, start in self._down.items():
            if button not in self._held and now_ms - start >= self.settings["long_press_ms"]:
                self._held.add(button)
                return button
        return None
