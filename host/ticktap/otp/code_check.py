"""Checks codes and explains wrong ones: HOTP (RFC 4226), TOTP (RFC 6238) and Steam.

No I/O and no clock: the time is an argument. Only `verify` decides. `explain` guesses
why a code was refused, and accepts nothing that `verify` refuses. Codes and secrets appear in no message.
"""

from __future__ import annotations

import hmac
import itertools
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from ticktap.otp.account import COUNTER, DIGITS, STEAM_DIGITS, Account, AccountType, Algorithm

Reason = Literal[
    "ok", "empty", "letters", "length", "used", "other-account", "late", "early",
    "period", "algorithm", "digits", "type", "counter", "no-match",
]  # fmt: skip
"""Why a code is right ("ok") or wrong."""

STEAM_ALPHABET = "23456789BCDFGHJKMNPQRTVWXY"
WINDOW = 1  # steps to either side; RFC 6238 section 5.2 advises one
LOOK_AHEAD = 10  # HOTP counters; RFC 4226 section 7.4 calls it s

_DAY = 86400  # seconds
_NEAR_STEPS = 20
_FAR_STEPS = 2880  # a day of 30 s steps
_FAR_COUNTERS = 1000
_PERIODS = (15, 20, 30, 45, 60, 90, 120)
_HASHES: dict[Algorithm, str] = {"SHA1": "sha1", "SHA256": "sha256", "SHA512": "sha512"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a code.

    Args:
        ok: whether the code is right and was not used before.
        reason: "ok", or why not, for programs.
        message: the same for people, without a full stop.
        counter: the time step or HOTP counter that the code matches; to be recorded as used if `ok`.
        offset: that counter minus the expected one, with the known drift; negative: the token is behind.
    """

    ok: bool
    reason: Reason
    message: str
    counter: int | None = None
    offset: int | None = None

    @property
    def next_counter(self) -> int | None:
        """The lowest counter that is valid after this one."""
        return None if self.counter is None else self.counter + 1


# --- codes ----------------------------------------------------------------------------------------------


def hotp(secret: bytes, algorithm: Algorithm, counter: int, digits: int) -> str:
    """Computes an HOTP or TOTP code (RFC 4226 section 5.3).

    Args:
        secret: the shared key, raw bytes.
        counter: the HOTP counter, or the time step of TOTP: seconds since 1970 divided by the period.
        digits: the length of the code.

    Returns:
        The code, with leading zeros.
    """
    return f"{_truncated(secret, algorithm, counter) % 10**digits:0{digits}d}"


def steam(secret: bytes, counter: int) -> str:
    """Computes a Steam Guard code of five characters.

    It is the truncated number of RFC 4226 in base 26, lowest digit first.

    Args:
        secret: the shared key, raw bytes.
        counter: the time step, of 30 seconds.
    """
    rest, letters = _truncated(secret, "SHA1", counter), ""
    for _ in range(STEAM_DIGITS):
        rest, place = divmod(rest, len(STEAM_ALPHABET))
        letters += STEAM_ALPHABET[place]
    return letters


def code_at(account: Account, counter: int) -> str:
    """Computes an account's code for a time step or an HOTP counter."""
    if account.type == "steam":
        return steam(account.secret, counter)
    return hotp(account.secret, account.algorithm, counter, account.digits)


def _truncated(secret: bytes, algorithm: Algorithm, counter: int) -> int:
    """The 31-bit number of dynamic truncation (RFC 4226 section 5.3)."""
    mac = hmac.digest(secret, struct.pack(">Q", counter), _HASHES[algorithm])
    at = mac[-1] & 0x0F
    return int.from_bytes(mac[at : at + 4], "big") & 0x7FFF_FFFF


def normalise(code: str) -> str:
    """Normalises a typed or pasted code.

    Full-width and other decimal digits become ASCII; blanks, dashes and characters of no width are removed.
    """
    if code.isascii() and code.isalnum():
        return code
    kept = []
    for character in unicodedata.normalize("NFKC", code):
        if character.isspace() or unicodedata.category(character) in ("Pd", "Cf") or character == "\u2212":
            continue
        value = unicodedata.decimal(character, None)
        kept.append(character if value is None else str(value))
    return "".join(kept)


# --- the decision ---------------------------------------------------------------------------------------


def verify(
    account: Account,
    code: str,
    unix: int,
    *,
    window: int = WINDOW,
    look_ahead: int = LOOK_AHEAD,
    last_used: int | None = None,
    drift: int = 0,
) -> Verdict:
    """Verifies a code.

    The time that it takes does not depend on which counter matches. The caller must record `Verdict.counter`
    durably before it acts on `Verdict.ok`, and pass it as `last_used` the next time. A text that cannot be a
    code is a wrong code, not an error.

    Args:
        code: as typed; it is normalised here.
        unix: the present time in seconds since 1970, UTC.
        window: time steps accepted to either side (RFC 6238 section 5.2).
        look_ahead: HOTP counters accepted after the expected one (RFC 4226 section 7.4).
        last_used: the highest time step or counter that was ever accepted; it and all lower ones are refused.
        drift: time steps that the token's clock is known to be off (RFC 6238 section 6).
    """
    typed = _typed(account, code)
    if fault := _malformed(account, typed):
        return fault
    expected = _expected(account, unix, last_used, drift)
    if account.type == "hotp":
        low, high = (
            expected - look_ahead,
            expected + look_ahead,
        )  # lower ones are distinguished from wrong codes
    else:
        low, high = expected - window, expected + window
    candidates = range(max(low, 0), min(high, COUNTER[1]) + 1)
    matching = [at for at in candidates if same(code_at(account, at), typed)]
    fresh = [at for at in matching if at >= _first_fresh(account, last_used)]
    if not matching:
        return Verdict(False, "no-match", "the code is wrong")
    best = min(fresh or matching, key=lambda at: abs(at - expected))
    if not fresh:
        return Verdict(
            False, "used", "this code was used already; wait for the next one", best, best - expected
        )
    return Verdict(True, "ok", "the code is right", best, best - expected)


def _first_fresh(account: Account, last_used: int | None) -> int:
    return account.counter if last_used is None else max(account.counter, last_used + 1)


def _expected(account: Account, unix: int, last_used: int | None, drift: int) -> int:
    return _first_fresh(account, last_used) if account.type == "hotp" else unix // account.period + drift


def _typed(account: Account, code: str) -> str:
    plain = normalise(code)
    return plain.upper() if account.type == "steam" else plain


def _malformed(account: Account, typed: str) -> Verdict | None:
    """Returns the verdict for a text that cannot be a code of this account."""
    is_steam = account.type == "steam"
    if not typed:
        return Verdict(False, "empty", "no code was given")
    if not set(typed) <= set(STEAM_ALPHABET if is_steam else "0123456789"):
        holds = "the letters and digits that Steam uses" if is_steam else "digits"
        return Verdict(False, "letters", f"a code of this account has only {holds}")
    if len(typed) != account.digits:
        unit = "characters" if is_steam else "digits"
        return Verdict(
            False, "length", f"a code of this account has {account.digits} {unit}, not {len(typed)}"
        )
    return None


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


# --- the explanation ------------------------------------------------------------------------------------


def explain(
    account: Account,
    code: str,
    unix: int,
    others: Iterable[Account] = (),
    *,
    window: int = WINDOW,
    look_ahead: int = LOOK_AHEAD,
    last_used: int | None = None,
    drift: int = 0,
) -> Verdict:
    """Verifies a code; for a wrong one, returns the likeliest reason.

    A reason can be a coincidence: a random code of 6 digits matches one of the 2 x 2880 time steps of a day
    before and after with a probability of 0.6 %, and anything that is tried here with 0.7 %. So likely
    reasons are tried first, the first that fits is returned, and no reason makes the verdict `ok`.

    Args:
        others: accounts whose code may have been typed instead. For the other arguments see `verify`.
    """
    verdict = verify(
        account, code, unix, window=window, look_ahead=look_ahead, last_used=last_used, drift=drift
    )
    typed = _typed(account, code)
    if verdict.ok or verdict.reason in ("used", "empty"):
        return verdict
    if last_used is not None and same(code_at(account, last_used), typed):
        return Verdict(False, "used", "this code was used already; wait for the next one", last_used)
    expected = _expected(account, unix, last_used, drift)
    guesses = itertools.chain(
        _other_account(account, typed, unix, others),
        _off_by(account, typed, expected, range(1, _NEAR_STEPS + 1)),
        _other_parameters(account, typed, unix, expected),
        _other_time_type(account, typed, unix),
        _off_by(account, typed, expected, range(_NEAR_STEPS + 1, _far(account) + 1)),
        _counted(account, typed),
    )
    return next(guesses, verdict)


def _other_account(account: Account, typed: str, unix: int, others: Iterable[Account]) -> Iterator[Verdict]:
    for other in others:
        if other != account and verify(other, typed, unix).ok:
            yield Verdict(False, "other-account", f"the code matches another account, {other.label}")


def _far(account: Account) -> int:
    """The search distance: a day, or as many counters as accidental presses may use."""
    return _FAR_COUNTERS if account.type == "hotp" else min(_FAR_STEPS, _DAY // account.period)


def _off_by(account: Account, typed: str, expected: int, distances: range) -> Iterator[Verdict]:
    """Checks the same account at another time or counter."""
    for distance in distances:
        for at in (expected - distance, expected + distance):
            if COUNTER[0] <= at <= COUNTER[1] and same(code_at(account, at), typed):
                yield _off(account, at, at - expected)


def _off(account: Account, at: int, offset: int) -> Verdict:
    if account.type == "hotp":
        if offset < 0:
            return Verdict(False, "used", f"the code matches counter {at}, which is already past", at, offset)
        return Verdict(
            False, "counter", f"the code matches counter {at}, {offset} after the expected one", at, offset
        )
    seconds = abs(offset) * account.period
    steps = f"{abs(offset)} step{'s' * (abs(offset) != 1)} ({_duration(seconds)})"
    hint = (
        "; the token's clock may be set to local time instead of UTC"
        if _looks_like_a_zone(account, seconds)
        else ""
    )
    if offset < 0:
        why = "it was typed late, or the token's clock is behind"
        return Verdict(
            False, "late", f"the code matches a time {steps} before the expected one: {why}{hint}", at, offset
        )
    why = "the token's clock is ahead, or this computer's behind"
    return Verdict(
        False, "early", f"the code matches a time {steps} after the expected one: {why}{hint}", at, offset
    )


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if minutes < 1:
        return f"{seconds} s"
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min"


def _looks_like_a_zone(account: Account, seconds: int) -> bool:
    """Whether the offset is near a multiple of 15 minutes, as time zones are."""
    away = (seconds + 450) % 900 - 450
    return seconds >= 1800 and abs(away) <= min(account.period, 30)


def _other_parameters(account: Account, typed: str, unix: int, expected: int) -> Iterator[Verdict]:
    """Checks the same secret with another period, hash or length; fewest changes first."""
    if account.type == "steam" or not DIGITS[0] <= len(typed) <= DIGITS[1]:
        return
    periods = _PERIODS if account.type == "totp" else ()
    variants = [
        replace(account, period=period, algorithm=algorithm, digits=len(typed), counter=expected)
        for period in {account.period: None, **dict.fromkeys(periods)}
        for algorithm in _HASHES
    ]
    for variant in sorted(variants, key=lambda variant: len(_changes(account, variant))):
        changes = _changes(account, variant)
        if changes and verify(variant, typed, unix).ok:
            told = " and ".join(changes.values())
            yield Verdict(False, next(iter(changes)), f"the secret is right, but the code matches {told}")


def _changes(account: Account, variant: Account) -> dict[Reason, str]:
    """Describes the differences, by reason."""
    changes: dict[Reason, str] = {}
    if variant.period != account.period:
        changes["period"] = f"a period of {variant.period} s instead of {account.period} s"
    if variant.algorithm != account.algorithm:
        changes["algorithm"] = f"{variant.algorithm} instead of {account.algorithm}"
    if variant.digits > account.digits:
        changes["digits"] = f"{variant.digits} digits instead of {account.digits}"
    if variant.digits < account.digits:
        changes["digits"] = f"only the last {variant.digits} of {account.digits} digits"
    return changes


def _other_time_type(account: Account, typed: str, unix: int) -> Iterator[Verdict]:
    kinds: dict[AccountType, str] = {"totp": "time-based (TOTP)", "steam": "Steam"}
    digits = len(typed) if DIGITS[0] <= len(typed) <= DIGITS[1] else account.digits
    for kind, words in kinds.items():
        variant = replace(account, type=kind, digits=digits, period=account.period or 30)
        if kind != account.type and verify(variant, typed, unix).ok:
            yield Verdict(False, "type", f"the secret is right, but the code matches a {words} account")


def _counted(account: Account, typed: str) -> Iterator[Verdict]:
    """Checks whether the code is a counter-based code of this time-based account's secret."""
    if account.type == "hotp":
        return
    for at in range(_FAR_COUNTERS + 1):
        if same(hotp(account.secret, account.algorithm, at, account.digits), typed):
            yield Verdict(
                False, "type", f"the secret is right, but the code matches counter {at} of an HOTP account"
            )
