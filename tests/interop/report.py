"""What a run saw of one verifier, as lines of the two tables in docs/interop.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from interop.desk import Accepts, Desk
from interop.people import EVERYONE
from ticktap.formats import registry
from ticktap.otp.account import Account


@dataclass(frozen=True)
class Row:
    """One verifier, fed in one way.

    Args:
        verifier: what it is called.
        version: the one that was tried.
        fed: the KIND of `export` that it got, or what else it got.
        accounts: how many it was offered.
        right: how many sign in: with a typed code, and not with it again, nor with a wrong one.
        refused: the names of those that the export leaves out, each with the reason.
    """

    verifier: str
    version: str
    fed: str
    accounts: int
    right: int
    refused: Sequence[tuple[str, str]] = ()

    def cells(self) -> list[str]:
        """The cells of its line."""
        why = "; ".join(f"{name}: {reason}" for name, reason in self.refused)
        return [self.verifier, self.version, self.fed, str(self.accounts), str(self.right), why]


@dataclass(frozen=True)
class Trap:
    """Something that goes wrong there, or is weak: what was tried, and what happened."""

    verifier: str
    tried: str
    seen: str

    def cells(self) -> list[str]:
        """The cells of its line."""
        return [self.verifier, self.tried, self.seen]


@dataclass
class Report:
    """All that was seen of one verifier."""

    rows: list[Row] = field(default_factory=list)
    traps: list[Trap] = field(default_factory=list)


def said(accepted: bool) -> str:
    """The verifier's answer in words."""
    return "accepted" if accepted else "refused"


def sign_in_all(
    desk: Desk,
    target: str,
    verifier: Callable[[Account, bytes], Accepts],
    user: str = "",
) -> tuple[int, int, list[tuple[str, str]]]:
    """Offers everyone's account, exported by itself, to a verifier of its own.

    Args:
        target: a word of `export`.
        verifier: the account and its export, to what takes a code and says whether it is accepted.
        user: what all accounts are called on the server, in place of their names.

    Returns:
        How many accounts there were, how many of them sign in, and who was refused with the reason.
    """
    refused, right = [], 0
    for account in EVERYONE:
        there = replace(account, name=user or account.name)
        if reason := registry.writer(target).unfit(there):
            refused.append((account.name, reason))
            continue
        right += desk.signs_in(account, verifier(there, registry.writer(target).write([there], "")))
    return len(EVERYONE), right, refused
