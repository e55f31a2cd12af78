"""Whether a button is held while the token is plugged in: the way to maintenance mode."""

import time

import digitalio

from . import pins

_SETTLE_S = 0.01  # for the pull-up to charge the line


def is_held():
    """True when the first button is down at power-on, and still a moment later. Raises pins.Unwired."""
    pins.check()
    line = digitalio.DigitalInOut(pins.pins("TICKTAP_BUTTONS")[0])
    try:
        line.switch_to_input(digitalio.Pull.UP)
        for _ in range(3):
            time.sleep(_SETTLE_S)
            if line.value:
                return False
        return True
    finally:
        line.deinit()
