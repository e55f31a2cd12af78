"""The PIN: unlocking, setting, changing, removing. The token receives only keys derived from it."""

from ..crypto.pbkdf2 import ROUNDS, Pbkdf2
from ..crypto.siv import KEY_SIZE
from ..store.keystore import PIN, SALT_SIZE
from . import errors, press_reason
from .access import ANYONE, PRESSED
from .limits import count_write
from .params import REQUIRED, base64_bytes, digits, integer, to_base64
from .press_timeout import TIMEOUT


def info(token, id, given):
    out = token.pin_attempts.describe()
    if out["set"]:
        salt, memory, passes, lanes = token.store.keystore.describe(PIN)
        out.update({"salt": to_base64(salt), "memory": memory, "passes": passes, "lanes": lanes})
    return out


def unlock(token, id, given):
    count_write(token.access, token.now)
    token.pin_attempts.try_key(given["key"])
    token.access.unlocked_here = True
    return token.pin_attempts.describe()


def lock(token, id, given):
    _need(token, True)
    token.store.keystore.lock()
    token.access.unlocked_here = False
    token.accounts_changed()
    return token.pin_attempts.describe()


def set_pin(token, id, given):
    """Sets the first PIN, or changes the PIN with the old one."""
    if token.store.has_pin:
        _try_old(token, given)

    def action():
        token.store.set_pin(given["key"], given["salt"], given["memory"], given["passes"], given["lanes"])
        return token.pin_attempts.describe()

    token.requests.wait_for_press(id, action, given["timeout"], press_reason.TWICE)


def remove(token, id, given):
    _need(token, True)
    _try_old(token, given)

    def action():
        token.store.remove_pin()
        return token.pin_attempts.describe()

    token.requests.wait_for_press(id, action, given["timeout"], press_reason.TWICE)


def keys(token, id, given):
    if "0" in (given["digits"] or "") and not token.button_pin.has_zero:
        raise errors.RpcError(errors.PARAMS, "digits")
    _need(token, True)
    if token.store.locked:
        raise errors.RpcError(errors.LOCKED)

    def action():
        if given["digits"] is None:
            if token.store.has_button_pin:
                token.store.remove_button_pin()
        else:
            salt = token.store.keystore.new_salt()
            derivation = Pbkdf2(token.system.aes, given["digits"], salt, ROUNDS)
            key = None
            while key is None:
                token.system.feed_watchdog()
                key = derivation.step(_ROUNDS)
            token.store.set_button_pin(key, salt, ROUNDS)
        return token.pin_attempts.describe()

    token.requests.wait_for_press(id, action, given["timeout"], press_reason.TWICE)


def _to_set(token, given):
    return ANYONE if token.store.has_pin else PRESSED


def _need(token, pin):
    if token.store.has_pin != pin:
        raise errors.RpcError(errors.CLAIMED)


def _try_old(token, given):
    if given["old"] is None:
        raise errors.RpcError(errors.PARAMS, "old")
    count_write(token.access, token.now)
    token.pin_attempts.try_key(given["old"])


_ROUNDS = 1024  # iterations at a time, 0.25 s; the watchdog's time-out is 8 s
_KEY = (base64_bytes(KEY_SIZE), REQUIRED)
_OLD = (_KEY[0], None)
_BYTE = (integer(1, 255), REQUIRED)

METHODS = {
    "pin.info": (info, {}, ANYONE),
    "pin.unlock": (unlock, {"key": _KEY}, ANYONE),
    "pin.lock": (lock, {}, ANYONE),
    "pin.set": (
        set_pin,
        {
            "key": _KEY,
            "salt": (base64_bytes(SALT_SIZE), REQUIRED),
            "memory": (integer(8, (1 << 32) - 1), REQUIRED),
            "passes": _BYTE,
            "lanes": _BYTE,
            "old": _OLD,
            "timeout": TIMEOUT,
        },
        _to_set,
    ),
    "pin.remove": (remove, {"old": _OLD, "timeout": TIMEOUT}, PRESSED),
    "pin.keys": (keys, {"digits": (digits(4, 16), REQUIRED), "timeout": TIMEOUT}, PRESSED),
}
