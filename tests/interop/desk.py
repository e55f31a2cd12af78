"""Virtual tokens that keep pace with the machine's clock, for verifiers that live by it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from ticktap.device.client import Client
from ticktap.otp.account import Account
from ticktap.simulator import VirtualToken

SIGN_IN_MS = 40_000.0  # a code of the same account may have to wait for its next step
RELEASE_MS = 100.0  # until the last key is up
Accepts = Callable[[str], bool]


class Desk:
    """Tokens, one for each account, so that none has to wait for what another one typed, and their buttons.

    Args:
        plug: gives a token that is plugged in, its clock right by the machine's, and a client of it on which
            changes are allowed.
    """

    def __init__(self, plug: Callable[[], tuple[VirtualToken, Client]]) -> None:
        self._plug = plug
        self._tokens: dict[Account, VirtualToken] = {}

    def _token(self, account: Account) -> VirtualToken:
        """The token with this account; enrolled when it is first asked for."""
        if account not in self._tokens:
            token, client = self._plug()
            client.add(dataclasses.replace(account, suffix="enter").to_params())
            self._tokens[account] = token
        return self._tokens[account]

    def click(self, account: Account) -> str:
        """What the token types after a click, without its Enter."""
        return self.strokes(account)[1].strip()

    def strokes(self, account: Account) -> tuple[list[bytes], str]:
        """A click: the keyboard reports that arrive, and the text that they are."""
        token = self._token(account)
        token.advance(max(0.0, (time.time() - token.unix) * 1000))
        token.clear_typed()
        token.press()
        if not token.advance_until(lambda: token.typed.endswith("\n"), SIGN_IN_MS):
            raise RuntimeError("the token typed nothing")
        token.advance(RELEASE_MS)
        return [report.data for report in token.reports], token.typed

    def to_next_step(self, account: Account) -> None:
        """Sets the token a time step ahead, so that its next code is another one."""
        self._token(account).advance(account.period * 1000)

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
