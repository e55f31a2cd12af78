"""Makes the codes of the store's accounts. Caches the HMAC states of the last accounts, and the last code."""

from ..crypto.hmac import Hmac
from . import otp

_MAX_KEPT = 4  # accounts whose HMAC states stay in RAM


class CodeCache:
    def __init__(self, store):
        self._store = store
        self._hmacs = []  # (id, Mac), the last used first
        self._last_code = None  # (id, step, code)

    def totp_code(self, account, unix):
        """The TOTP or Steam code of an account at the time `unix`."""
        step = otp.step(unix, account.period)
        if self._last_code and self._last_code[:2] == (account.id, step):
            return self._last_code[2]
        code = otp.code(account.type, self._hmac(account), step, account.digits)
        self._last_code = (account.id, step, code)
        return code

    def hotp_code(self, account):
        """(code, counter) of a HOTP account. The counter is stored as used before the code is computed.

        Raises what TokenStore.use_counter raises.
        """
        mac = self._hmac(account)
        counter = self._store.use_counter(account.id)
        return otp.code(account.type, mac, counter, account.digits), counter

    def forget(self):
        """Clears the cache: the accounts have changed."""
        self._hmacs = []
        self._last_code = None

    def _hmac(self, account):
        for pair in self._hmacs:
            if pair[0] == account.id:
                return pair[1]
        mac = Hmac(account.algorithm, account.secret)
        self._hmacs = [(account.id, mac)] + self._hmacs[: _MAX_KEPT - 1]
        return mac
