"""The store as a whole; both need a press."""

from ..request import COMPACT, RESET
from .code import TIMEOUT


def compact(token, id, given):
    token.wait_for_press(id, COMPACT, given["timeout"])


def reset(token, id, given):
    token.wait_for_press(id, RESET, given["timeout"])


METHODS = {
    "store.compact": (compact, {"timeout": TIMEOUT}),
    "store.reset": (reset, {"timeout": TIMEOUT}),
}
