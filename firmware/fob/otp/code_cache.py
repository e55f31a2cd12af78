"""Codes of the store's accounts. Keeps the pad states of the accounts used last, and the code made last."""

from ..crypto.hmac import Mac
from . import otp

_KEPT = 4  # accounts whose pad states stay in RAM


class Codes:
    def __init__(self, store):
        self._store = store
        self._macs = []  # (id, Mac), the latest first
        self._made = None  # (id, step, code): made ahead of the click

    def timed(self, account, unix):
        """The TOTP or Steam code of an account at a time."""
        step = otp.step(unix, account.period)
        if self._made and self._made[:2] == (account.id, step):
            return self._made[2]
        code = otp.code(account.type, self._mac(account), step, account.digits)
        self._made = (account.id, step, code)
        return code

    def counted(self, account):
        """(code, counter) of a HOTP account. The counter is durably used before the code exists.

        Raises what Store.use_counter raises.
        """
        mac = self._mac(account)
        counter = self._store.use_counter(account.id)
        return otp.code(account.type, mac, counter, account.digits), counter

    def forget(self):
        """Drops what was kept: the accounts have changed."""
        self._macs = []
        self._made = None

    def _mac(self, account):
        for pair in self._macs:
            if pair[0] == account.id:
                return pair[1]
        mac = Mac(account.algorithm, account.secret)
        self._macs = [(account.id, mac)] + self._macs[: _KEPT - 1]
        return mac
