"""A registry, its clock in the test's hand, and a sign-in in front of it."""

from __future__ import annotations

from pathlib import Path

from ticktap.otp.account import Account
from ticktap.otp.code_check import code_at
from ticktap.registry import Actor, Registry
from ticktap.verifier.sign_in import Answer, SignIn

NOW = 1_800_000_000
STEP = 30
SECRET = b"12345678901234567890"
ACCOUNT = Account("Example", "ann", SECRET)
COUNTED = Account("Example", "ann", b"09876543210987654321", type="hotp", counter=5)


class Desk:
    """One registry, opened as often as a test likes."""

    def __init__(self, where: str | Path, key: Path) -> None:
        self.where = where
        self.key = key
        self.now = float(NOW)
        self.registry = self.open()
        self.sign_in = SignIn(self.registry)

    def open(self) -> Registry:
        """Another way in, as of another program."""
        return Registry.open(self.where, self.key, Actor("admin", "desk"), lambda: self.now)

    def add(self, name: str = "ann", account: Account = ACCOUNT, token: str = "A1") -> int:
        """A user with an account; returns its row."""
        self.registry.users.add(name)
        return self.registry.keep(account, token, 1, name)

    def code(self, account: Account = ACCOUNT, steps: int = 0) -> str:
        """The token's code, its clock some steps off."""
        return code_at(account, int(self.now) // STEP + steps)

    def wrong(self, account: Account = ACCOUNT) -> str:
        """A code that is not right now."""
        right = {code_at(account, int(self.now) // STEP + steps) for steps in range(-3, 4)}
        return next(code for code in ("000000", "111111", "222222") if code not in right)

    def verify(self, code: str, user: str = "ann", **more: str) -> Answer:
        """One try."""
        return self.sign_in.verify(user, code, **more)

    def later(self, seconds: float = STEP) -> None:
        """Lets time pass."""
        self.now += seconds
