"""Setting up an authenticator: a QR code and the secret, then a code, and only then it is active."""

from __future__ import annotations

import base64
import io
import secrets
from typing import Any

from starlette.responses import Response

from ticktap.errors import BadInput
from ticktap.formats import base32, otpauth
from ticktap.otp import Account, normalise, verify
from ticktap.registry import authenticators
from ticktap.web.texts import N
from ticktap.web.visit import Page, Visit

SECRET_BYTES = 20  # RFC 4226 section 4, R6: 160 bits are recommended
_SETUP_S = 900  # seconds to finish
_CODE_DIGITS = 6
DEMO_STORED = N("The account is stored on the simulated token. Click the field and press the token's button.")
_NO_MATCH = N(
    "The code does not match, and the authenticator is not active yet. Try the next code. If that does not"
    " match either, check the clock, or scan the QR code again."
)
_MOST = 20  # authenticators of a user


def ask_name(visit: Visit) -> Response:
    """Asks what the user calls the authenticator."""
    return visit.page("setup_name.html", name="", error="")


def begin(visit: Visit) -> Response:
    """Makes a secret, which is only in this session until its first code is accepted."""
    try:
        name = authenticators.checked_name(visit.value("name"))
    except BadInput:
        error = visit.text(N("Enter a name of 1 to {n} characters."), n=authenticators.LONGEST_NAME)
        return visit.page("setup_name.html", 400, name=visit.value("name"), error=error)
    if len(authenticators.of(visit.registry, visit.me.name)) >= _MOST:
        error = visit.text(N("You have {n} authenticators. Revoke one first."), n=_MOST)
        return visit.page("setup_name.html", 400, name=name, error=error)
    visit.data["setup"] = {
        "secret": secrets.token_hex(SECRET_BYTES),
        "serial": authenticators.new_serial(),
        "name": name,
        "ends": visit.now + _SETUP_S,
        "wrong": 0,
    }
    return visit.go("/security/set-up/scan")


def scan(visit: Visit) -> Response:
    """Shows QR code and secret."""
    setup = pending(visit)
    return _expired(visit) if setup is None else _scan_page(visit, setup, 200, "")


def _scan_page(visit: Visit, setup: dict[str, Any], status: int, error: str) -> Response:
    account = account_of(visit, setup)
    return visit.page(
        "setup_scan.html", status, name=setup["name"], account=account.label, error=error,
        secret=base32.encode(account.secret), picture=qr_picture(otpauth.format(account)),
        wrong=setup["wrong"],
    )  # fmt: skip


def confirm(visit: Visit) -> Response:
    """Checks a code of the new authenticator; if it is accepted, the authenticator is active."""
    setup = pending(visit)
    if setup is None:
        return _expired(visit)
    code = normalise(visit.value("code"))
    problem = _malformed(visit, code)
    if problem:
        return _scan_page(visit, setup, 400, problem)
    account = account_of(visit, setup)
    verdict = verify(account, code, unix=visit.now, window=visit.registry.policy.window)
    if not verdict.ok or verdict.counter is None:
        setup = setup | {"wrong": setup["wrong"] + 1}
        visit.data["setup"] = setup
        return _scan_page(visit, setup, 403, visit.text(_NO_MATCH))
    authenticators.add(
        visit.registry, visit.me.name, account, setup["serial"], setup["name"], verdict.counter
    )
    if visit.site.demo is not None and visit.site.demo.has(setup["serial"]):
        visit.site.demo.give(setup["serial"], visit.me.name)
    del visit.data["setup"]
    visit.flash(
        N("“{name}” is set up. The next sign-in asks for one of its codes."),
        name=setup["name"],
    )
    if not visit.registry.factors.backup_codes_left(visit.me.name):
        return visit.go("/security/backup-codes")
    return visit.go("/security")


def cancel(visit: Visit) -> Response:
    """Forgets the secret."""
    visit.data.pop("setup", None)
    return visit.go("/security")


def pending(visit: Visit) -> dict[str, Any] | None:
    """Returns the set-up that this session has begun; None: there is none, or it has expired."""
    setup: dict[str, Any] | None = visit.data.get("setup")
    return setup if setup is not None and visit.now < setup["ends"] else None


def account_of(visit: Visit, setup: dict[str, Any]) -> Account:
    """Returns the account of a set-up."""
    return Account(visit.site.config.issuer, visit.me.name, bytes.fromhex(setup["secret"]))


def _expired(visit: Visit) -> Response:
    visit.data.pop("setup", None)
    visit.flash(N("This set-up has expired. Begin again: a new QR code will be shown."))
    return visit.go("/security/set-up")


def _malformed(visit: Visit, code: str) -> str:
    if not code:
        return visit.text(N("Enter the code."))
    if not code.isdigit():
        return visit.text(N("Enter digits only."))
    if len(code) != _CODE_DIGITS:
        return visit.text(N("A code has {n} digits."), n=_CODE_DIGITS)
    return ""


def qr_picture(text: str) -> str:
    """Makes a QR code as a data: address of a PNG, so that it has no URL."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=5, border=4)
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


PAGES = [
    Page("/security/set-up", ask_name, begin, fresh=True),
    Page("/security/set-up/scan", scan, confirm),
    Page("/security/set-up/cancel", post=cancel),
]
