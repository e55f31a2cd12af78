"""Codes for the host: after a press only."""

from ..otp import otp
from . import errors
from .access import ANYONE
from .params import REQUIRED, TIMEOUT, integer


def get(token, id, given):
    _need(token, given)
    number = given["id"]
    token.wait_for_press(
        id,
        lambda: show(token, number),
        given["timeout"],
        account=number,
        ready=lambda: has_time(token, number),
    )


def has_time(token, id):
    """Whether a code that is shown now can be used for longer than the setting `guard`. Raises as `show`."""
    account = token.store.account(id)
    if account.type == "hotp":
        return True
    least = min(token.store.settings["guard"], account.period // 2)
    return otp.remaining(token.time.unix(), account.period) > least


def type_code(token, id, given):
    _need(token, given)
    token.wait_for_press(id, lambda: token.deliver(given["id"], id), given["timeout"], account=given["id"])


def show(token, id):
    """The code of an account as the host is told it; somebody pressed."""
    account = token.store.account(id)
    if account.type == "hotp":
        code, counter = token.codes.counted(account)
        return {"code": code, "counter": counter}
    unix = token.time.unix()
    return {
        "code": token.codes.timed(account, unix),
        "unix": unix,
        "remaining": otp.remaining(unix, account.period),
    }


def cancel(token, id, given):
    return {"cancelled": token.cancel_request()}


def need_codes(token):
    """Raises RpcError when the token makes no codes as it is now."""
    if token.maintenance:
        raise errors.RpcError(errors.MODE)
    if token.store.locked:
        raise errors.RpcError(errors.LOCKED)


def _need(token, given):
    need_codes(token)
    if given["id"] not in token.store:
        raise errors.RpcError(errors.NOT_FOUND, given["id"])


_PARAMS = {"id": (integer(1, 0xFFFF), REQUIRED), "timeout": TIMEOUT}

METHODS = {
    "code.get": (get, _PARAMS, ANYONE),
    "code.type": (type_code, _PARAMS, ANYONE),
    "press.cancel": (cancel, {}, ANYONE),
}
