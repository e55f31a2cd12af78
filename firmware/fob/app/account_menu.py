"""The account menu: a hold opens it, a click moves to the next account, a hold chooses, a time-out cancels.

With an encoder, turning opens the menu and moves in it, and the switch chooses.
"""


class AccountMenu:
    """The state of the menu. `position` is 0 for the token's first account, None while the menu is closed."""

    def __init__(self):
        self.position = None
        self._close_at = 0

    @property
    def is_open(self):
        return self.position is not None

    def start(self, position, until_ms):
        self.position, self._close_at = position, until_ms

    def advance(self, count, until_ms, step=1):
        self.position, self._close_at = (self.position + step) % count, until_ms

    def choose(self):
        """Closes the menu and returns the position."""
        position, self.position = self.position, None
        return position

    def expire(self, now_ms):
        """Closes the menu after its time-out. Returns whether it did so just now."""
        if self.is_open and now_ms >= self._close_at:
            self.position = None
            return True
        return False
