"""Reading and changing settings."""

from ..store.settings import encode
from . import errors
from .access import CHANGE, READ


def get(token, id, given):
    return token.store.settings


def change(token, id, given):
    for name, value in given.items():
        try:
            encode(name, value)
        except (KeyError, ValueError):
            raise errors.RpcError(errors.PARAMS, errors.sanitize(name))
    if token.store.locked:
        raise errors.RpcError(errors.LOCKED)
    if token.store.has_pin and 0 < given.get("max_pin_failures", 0) <= token.store.records.failures:
        raise errors.RpcError(errors.PARAMS, "max_pin_failures")  # it would erase at once
    token.store.change_settings(given)
    return token.store.settings


METHODS = {
    "settings.get": (get, {}, READ),
    "settings.set": (change, None, CHANGE),  # any setting; checked above
}
