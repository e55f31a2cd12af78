"""The store as a whole; both need a press."""

from ..ui.led_signals import WAITING_CHANGE, WAITING_LOSS
from .access import PRESSED
from .params import TIMEOUT


def compact(token, id, given):
    def act():
        token.store.compact()
        return {}

    token.wait_for_press(id, act, given["timeout"], WAITING_CHANGE)


def reset(token, id, given):
    def act():
        token.store.reset()
        token.accounts_changed()
        return {}

    token.wait_for_press(id, act, given["timeout"], WAITING_LOSS)


METHODS = {
    "store.compact": (compact, {"timeout": TIMEOUT}, PRESSED),
    "store.reset": (reset, {"timeout": TIMEOUT}, PRESSED),
}
