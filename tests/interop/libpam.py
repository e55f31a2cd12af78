"""libpam-oath and google-authenticator's module, asked by pamtester; and what neither can do."""

from __future__ import annotations

import dataclasses
import itertools
import time
from pathlib import Path

from integration.pam_google import PamGoogle
from integration.pam_oath import PamOath
from interop.desk import Accepts, Desk, wrong
from interop.people import ALICE, CAROL, DORA, FINN
from interop.report import Report, Row, Trap, said, sign_in_all
from interop.serving import version_of
from ticktap.formats import registry
from ticktap.otp import code_check
from ticktap.otp.account import Account

OATH, GOOGLE = "libpam-oath, pamtester", "google-authenticator (PAM), pamtester"
NAMES = (OATH, GOOGLE)
TRIES = 20


def report(desk: Desk, folder: Path) -> Report:
    """Signs in everyone, through both modules, and steps into the traps."""
    places = (folder / str(number) for number in itertools.count())

    def place() -> Path:
        new = next(places)
        new.mkdir(parents=True)
        return new

    def oath(account: Account, users: bytes) -> Accepts:
        pam = PamOath(place(), digits=account.digits, users=users.decode(), user=account.name)
        return pam.accepts

    def google(account: Account, state: bytes) -> Accepts:
        return PamGoogle(place(), state).accepts

    found = Report()
    for name, package, target, module in (
        (OATH, "libpam-oath", "oath", oath),
        (GOOGLE, "libpam-google-authenticator", "pam", google),
    ):
        found.rows.append(Row(name, version_of(package), f"`{target}`", *sign_in_all(desk, target, module)))
    for tried, account in (
        ("a secret of 33 bytes in users.oath, by hand", dataclasses.replace(FINN, secret=FINN.secret[:33])),
        ("the secret of a SHA-256 account in users.oath, by hand", DORA),
    ):
        pam = PamOath(place(), account.secret)
        seen = f"the right code is {said(pam.accepts(desk.click(account)))}"
        found.traps.append(Trap(OATH, tried, seen))
    found.traps += [
        _no_lock(desk, place()),
        _rate(place()),
        _zero(desk, place()),
        _ahead(desk, place()),
    ]
    return found


def _no_lock(desk: Desk, folder: Path) -> Trap:
    pam, code = PamOath(folder, ALICE.secret), desk.click(ALICE)
    tries = [pam.accepts(wrong(code)) for _ in range(TRIES)]
    seen = f"{tries.count(False)} refused, then {said(pam.accepts(code))}"
    return Trap(OATH, f"{TRIES} wrong codes, then the right one", seen)


def _rate(folder: Path) -> Trap:
    state = registry.writer("pam").write([FINN], "")
    code = code_check.code_at(FINN, int(time.time()) // FINN.period)
    others = [folder / "tried", folder / "fresh"]
    for other in others:
        other.mkdir()
    pam, fresh = (PamGoogle(other, state) for other in others)
    tries = [pam.accepts(wrong(code)) for _ in range(3)]
    answer = said(pam.accepts(code))
    if not fresh.accepts(code):
        raise RuntimeError("the code that should be right is not")
    return _google(
        "3 wrong codes within 30 s, then the right one", f"{tries.count(False)} refused, then {answer}"
    )


def _zero(desk: Desk, folder: Path) -> Trap:
    account = dataclasses.replace(CAROL, counter=0, issuer="Zero")
    state = registry.writer("pam").write([account], "").replace(b"HOTP_COUNTER 1", b"HOTP_COUNTER 0")
    accepted = PamGoogle(folder, state).accepts(desk.click(account))
    return _google("HOTP_COUNTER 0, by hand", f"the right code is {said(accepted)}")


def _ahead(desk: Desk, folder: Path) -> Trap:
    account = dataclasses.replace(CAROL, issuer="Ahead")
    pam, code = PamGoogle(folder, registry.writer("pam").write([account], "")), desk.click(account)
    answers = [said(pam.accepts(each)) for each in (wrong(code), code)]
    return _google("HOTP: a wrong code, then the right one", ", then ".join(answers))


def _google(tried: str, seen: str) -> Trap:
    return Trap(GOOGLE, tried, seen)
