"""The store as a whole; both need a press."""

from ..ui.led_signals import PRESS_FOR_CHANGE, PRESS_FOR_DESTRUCTIVE
from .access import PRESSED
from .params import TIMEOUT


def compact(token, id, given):
    def action():
        token.store.compact()
        return {}

    token.wait_for_press(id, action, given["timeout"], PRESS_FOR_CHANGE)


def reset(token, id, given):
    def action():
        token.store.reset()
        token.accounts_changed()
        return {}

    token.wait_for_press(id, action, given["timeout"], PRESS_FOR_DESTRUCTIVE)


METHODS = {
    "store.compact": (compact, {"timeout": TIMEOUT}, PRESSED),
    "store.reset": (reset, {"timeout": TIMEOUT}, PRESSED),
}
