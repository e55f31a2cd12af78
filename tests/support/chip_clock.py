"""A clock chip that takes time to read and set, for tests of the timekeeper and of setting the clock."""


class World:
    """`now`: true milliseconds. The token's own ticks are these, rounded down."""

    def __init__(self, now=5000.0):
        self.now = now

    @property
    def ticks(self):
        return int(self.now)

    def consume_time(self, ms):
        self.now += ms


class Chip:
    """The interface that fob/clock/timekeeper.py uses (fob/hw/rtc.py has it on the board).

    `first`: unix ms when the world's `now` is 0. `ppm`: how much faster than the world's it goes. `delays()`:
    ms that pass before and after the instant at which the chip is read or set.
    """

    def __init__(self, world, first, ppm=0.0, delays=lambda: (0.3, 0.3)):
        self._world = world
        self._ppm = ppm
        self._delays = delays
        self.first = first
        self.state = "ok"
        self.read_window = 0, 0
        self.sets = []  # (ms by which it was moved)

    @property
    def unix_ms(self):
        return self.first + self._world.now * (1 + self._ppm * 1e-6)

    def began(self, unix):
        """Returns the world's `now` at which a second begins."""
        return (unix * 1000 - self.first) / (1 + self._ppm * 1e-6)

    def read(self):
        if self.state != "ok":
            return self.state, None
        return "ok", self._exchange(lambda: int(self.unix_ms // 1000))

    def set(self, unix):
        return self._exchange(lambda: self._move(unix)) or "ok"

    def temperature_and_aging(self):
        return 25.0, 0

    def _move(self, unix):
        """Like a DS3231: writing the seconds register starts a second."""
        self.sets.append(unix * 1000 - self.unix_ms)
        self.first += self.sets[-1]
        self.state = "ok"

    def _exchange(self, act):
        before, (ahead, behind) = self._world.ticks, self._delays()
        self._world.consume_time(ahead)
        result = act()
        self._world.consume_time(behind)
        self.read_window = before, self._world.ticks + 1
        return result
