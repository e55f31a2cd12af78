"""Compacting and resetting the store. Both need a press."""

from . import press_reason
from .access import PRESSED
from .press_timeout import TIMEOUT


def compact(token, id, given):
    def action():
        token.store.compact()
        return {}

    token.requests.wait_for_press(id, action, given["timeout"], press_reason.CHANGE)


def reset(token, id, given):
    def action():
        token.store.reset()
        token.accounts_changed()
        return {}

    token.requests.wait_for_press(id, action, given["timeout"], press_reason.TWICE)


METHODS = {
    "store.compact": (compact, {"timeout": TIMEOUT}, PRESSED),
    "store.reset": (reset, {"timeout": TIMEOUT}, PRESSED),
}
