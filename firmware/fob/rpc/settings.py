"""Settings, read and changed."""

from ..settings import encode
from . import errors


def get(token, id, given):
    return token.store.settings


def change(token, id, given):
    for name, value in given.items():
        try:
            encode(name, value)
        except (KeyError, ValueError):
            raise errors.RpcError(errors.PARAMS, name[:40])
    token.store.change_settings(given)
    return token.store.settings


METHODS = {
    "settings.get": (get, {}),
    "settings.set": (change, None),  # any setting; checked above
}
