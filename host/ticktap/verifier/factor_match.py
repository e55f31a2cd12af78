"""Which of a user's factors an input matches: a token's account, a backup or temporary code, an app password.

It only reads. sign_in.py records the factor as used.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from ticktap.otp.account import COUNTER
from ticktap.otp.code_check import code_at, normalise, same, verify
from ticktap.registry import one_time_codes, stored_accounts
from ticktap.registry.database import Transaction, factor_states, factors_digest
from ticktap.registry.factors import is_label
from ticktap.registry.keys import Keys
from ticktap.registry.one_time_codes import Kind
from ticktap.registry.policy import Policy
from ticktap.registry.sealed_row import NOTHING, SealedRow, Tampered, digest
from ticktap.registry.stored_accounts import StoredAccount
from ticktap.registry.user import User

Why = Literal[
    "ok", "no-match", "used", "resync", "unknown-user", "disabled", "network", "locked", "waiting", "method",
    "expired", "origin", "first-factor",
]  # fmt: skip
"""Why an attempt was accepted ("ok") or refused."""

_PRECEDENCE: dict[Why, int] = {"ok": 0, "resync": 1}  # of several matches; all others come last


@dataclass(frozen=True, slots=True, repr=False)
class ParsedInput:
    """An input, prepared for comparison.

    Args:
        typed: normalised, in capitals.
        kind: the kind of factor that it may be besides a token's code; None: no other.
        label: the service, if it may be an app password.
        hashed: the hash that is stored of a factor of that kind; empty without a kind.
    """

    typed: str
    kind: Kind | None
    label: str
    hashed: bytes

    @classmethod
    def of(cls, keys: Keys, salt: Callable[[], bytes], code: str, service: str) -> ParsedInput:
        """Prepares a typed text. This computes scrypt if the text looks like a backup code.

        Args:
            salt: returns the user's salt; called only if the text may be a factor with a hash.
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
        reason: "ok", or why it is not accepted.
        method: one of sign_in_methods.METHODS; empty: nothing matches, or only by a method not allowed.
        account: the account that makes this code.
        counter: the time step or HOTP counter of the code.
        offset: that counter minus the expected one.
        factor: the row of the code or password in `factors`.
    """

    reason: Why = "no-match"
    method: str = ""
    account: StoredAccount | None = None
    counter: int | None = None
    offset: int | None = None
    factor: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Subject:
    """Who an attempt is for, in a locked row: a user, or a decoy for an unknown name.

    Args:
        row: of `users` or of `decoys`.
        user: a decoy has an empty name and no settings.
        dummy: the number and the ciphertext of the account that is decrypted if the user has none.
    """

    row: SealedRow
    user: User
    known: bool
    dummy: tuple[int, bytes]


def match_factor(
    tx: Transaction, subject: Subject, parsed: ParsedInput, rules: Policy, now: int
) -> FactorMatch:
    """Returns the factor that the input matches; of several, first one that can be accepted.

    Raises:
        Tampered: an account or a factor of the user was changed, added or removed without the key.
    """
    user = subject.user
    accounts = stored_accounts.select(tx.run, tx.keys, "where user_id = ?", (user.id,))
    if digest([each.state for each in accounts]) != bytes(subject.row.values.get("accounts", NOTHING)):
        raise Tampered(f"{user.name}: the accounts")
    if known := stored_accounts.used_by(subject.row) if subject.known else None:
        for each in accounts:
            least = known.get(stored_accounts.used_name(each.secret_id))
            if least is not None and (each.last_used is None or each.last_used < int(least)):
                raise Tampered(f"{user.name}: a used code")
    if not accounts:
        decoy = stored_accounts.decrypted_dummy(tx.keys, *subject.dummy)
        verify(decoy.account, parsed.typed, now, window=rules.window)  # takes as long as an account would
    matches = [*_tokens(accounts, parsed.typed, rules, now), *_factors(tx, subject, parsed, now)]
    allowed = [found for found in matches if found.method in user.methods]
    allowed.sort(key=lambda found: _PRECEDENCE.get(found.reason, len(_PRECEDENCE)))
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
                # RFC 4226 section 7.4: this far ahead, two consecutive codes are required.
                yield FactorMatch("ok" if ahead == each.resync_counter else "resync", "token", each, ahead)


def _ahead(each: StoredAccount, typed: str, rules: Policy) -> int | None:
    """Returns the first counter beyond the look-ahead window that a code matches; None: none matches."""
    first = each.account.counter if each.last_used is None else each.last_used + 1
    low = first + rules.look_ahead + 1
    candidates = range(low, min(low + rules.resync, COUNTER[1] + 1))
    matching = [at for at in candidates if same(code_at(each.account, at), typed)]
    return matching[0] if matching else None


def _factors(tx: Transaction, subject: Subject, parsed: ParsedInput, now: int) -> Iterator[FactorMatch]:
    if parsed.kind is None:
        return
    states = factor_states(tx.run, subject.user.id)
    if factors_digest(tx.run, subject.user.id, states) != bytes(subject.row.values.get("factors", NOTHING)):
        raise Tampered(f"{subject.user.name}: backup codes, temporary codes or app passwords")
    hashed = parsed.hashed.hex()
    for number, kind, label, stored, _, expires, used in states:
        if (kind, label) != (parsed.kind, parsed.label) or not hmac.compare_digest(stored, hashed):
            continue
        reason: Why = "ok"
        if expires is not None and expires <= now:
            reason = "expired"
        elif used is not None and kind != "app-password":
            reason = "used"
        yield FactorMatch(reason, parsed.kind, factor=number)
