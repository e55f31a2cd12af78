"""The button while the token is plugged in: holding it selects maintenance mode."""

import time

import digitalio

from . import pins

_SETTLE_S = 0.01  # the time that the pull-up needs to charge the line


def is_held():
    """Whether the first button is down at power-on, and still 30 ms later. Raises pins.MissingPin."""
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
