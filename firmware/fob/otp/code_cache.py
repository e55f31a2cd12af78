"""Codes of the store's accounts. Keeps the pad states of the accounts used last, and the code made last."""

from ..crypto.hmac import Hmac
from . import otp

_MAX_KEPT = 4  # accounts whose pad states stay in RAM


class CodeCache:
    def __init__(self, store):
        self._store = store
        self._hmacs = []  # (id, Mac), the latest first
        self._last_code = None  # (id, step, code): made ahead of the click

    def totp_code(self, account, unix):
        """The TOTP or Steam code of an account at a time."""
        step = otp.step(unix, account.period)
        if self._last_code and self._last_code[:2] == (account.id, step):
            return self._last_code[2]
        code = otp.code(account.type, self._hmac(account), step, account.digits)
        self._last_code = (account.id, step, code)
        return code

    def hotp_code(self, account):
        """(code, counter) of a HOTP account. The counter is durably used before the code exists.

        Raises what Store.use_counter raises.
        """
        mac = self._hmac(account)
        counter = self._store.use_counter(account.id)
        return otp.code(account.type, mac, counter, account.digits), counter

    def forget(self):
        """Drops what was kept: the accounts have changed."""
        self._hmacs = []
        self._last_code = None

    def _hmac(self, account):
        for pair in self._hmacs:
            if pair[0] == account.id:
                return pair[1]
        mac = Hmac(account.algorithm, account.secret)
        self._hmacs = [(account.id, mac)] + self._hmacs[: _MAX_KEPT - 1]
        return mac
