"""Codes and their checking on the host: speed, and agreement with other verifiers."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator

import pyotp

from bench.row import Row
from bench.run import Run
from integration import oathtool
from ticktap.otp import code_check
from ticktap.otp.account import Account

TITLE = "Codes and verification on the host"
ABOUT = (
    "The same random accounts and times for each. Agreement: ticktap accepts the code that the other made,"
    " and not one that differs from it by one."
)
EMULATED = False

OTHERS = {"SHA1": "sha1", "SHA256": "sha256", "SHA512": "sha512"}


def rows(run: Run) -> Iterator[Row]:
    cases = [_case(random.Random(seed)) for seed in range(run.count(500, 5000))]
    by_pyotp = [_pyotp(account).at(unix) for account, unix in cases]
    yield Row("disagreements with pyotp", _wrong(cases, by_pyotp), "", 0, 0, "none", f"{len(cases)} accounts")
    few = cases[: run.count(60, 600)]
    by_oathtool = [
        oathtool.totp(a.secret, unix, digits=a.digits, period=a.period, algorithm=a.algorithm)
        for a, unix in few
    ]
    yield Row(
        "disagreements with oathtool", _wrong(few, by_oathtool), "", 0, 0, "none", f"{len(few)} accounts"
    )
    ours = _microseconds(
        lambda: [
            code_check.verify(a, code, unix, window=1, look_ahead=0)
            for (a, unix), code in zip(cases, by_pyotp, strict=True)
        ],
        len(cases),
    )
    theirs = _microseconds(
        lambda: [
            _pyotp(a).verify(code, unix, valid_window=1)
            for (a, unix), code in zip(cases, by_pyotp, strict=True)
        ],
        len(cases),
    )
    whole = _microseconds(
        lambda: [
            oathtool.totp(a.secret, unix, digits=a.digits, period=a.period, algorithm=a.algorithm)
            for a, unix in few
        ],
        len(few),
    )
    yield Row(
        "one verification, one step of window",
        ours,
        "us",
        note="ticktap.otp.code_check; explains what is wrong",
    )
    yield Row("the same by pyotp", theirs, "us", peer=True, note=f"{theirs / ours:.2f} x ticktap")
    yield Row("one code by oathtool, a process each", whole, "us", peer=True)


def _case(chance: random.Random) -> tuple[Account, int]:
    algorithm = chance.choice(list(OTHERS))
    secret = chance.randbytes(chance.randrange(10, 65))
    digits, period = chance.choice((6, 7, 8)), chance.choice((30, 60))
    return Account("Example", "x", secret, "totp", algorithm, digits, period, 0, "none"), chance.randrange(
        1, 2**32
    )


def _pyotp(account: Account) -> pyotp.TOTP:
    import base64
    import hashlib

    secret = base64.b32encode(account.secret).decode()
    digest = getattr(hashlib, OTHERS[account.algorithm])
    return pyotp.TOTP(secret, digits=account.digits, digest=digest, interval=account.period)


def _wrong(cases: list[tuple[Account, int]], codes: list[str]) -> int:
    def accepts(account: Account, code: str, unix: int) -> bool:
        return code_check.verify(account, code, unix, window=0, look_ahead=0).ok

    def other(code: str) -> str:
        return str((int(code) + 1) % 10 ** len(code)).zfill(len(code))

    return sum(
        not accepts(account, code, unix) or accepts(account, other(code), unix)
        for (account, unix), code in zip(cases, codes, strict=True)
    )


def _microseconds(action: Callable[[], object], count: int, rounds: int = 3) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times) / count * 1e6
