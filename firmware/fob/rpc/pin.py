"""The PIN: tried, set, changed, removed. Only keys made from it come here."""

from ..crypto.pbkdf2 import ROUNDS, Stretch
from ..crypto.siv import KEY
from ..store.keystore import PIN, SALT
from ..ui.led_signals import WAITING_LOSS
from . import errors
from .access import ANYONE, PRESSED
from .params import REQUIRED, TIMEOUT, digits, integer, raw, to_base64


def info(token, id, given):
    out = token.unlocking.describe()
    if out["set"]:
        salt, memory, passes, lanes = token.store.safe.describe(PIN)
        out.update({"salt": to_base64(salt), "memory": memory, "passes": passes, "lanes": lanes})
    return out


def unlock(token, id, given):
    token.unlocking.try_key(given["key"])
    token.access.unlocked_here = True
    return token.unlocking.describe()


def lock(token, id, given):
    _need(token, True)
    token.store.safe.lock()
    token.access.unlocked_here = False
    token.accounts_changed()
    return token.unlocking.describe()


def set_pin(token, id, given):
    """The first PIN, by whoever may change things here; another one, by whoever knows the old one."""
    if token.store.has_pin:
        _try_old(token, given)

    def act():
        token.store.set_pin(given["key"], given["salt"], given["memory"], given["passes"], given["lanes"])
        return token.unlocking.describe()

    token.wait_for_press(id, act, given["timeout"], WAITING_LOSS)


def remove(token, id, given):
    _need(token, True)
    _try_old(token, given)

    def act():
        token.store.remove_pin()
        return token.unlocking.describe()

    token.wait_for_press(id, act, given["timeout"], WAITING_LOSS)


def keys(token, id, given):
    if "0" in (given["digits"] or "") and not token.pinpad.zero:
        raise errors.RpcError(errors.PARAMS, "digits")
    _need(token, True)
    if token.store.locked:
        raise errors.RpcError(errors.LOCKED)

    def act():
        if given["digits"] is None:
            if token.store.has_keys:
                token.store.remove_keys()
        else:
            salt = token.store.safe.salt()
            stretch = Stretch(token.system.aes, given["digits"], salt, ROUNDS)
            key = None
            while key is None:
                token.system.alive()
                key = stretch.step(_ROUNDS)
            token.store.set_keys(key, salt, ROUNDS)
        return token.unlocking.describe()

    token.wait_for_press(id, act, given["timeout"], WAITING_LOSS)


def _to_set(token, given):
    return ANYONE if token.store.has_pin else PRESSED


def _need(token, pin):
    if token.store.has_pin != pin:
        raise errors.RpcError(errors.CLAIMED)


def _try_old(token, given):
    if given["old"] is None:
        raise errors.RpcError(errors.PARAMS, "old")
    token.unlocking.try_key(given["old"])


_ROUNDS = 1024  # at a time: a quarter of a second; the watchdog waits for eight
_KEY = (raw(KEY), REQUIRED)
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
            "salt": (raw(SALT), REQUIRED),
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
