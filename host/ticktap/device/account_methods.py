"""The protocol's methods for accounts and their codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ticktap.device import results, timeouts
from ticktap.device.connection import Connection
from ticktap.errors import TokenError
from ticktap.otp.account import Params

DEFAULTS = {
    "type": "totp",
    "algorithm": "SHA1",
    "digits": 6,
    "period": 30,
    "counter": 0,
    "suffix": "none",
    "default": False,
}
"""What a token omits from ACCOUNT."""


class AccountMethods(Connection):
    """Accounts and their codes. Secrets can be written; no method returns one."""

    def accounts(self) -> list[results.AccountEntry]:
        """Returns every account in the token's order, from all pages, as ACCOUNT dicts (never a secret)."""
        found: list[results.AccountEntry] = []
        start: int | None = 0
        while start is not None:
            page = self._get(results.AccountPage, "account.list", {"start": start})
            found += [complete(account) for account in page["accounts"]]
            following = page["next"]
            if following is not None and following <= start:
                raise TokenError("the token's list of accounts has no end", "Update the token's firmware.")
            start = following
        return found

    def add(self, params: Mapping[str, Any]) -> int:
        """Stores an account (Account.to_params(), with the secret in base64) and returns its id."""
        return self._get(results.Added, "account.add", Params(params), timeouts.CHANGE)["id"]

    def rename(self, account: int, issuer: str, name: str) -> None:
        """Changes the issuer and the name of an account."""
        self.call("account.rename", {"id": account, "issuer": issuer, "name": name}, timeouts.CHANGE)

    def add_proved(self, params: Mapping[str, Any], timeout: int = timeouts.PRESS) -> results.ProvedAccount:
        """Stores an account after a press. Returns {"id"} and its first code, as `code` does."""
        return self._with_session(results.ProvedAccount, "account.add", {**params, "prove": True}, timeout)

    def remove(self, account: int, timeout: int = timeouts.PRESS) -> None:
        """Removes an account after a press; without one if it was added on this connection."""
        self._after_press(results.Nothing, "account.remove", {"id": account}, timeout, timeouts.PRESS_SLACK)

    def move(self, account: int, position: int) -> None:
        """Moves an account to `position`; 1 is the first."""
        self.call("account.move", {"id": account, "position": position}, timeouts.CHANGE)

    def default(self, account: int) -> None:
        """Makes this the default account, whose code a click types."""
        self.call("account.default", {"id": account}, timeouts.CHANGE)

    def set_suffix(self, account: int, suffix: str) -> None:
        """Sets the key typed after the code: "none", "enter" or "tab"."""
        self.call("account.set", {"id": account, "suffix": suffix}, timeouts.CHANGE)

    def code(self, account: int, timeout: int = timeouts.PRESS) -> results.Code:
        """Returns a code after a press: {"code", "unix", "remaining"} or, for HOTP, {"code", "counter"}.

        If too little of the time step remains, the token waits for the next one.
        """
        return self._after_press(results.Code, "code.get", {"id": account}, timeout, timeouts.TYPE_SLACK)

    def type(self, account: int, timeout: int = timeouts.PRESS) -> results.Typed:
        """Types a code after a press. Returns {"typed": True} if the computer accepted the last report."""
        return self._after_press(results.Typed, "code.type", {"id": account}, timeout, timeouts.TYPE_SLACK)


def complete(account: results.ListedAccount) -> results.AccountEntry:
    """Returns an ACCOUNT with the defaults that the token omits."""
    return cast("results.AccountEntry", {**DEFAULTS, **account})
