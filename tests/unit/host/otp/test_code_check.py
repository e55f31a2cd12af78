"""Right codes, wrong codes, and why; oracles are the RFCs and pyotp."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyotp.contrib import Steam

from ticktap.otp.account import Account
from ticktap.otp.code_check import Verdict, code_at, explain, hotp, normalise, steam, verify

KEY = b"12345678901234567890"
NOW = 1_795_305_615  # the middle of a 30 s step
STEP = NOW // 30
TOTP = Account("Example", "alice", KEY)
HOTP = replace(TOTP, type="hotp", counter=100)
STEAM = replace(TOTP, type="steam")
BOB = Account("Example", "bob", b"abcdefghijklmnopqrst")

RFC_4226 = (
    *("755224", "287082", "359152", "969429", "338314"),
    *("254676", "287922", "162583", "399871", "520489"),
)
RFC_6238_TIMES = (59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000)
RFC_6238 = {
    "SHA1": (KEY, "94287082 07081804 14050471 89005924 69279037 65353130"),
    "SHA256": ((KEY * 2)[:32], "46119246 68084774 67062674 91819424 90698825 77737706"),
    "SHA512": ((KEY * 4)[:64], "90693936 25091201 99943326 93441116 38618901 47863826"),
}


def text32(secret: bytes) -> str:
    return base64.b32encode(secret).decode()


def at(offset: int, account: Account = TOTP, now: int = NOW) -> str:
    """The account's code so many steps from now."""
    return code_at(account, now // account.period + offset)


# --- codes


@pytest.mark.parametrize("counter", range(10))
def test_rfc_4226_appendix_d(counter: int) -> None:
    assert hotp(KEY, "SHA1", counter, 6) == RFC_4226[counter]


@pytest.mark.parametrize("algorithm", RFC_6238)
def test_rfc_6238_appendix_b(algorithm: Any) -> None:
    secret, codes = RFC_6238[algorithm]
    assert [hotp(secret, algorithm, time // 30, 8) for time in RFC_6238_TIMES] == codes.split()


@given(
    st.binary(min_size=10, max_size=128),
    st.sampled_from(["SHA1", "SHA256", "SHA512"]),
    st.integers(0, 2**64 - 1),
    st.integers(5, 10),
)
def test_codes_equal_those_of_pyotp(secret: bytes, algorithm: Any, counter: int, digits: int) -> None:
    theirs = pyotp.HOTP(text32(secret), digits=digits, digest=algorithm.lower())
    assert hotp(secret, algorithm, counter, digits) == theirs.at(counter)


@given(st.binary(min_size=10, max_size=64), st.integers(0, 2**40))
def test_steam_codes_equal_those_of_pyotp(secret: bytes, counter: int) -> None:
    assert steam(secret, counter) == Steam(text32(secret)).generate_otp(counter)


@given(st.integers(0, 2**33), st.integers(1, 3600), st.integers(5, 10))
def test_any_period_verifies_with_codes_of_pyotp(unix: int, period: int, digits: int) -> None:
    account = replace(TOTP, period=period, digits=digits)
    code = pyotp.TOTP(text32(KEY), digits=digits, interval=period).at(unix)
    assert verify(account, code, unix, window=0) == Verdict(
        True, "ok", "the code is right", unix // period, 0
    )


# --- normalising


@pytest.mark.parametrize(
    "typed",
    [
        "123456",
        " 123 456\n",
        "123-456",
        "123\u2013456",
        "123\u2212456",
        "１２３４５６",
        "１２３　４５６",
        "\u0661\u0662\u0663\u0664\u0665\u0666",
        "123\u00a0456",
        "\ufeff123\u200b456\u200e",
    ],
)
def test_normalise(typed: str) -> None:
    assert normalise(typed) == "123456"


def test_normalise_keeps_what_is_wrong() -> None:
    assert normalise("12a.45½") == "12a.451⁄2"


# --- deciding on time-based codes


@pytest.mark.parametrize(("window", "good"), [(0, [0]), (1, [-1, 0, 1]), (3, [-3, -2, -1, 0, 1, 2, 3])])
def test_the_window(window: int, good: list[int]) -> None:
    verdicts = {offset: verify(TOTP, at(offset), NOW, window=window) for offset in range(-5, 6)}
    assert [offset for offset, verdict in verdicts.items() if verdict.ok] == good
    for offset in good:
        verdict = verdicts[offset]
        assert (verdict.reason, verdict.counter, verdict.offset) == ("ok", STEP + offset, offset)
        assert verdict.next_counter == STEP + offset + 1
    assert verdicts[-5] == Verdict(False, "no-match", "the code is wrong")


@pytest.mark.parametrize("last_used", [STEP, STEP + 1, STEP + 100])
def test_a_used_step_and_all_before_it_are_refused(last_used: int) -> None:
    verdict = verify(TOTP, at(0), NOW, last_used=last_used)
    assert (verdict.ok, verdict.reason, verdict.counter) == (False, "used", STEP)
    assert not verify(TOTP, at(-1), NOW, last_used=last_used).ok


def test_the_step_after_a_used_one_is_good() -> None:
    assert verify(TOTP, at(0), NOW, last_used=STEP - 1).ok
    assert verify(TOTP, at(1), NOW, last_used=STEP).ok


def test_known_drift_moves_the_window() -> None:
    assert [o for o in range(-8, 8) if verify(TOTP, at(o), NOW, drift=-4).ok] == [-5, -4, -3]
    assert verify(TOTP, at(-5), NOW, drift=-4).offset == -1
    assert verify(TOTP, at(-5), NOW, drift=-4).counter == STEP - 5


def test_late_and_early_count_from_the_known_drift() -> None:
    verdict = explain(TOTP, at(-9), NOW, drift=-4)
    assert (verdict.reason, verdict.offset, verdict.counter) == ("late", -5, STEP - 9)


def test_spaced_and_full_width_codes_are_good() -> None:
    code = at(0)
    assert verify(TOTP, f" {code[:3]} - {code[3:]} ", NOW).ok
    assert verify(TOTP, code.translate({48 + n: 0xFF10 + n for n in range(10)}), NOW).ok


@pytest.mark.parametrize(
    ("account", "code", "reason"),
    [
        (TOTP, "", "empty"),
        (TOTP, " - ", "empty"),
        (TOTP, "12345a", "letters"),
        (TOTP, "12345²6", "length"),  # NFKC makes it an ordinary 2
        (TOTP, "+12345", "letters"),
        (TOTP, "12345", "length"),
        (TOTP, "1234567", "length"),
        (STEAM, "A1234", "letters"),
        (STEAM, "BCDF", "length"),
    ],
)
def test_what_no_code_looks_like(account: Account, code: str, reason: str) -> None:
    verdict = verify(account, code, NOW)
    assert (verdict.ok, verdict.reason, verdict.counter, verdict.next_counter) == (False, reason, None, None)


def test_no_steps_before_1970() -> None:
    assert verify(TOTP, hotp(KEY, "SHA1", 0, 6), 0, window=5).counter == 0


def test_steam() -> None:
    code = at(0, STEAM)
    assert verify(STEAM, code, NOW).ok
    assert verify(STEAM, code.lower(), NOW).ok
    assert verify(STEAM, code, NOW, last_used=STEP).reason == "used"
    assert not verify(STEAM, code, NOW + 300).ok


# --- deciding on counter-based codes


@pytest.mark.parametrize("ahead", [0, 1, 10])
def test_hotp_looks_ahead_and_tells_the_next_counter(ahead: int) -> None:
    verdict = verify(HOTP, code_at(HOTP, 100 + ahead), NOW)
    assert (verdict.ok, verdict.offset, verdict.next_counter) == (True, ahead, 101 + ahead)


def test_hotp_not_past_the_look_ahead() -> None:
    assert verify(HOTP, code_at(HOTP, 111), NOW).reason == "no-match"
    assert verify(HOTP, code_at(HOTP, 111), NOW, look_ahead=11).ok


@pytest.mark.parametrize("last_used", [100, 105])
def test_hotp_refuses_what_was_used(last_used: int) -> None:
    verdict = verify(HOTP, code_at(HOTP, 100), NOW, last_used=last_used)
    assert (verdict.ok, verdict.reason) == (False, "used")
    assert verify(HOTP, code_at(HOTP, last_used + 1), NOW, last_used=last_used).ok


def test_hotp_counters_before_the_first_are_used() -> None:
    assert verify(HOTP, code_at(HOTP, 99), NOW).reason == "used"


def test_hotp_at_the_ends_of_its_counters() -> None:
    first, last = replace(HOTP, counter=0), replace(HOTP, counter=2**64 - 1)
    assert verify(first, code_at(first, 0), NOW).ok
    assert verify(last, code_at(last, 2**64 - 1), NOW).ok
    assert verify(last, code_at(last, 2**64 - 1), NOW, last_used=2**64 - 1).reason == "used"


# --- explaining


def test_explain_lets_right_codes_through() -> None:
    assert explain(TOTP, at(1), NOW) == verify(TOTP, at(1), NOW)


@pytest.mark.parametrize(
    ("offset", "reason", "words"),
    [
        (-2, "late", "2 steps (1 min) before"),
        (-7, "late", "7 steps (3 min 30 s) before"),
        (2, "early", "2 steps (1 min) after"),
        (20, "early", "20 steps (10 min) after"),
        (-100, "late", "100 steps (50 min) before"),
        (2880, "early", "24 h 00 min"),
        (-2880, "late", "24 h 00 min"),
    ],
)
def test_early_and_late(offset: int, reason: str, words: str) -> None:
    verdict = explain(TOTP, at(offset), NOW)
    assert (verdict.ok, verdict.reason, verdict.offset, verdict.counter) == (
        False,
        reason,
        offset,
        STEP + offset,
    )
    assert words in verdict.message


def test_one_step_in_words() -> None:
    assert "1 step (30 s) before" in explain(TOTP, at(-1), NOW, window=0).message


@pytest.mark.parametrize(
    ("hours", "told"), [(2.0, True), (-5.5, True), (5.75, True), (1.1, False), (0.25, False)]
)
def test_a_clock_set_to_local_time_is_suspected(hours: float, told: bool) -> None:
    verdict = explain(TOTP, at(int(hours * 120)), NOW)
    assert verdict.reason == ("early" if hours > 0 else "late")
    assert ("local time" in verdict.message) is told


@pytest.mark.parametrize(
    ("changes", "reason", "words"),
    [
        ({"period": 60}, "period", "a period of 60 s instead of 30 s"),
        ({"period": 15}, "period", "15 s"),
        ({"algorithm": "SHA256"}, "algorithm", "SHA256 instead of SHA1"),
        ({"algorithm": "SHA512"}, "algorithm", "SHA512 instead of SHA1"),
        ({"digits": 8}, "digits", "8 digits instead of 6"),
        ({"digits": 5}, "digits", "only the last 5 of 6 digits"),
        ({"algorithm": "SHA256", "digits": 8}, "algorithm", "SHA256 instead of SHA1 and 8 digits"),
        ({"type": "steam"}, "type", "Steam"),
    ],
)
def test_right_secret_but_other_parameters(changes: dict[str, Any], reason: str, words: str) -> None:
    verdict = explain(TOTP, at(0, replace(TOTP, **changes)), NOW)
    assert (verdict.ok, verdict.reason) == (False, reason)
    assert words in verdict.message and "secret is right" in verdict.message


def test_phone_apps_that_ignore_every_parameter() -> None:
    account = replace(TOTP, algorithm="SHA512", digits=8, period=60)
    verdict = explain(account, at(0), NOW)
    assert verdict.reason == "period"
    assert all(part in verdict.message for part in ("30 s", "SHA1", "last 6 of 8"))


@pytest.mark.parametrize("counter", [0, 1, 1000])
def test_a_counter_based_code_for_a_time_based_account(counter: int) -> None:
    verdict = explain(TOTP, hotp(KEY, "SHA1", counter, 6), NOW)
    assert verdict.reason == "type"
    assert f"counter {counter} of an HOTP account" in verdict.message


def test_a_time_based_code_for_a_counter_based_account() -> None:
    assert explain(HOTP, at(0), NOW).reason == "type"
    assert "TOTP" in explain(HOTP, at(0), NOW).message
    assert explain(STEAM, at(0), NOW).reason == "type"


def test_another_hash_for_a_counter_based_account() -> None:
    verdict = explain(HOTP, hotp(KEY, "SHA256", 103, 6), NOW)
    assert verdict.reason == "algorithm"


@pytest.mark.parametrize(
    ("counter", "reason"), [(111, "counter"), (1099, "counter"), (89, "used"), (0, "used")]
)
def test_far_counters(counter: int, reason: str) -> None:
    verdict = explain(HOTP, code_at(HOTP, counter), NOW)
    assert (verdict.ok, verdict.reason, verdict.counter) == (False, reason, counter)


def test_another_accounts_code() -> None:
    verdict = explain(TOTP, at(0, BOB), NOW, [TOTP, BOB])
    assert (verdict.ok, verdict.reason) == (False, "other-account")
    assert "Example:bob" in verdict.message


def test_the_last_used_code_is_known_however_old() -> None:
    assert explain(TOTP, at(-50), NOW, last_used=STEP - 50).reason == "used"


def test_no_explanation_leaves_the_plain_verdict() -> None:
    mine = {at(offset, replace(TOTP, digits=10)) for offset in range(-5, 5)}
    wrong = next(code for code in ("9999999999", "8888888888") if code not in mine)
    assert explain(replace(TOTP, digits=10), wrong, NOW).reason == "no-match"
    assert explain(TOTP, "abcdef", NOW).reason == "letters"
    assert explain(TOTP, "123", NOW).reason == "length"
    assert explain(TOTP, "1" * 40, NOW).reason == "length"
    assert explain(TOTP, "", NOW).reason == "empty"


def test_chance_explanations_are_as_rare_as_promised() -> None:
    """Every wrong 6-digit code of a sample; about 0.7 % are explained by chance."""
    explained = sum(
        explain(TOTP, f"{code:06d}", NOW).reason not in ("no-match", "ok")
        for code in range(0, 1_000_000, 9973)
    )
    assert explained <= 4


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 999_999))
def test_explain_never_accepts_what_verify_refuses(number: int) -> None:
    code = f"{number:06d}"
    assert explain(TOTP, code, NOW, [BOB]).ok == verify(TOTP, code, NOW).ok


@pytest.mark.parametrize("offset", [0, -1, -30, 500])
def test_messages_hold_neither_code_nor_secret(offset: int) -> None:
    message = explain(TOTP, at(offset), NOW).message
    assert at(offset) not in message and text32(KEY) not in message
