"""What of a user's an input matches: a token's code, a backup code, an issued code, an app password.

Looks, and changes nothing; sign_in.py spends what was found.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from ticktap.otp.account import COUNTER, Account
from ticktap.otp.code_check import code_at, normalise, same, verify
from ticktap.registry import one_time_codes, stored_accounts
from ticktap.registry.factors import is_label
from ticktap.registry.keys import Keys
from ticktap.registry.one_time_codes import Kind
from ticktap.registry.policy import Policy
from ticktap.registry.registry import Transaction
from ticktap.registry.stored_accounts import StoredAccount
from ticktap.registry.users import User

Why = Literal[
    "ok", "no-match", "used", "resync", "unknown-user", "disabled", "network", "locked", "waiting", "method",
    "expired",
]  # fmt: skip

_NOBODY = Account("", "nobody", b"\0" * 20)


@dataclass(frozen=True, slots=True, repr=False)
class ParsedInput:
    """An input, ready to be compared.

    Args:
        typed: normalised, in capitals.
        kind: what it can be besides a token's code.
        label: the service, if it takes app passwords.
        hashed: what would be stored of it, if it is of that kind.
    """

    typed: str
    kind: Kind | None
    label: str
    hashed: bytes

    @classmethod
    def of(cls, keys: Keys, salt: Callable[[], bytes], code: str, service: str) -> ParsedInput:
        """From what was typed. Takes as long as scrypt does if it looks like a backup code.

        Args:
            salt: gives the user's; asked only for what can be a code or password with a hash.
        """
        typed = normalise(code).upper()
        kind = one_time_codes.recognised(typed)
        if kind == "app-password" and not is_label(service):
            kind = None
        label = service if kind == "app-password" else ""
        return cls(
            typed, kind, label, one_time_codes.hashed(keys, kind, salt(), label, typed) if kind else b""
        )


@dataclass(frozen=True, slots=True)
class FactorMatch:
    """A matching factor, not yet recorded as used.

    Args:
        reason: "ok", or why it will not do.
        method: one of users.METHODS; empty when nothing matches, or not in an allowed way.
        account: whose code it is.
        counter: the time step or HOTP counter of the code.
        offset: that counter less the expected one.
        factor: the number of the code or password in `factors`.
    """

    reason: Why = "no-match"
    method: str = ""
    account: StoredAccount | None = None
    counter: int | None = None
    offset: int | None = None
    factor: int | None = None


def match_factor(tx: Transaction, user: User, parsed: ParsedInput, rules: Policy, now: int) -> FactorMatch:
    """Returns the user's factor that the input matches; of several the first that would be accepted."""
    accounts = stored_accounts.select(tx.run, tx.keys, "where user_id = ?", (user.id,))
    if not accounts:
        verify(_NOBODY, parsed.typed, now, window=rules.window)  # what an account would have cost
    matches = [*_tokens(accounts, parsed.typed, rules, now), *_factors(tx, user, parsed, now)]
    allowed = [found for found in matches if found.method in user.methods]
    allowed.sort(key=lambda found: found.reason not in ("ok", "resync"))
    return allowed[0] if allowed else FactorMatch("method" if matches else "no-match")


def _tokens(accounts: list[StoredAccount], typed: str, rules: Policy, now: int) -> Iterator[FactorMatch]:
    for each in accounts:
        account = each.account
        verdict = verify(
            account, typed, now, window=rules.window, look_ahead=rules.look_ahead,
            last_used=each.last_used, drift=each.drift,
        )  # fmt: skip
        if verdict.ok:
            yield FactorMatch("ok", "token", each, verdict.counter, verdict.offset)
        elif verdict.reason == "used":
            yield FactorMatch("used", "token", each)
        elif account.type == "hotp" and len(typed) == account.digits:
            ahead = _ahead(each, typed, rules)
            if ahead is not None:
                # RFC 4226 section 7.4: so far ahead, two codes in a row show that the token is there.
                yield FactorMatch("ok" if ahead == each.resync_counter else "resync", "token", each, ahead)


def _ahead(each: StoredAccount, typed: str, rules: Policy) -> int | None:
    """Returns the counter beyond the look-ahead window that a code matches."""
    first = each.account.counter if each.last_used is None else each.last_used + 1
    low = first + rules.look_ahead + 1
    candidates = range(low, min(low + rules.resync, COUNTER[1] + 1))
    matching = [at for at in candidates if same(code_at(each.account, at), typed)]
    return matching[0] if matching else None


def _factors(tx: Transaction, user: User, parsed: ParsedInput, now: int) -> Iterator[FactorMatch]:
    if parsed.kind is None:
        return
    query = "select id, hash, expires, used from factors where user_id = ? and kind = ? and label = ?"
    rows = tx.run(query, (user.id, parsed.kind, parsed.label)).fetchall()
    equal = [row for row in rows if hmac.compare_digest(bytes(row[1]), parsed.hashed)]
    for number, _, expires, used in equal:
        reason: Why = "ok"
        if expires is not None and expires <= now:
            reason = "expired"
        elif used is not None and parsed.kind != "app-password":
            reason = "used"
        yield FactorMatch(reason, parsed.kind, factor=number)
