"""Button edges in, gestures out.

A click is decided at the release, so that a hold can mean something else. Contacts shorter than `brush` mean
nothing. Edges carry the time at which they happened, so a loop that was busy decides the same.
"""

DOWN = "down"  # a press began; nothing is decided yet
CLICK = "click"
HOLD = "hold"


class Gestures:
    """`settings`: a dict with "brush" and "hold" in milliseconds, read at each decision."""

    def __init__(self, settings):
        self.settings = settings
        self._down = {}  # button -> when it went down
        self._held = set()  # buttons whose hold has been told

    def edge(self, button, pressed, at):
        """A change of a button's state at `at`. Returns a gesture or None."""
        if pressed:
            self._down[button] = at
            return DOWN
        start = self._down.pop(button, None)
        if button in self._held:
            self._held.discard(button)
            return None
        if start is None or at - start < self.settings["brush"]:
            return None
        return HOLD if at - start >= self.settings["hold"] else CLICK

    def forget(self):
        """The presses under way mean nothing."""
        self._down.clear()
        self._held.clear()

    @property
    def undecided(self):
        """Whether a button is down and nobody knows yet for what."""
        return len(self._down) > len(self._held)

    def overdue(self, now_ms):
        """A button that has been down for as long as a hold, told once; or None."""
        for button, start in self._down.items():
            if button not in self._held and now_ms - start >= self.settings["hold"]:
                self._held.add(button)
                return button
        return None
