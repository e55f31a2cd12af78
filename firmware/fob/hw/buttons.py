"""The buttons, each between its pin and ground, and behind them the switch of an encoder, if there is one."""

import keypad

from . import pins
from .ticks import Ticks


class Buttons:
    """`ticks`: the Ticks that its moments are of."""

    def __init__(self):
        self.ticks = Ticks()  # before the first event
        keys = pins.pins("TICKTAP_BUTTONS")
        self.count = len(keys)  # the switch is the one after these
        keys += pins.pins("TICKTAP_ENCODER")[2:]
        # Two scans, 5 ms apart, have to agree.
        self._keys = keypad.Keys(
            keys, value_when_pressed=False, pull=True, interval=0.005, debounce_threshold=2
        )
        # CircuitPython 10.0 leaves the debounce counters as it finds them in memory: without this the first
        # presses after power-on may be lost.
        self._keys.reset()
        self._keys.events.clear()
        self._event = keypad.Event()

    def edges(self):
        """Yields (button from 0, pressed, at_ms) of what happened since the last call."""
        event = self._event
        while self._keys.events.get_into(event):
            yield event.key_number, event.pressed, self.ticks.since_start(event.timestamp)
