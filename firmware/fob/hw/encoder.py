"""A rotary encoder. TICKTAP_ENCODER names its two pins, and then the pin of its switch, if it has one.

The switch is the last of the Buttons (buttons.py).
"""

import rotaryio

from . import pins


class Encoder:
    def __init__(self):
        self._encoder = rotaryio.IncrementalEncoder(*pins.pins("TICKTAP_ENCODER")[:2])
        self._last = self._encoder.position

    def steps(self):
        """Detents since the last call, positive to the right."""
        last, self._last = self._last, self._encoder.position
        return self._last - last
