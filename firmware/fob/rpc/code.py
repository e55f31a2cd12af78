"""Codes for the host: after a press only."""

from ..request import CODE, TYPE
from . import errors
from .params import REQUIRED, integer

TIMEOUT = (integer(1, 300), 30)


def get(token, id, given):
    return _wait(token, id, CODE, given)


def type_code(token, id, given):
    return _wait(token, id, TYPE, given)


def cancel(token, id, given):
    return {"cancelled": token.cancel_request()}


def _wait(token, id, kind, given):
    if token.maintenance:
        raise errors.RpcError(errors.MODE)
    if given["id"] not in token.store:
        raise errors.RpcError(errors.NOT_FOUND, given["id"])
    token.wait_for_press(id, kind, given["timeout"], given["id"])


_PARAMS = {"id": (integer(1, 0xFFFF), REQUIRED), "timeout": TIMEOUT}

METHODS = {
    "code.get": (get, _PARAMS),
    "code.type": (type_code, _PARAMS),
    "press.cancel": (cancel, {}),
}
