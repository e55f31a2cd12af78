"""Codes for the host. Each needs a press."""

from ..otp import otp
from . import errors
from .access import ANYONE
from .params import REQUIRED, integer
from .press_timeout import TIMEOUT


def get(token, id, given):
    _need(token, given)
    number = given["id"]
    token.requests.wait_for_press(
        id,
        lambda: show(token, number),
        given["timeout"],
        account=number,
        ready=lambda: has_time(token, number),
    )


def has_time(token, id):
    """Whether a code would be valid for more than `min_remaining_s` (setting). Raises what `show` raises."""
    account = token.store.account(id)
    if account.type == "hotp":
        return True
    least = min(token.store.settings["min_remaining_s"], account.period // 2)
    return otp.remaining(token.time.unix(), account.period) > least


def type_code(token, id, given):
    _need(token, given)
    number = given["id"]
    token.requests.wait_for_press(id, lambda: token.deliver(number, id), given["timeout"], account=number)


def show(token, id):
    """The result of a request for a code, after the press."""
    account = token.store.account(id)
    if account.type == "hotp":
        code, counter = token.code_cache.hotp_code(account)
        return {"code": code, "counter": counter}
    unix = token.time.unix()
    return {
        "code": token.code_cache.totp_code(account, unix),
        "unix": unix,
        "remaining": otp.remaining(unix, account.period),
    }


def cancel(token, id, given):
    return {"cancelled": token.requests.cancel()}


def need_codes(token):
    """Raises RpcError in maintenance mode and on a locked token: no codes are made then."""
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
