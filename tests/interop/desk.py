"""A virtual token that keeps pace with the machine's clock, for verifiers that live by it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from ticktap.accounts import Account
from ticktap.client import Client
from ticktap.simulator import VirtualToken

SIGN_IN_MS = 40_000.0  # a code of the same account may have to wait for its next step
Accepts = Callable[[str], bool]


class Desk:
    """A token on which changes are allowed, and its button.

    Args:
        token: plugged in, its clock right by the machine's.
        client: a client of it.
    """

    def __init__(self, token: VirtualToken, client: Client) -> None:
        self.token = token
        self.client = client
        self._ids: dict[Account, int] = {}

    def enrol(self, account: Account) -> None:
        """Puts the account on the token, if it is not there, and makes it the one that a click types."""
        if account not in self._ids:
            entered = dataclasses.replace(account, suffix="enter")
            self._ids[account] = self.client.add(entered.to_params())
        self.client.default(self._ids[account])

    def click(self, account: Account) -> str:
        """What the token types after a click, without its Enter."""
        return self.strokes(account)[1].strip()

    def strokes(self, account: Account) -> tuple[list[bytes], str]:
        """A click: the keyboard reports that arrive, and the text that they are."""
        self.enrol(account)
        self.token.advance(max(0.0, (time.time() - self.token.unix) * 1000))
        self.token.clear_typed()
        self.token.press()
        if not self.token.advance_until(lambda: self.token.typed.endswith("\n"), SIGN_IN_MS):
            raise RuntimeError("the token typed nothing")
        self.token.advance(100)  # the last key comes up
        return [report.data for report in self.token.reports], self.token.typed

    def signs_in(self, account: Account, accepts: Accepts) -> bool:
        """Whether a typed code is accepted, the same one not again, and a wrong one not at all.

        A counter-based account signs in twice, so that the verifier's counter is seen to go on.
        """
        for _ in range(2 if account.type == "hotp" else 1):
            code = self.click(account)
            if not accepts(code):
                return False
        return not accepts(code) and not accepts(wrong(code))


def wrong(code: str) -> str:
    """A code with another first digit."""
    return str((int(code[0]) + 1) % 10) + code[1:]
