"""A rotary encoder: TICKTAP_ENCODER names its two pins, and behind them that of its switch, if it has one.

The switch is one of Buttons, the last.
"""

import rotaryio

from . import pins


class Encoder:
    def __init__(self):
        self._encoder = rotaryio.IncrementalEncoder(*pins.pins("TICKTAP_ENCODER")[:2])
        self._last = self._encoder.position

    def steps(self):
        """Clicks since the last call; to the right is positive."""
        last, self._last = self._last, self._encoder.position
        return self._last - last
