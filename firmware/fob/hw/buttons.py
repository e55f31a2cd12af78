"""The buttons, each between its pin and ground. The last one is an encoder's switch, if there is one."""

import keypad

from . import pins
from .ticks import Ticks


class Buttons:
    """Reads the buttons. `ticks` is the clock of the times that `edges` yields."""

    def __init__(self):
        self.ticks = Ticks()  # must exist before the first event
        keys = pins.pins("TICKTAP_BUTTONS")
        self.count = len(keys)  # of buttons; the encoder's switch has this number
        keys += pins.pins("TICKTAP_ENCODER")[2:]
        # An edge counts when two scans, 5 ms apart, agree.
        self._keys = keypad.Keys(
            keys, value_when_pressed=False, pull=True, interval=0.005, debounce_threshold=2
        )
        # CircuitPython 10.0 does not initialise the debounce counters: without this the first presses after
        # power-on can be lost.
        self._keys.reset()
        self._keys.events.clear()
        self._event = keypad.Event()

    def edges(self):
        """Yields (button from 0, pressed, at_ms) for each edge since the last call."""
        event = self._event
        while self._keys.events.get_into(event):
            yield event.key_number, event.pressed, self.ticks.since_start(event.timestamp)
