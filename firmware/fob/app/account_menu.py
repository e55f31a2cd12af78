"""Choosing an account: a hold opens, each click moves on, a hold takes, a pause cancels.

With an encoder turning opens and moves, and its switch takes.
"""


class Chooser:
    """`position` is 0 for the first account in the token's order, None while closed."""

    def __init__(self):
        self.position = None
        self._until = 0

    @property
    def open(self):
        return self.position is not None

    def start(self, position, until_ms):
        self.position, self._until = position, until_ms

    def forward(self, count, until_ms, step=1):
        self.position, self._until = (self.position + step) % count, until_ms

    def take(self):
        """Closes and returns the position."""
        position, self.position = self.position, None
        return position

    def expire(self, now_ms):
        """Closes when nothing was pressed for the pause. True when it did just now."""
        if self.open and now_ms >= self._until:
            self.position = None
            return True
        return False
