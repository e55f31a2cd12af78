"""Signing in: user name and first factor, then a code; and the confirmation of a code before changes.

A stranger sees the same pages and answers for every name, password and code. What the browser stores between
the two pages is encrypted (seals.py).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse, Response

from ticktap.errors import NotFound
from ticktap.web import sessions, texts
from ticktap.web.outcome import Outcome
from ticktap.web.texts import N
from ticktap.web.visit import Page, Visit, local_path

if TYPE_CHECKING:
    from ticktap.verifier import Answer

_STEP_S = 300  # seconds between password and code
_WAY_S = 365 * 86_400
_LONGEST_NAME, _LONGEST_PASSWORD, _LONGEST_CODE = 256, 300, 100  # characters
_WAYS = ("token", "backup-code", "issued-code")
_WHATEVER = "/security"


# --- user name and password


def ask_name(visit: Visit) -> Response:
    """The first page."""
    after = local_path(visit.query("next", 300), "")
    if visit.session is not None:
        return visit.go(after or _WHATEVER)
    if visit.site.config.first_factor == "header":
        return _named_by_proxy(visit, after)
    return visit.page("sign_in.html", after=after, name="", error="")


def take_name(visit: Visit) -> Response:
    """Takes name and password. The second page follows for every name and password."""
    name, after = visit.value("user", _LONGEST_NAME).strip(), local_path(visit.value("next"), "")
    if visit.site.config.first_factor == "header":
        return visit.go("/sign-in")
    if not visit.site.limit.allows(visit.origin):
        error = visit.text(texts.TOO_MANY)
        return visit.page("sign_in.html", 429, after=after, name=name, error=error)
    if not name:
        error = visit.text(N("Enter your user name."))
        return visit.page("sign_in.html", 400, after=after, name="", error=error)
    checked = visit.site.passwords.check(name, visit.value("password", _LONGEST_PASSWORD))
    return _to_code(visit, name, checked.ok, checked.temporary, after)


def _named_by_proxy(visit: Visit, after: str) -> Response:
    """Takes the name that a trusted proxy has authenticated."""
    request, config = visit.request, visit.site.config
    peer = request.client.host if request.client else ""
    name = request.headers.get(config.user_header, "")[:_LONGEST_NAME]
    if peer not in config.proxies or not name:
        return visit.page("error.html", 403, problem="forbidden", error="", number="")
    return _to_code(visit, name, True, False, after)


def _to_code(visit: Visit, name: str, ok: bool, temporary: bool, after: str) -> Response:
    step = {"user": name, "ok": int(ok), "temporary": int(temporary), "after": after}
    _keep_step(visit, step)
    way = visit.request.cookies.get(_cookie(visit, "way"), "")
    return visit.go(f"/sign-in/code?way={way}" if way in _WAYS[1:] else "/sign-in/code")


def _keep_step(visit: Visit, step: dict[str, Any]) -> None:
    value = step | {"nonce": secrets.token_hex(16)}
    visit.set_cookie("step", visit.site.seals.seal("step", value, visit.now + _STEP_S), _STEP_S)


def step_of(visit: Visit) -> dict[str, Any] | None:
    sealed = visit.request.cookies.get(_cookie(visit, "step"), "")
    return visit.site.seals.unseal("step", sealed, visit.now) if sealed else None


def _cookie(visit: Visit, name: str) -> str:
    return f"__Host-ticktap-{name}" if visit.site.config.https else f"ticktap-{name}"


# --- the code


def ask_code(visit: Visit) -> Response:
    """The second page."""
    if visit.session is not None:
        return visit.go(_WHATEVER)
    step = step_of(visit)
    return visit.go("/sign-in") if step is None else _code_page(visit, step, 200, "")


def _code_page(visit: Visit, step: dict[str, Any], status: int, error: str) -> Response:
    way = visit.query("way")
    contact = visit.site.config.contact if error else ""
    return visit.page(
        "code.html",
        status,
        way=way if way in _WAYS else "token",
        user=step["user"],
        error=error,
        contact=contact,
    )


def take_code(visit: Visit) -> Response:
    """Takes a code of any kind."""
    step = step_of(visit)
    if step is None:
        return visit.go("/sign-in")
    code = visit.value("code", _LONGEST_CODE)
    key = hashlib.sha256(f"{step['nonce']}\0{code}".encode("utf-8", "replace")).digest()
    return _answer(visit, visit.site.once.run(key, lambda: _attempt(visit, step, code)))


def _attempt(visit: Visit, step: dict[str, Any], code: str) -> Outcome:
    if not visit.site.limit.allows(visit.origin):
        return _page_again(visit, step, 429, visit.text(texts.TOO_MANY))
    name, ok = str(step["user"]), bool(step["ok"])
    answer = visit.site.sign_in.verify(name, code, origin=visit.origin, first_factor=ok)
    if not answer.ok:
        _keep_step(visit, step)
        told = visit.site.config.lockout_text if ok and answer.reason == "locked" else ""
        return _page_again(visit, step, 403, told or visit.text(texts.REFUSED))
    try:
        user = visit.registry.users.find(name)
    except NotFound:  # deleted at this moment
        return _page_again(visit, step, 403, visit.text(texts.REFUSED))
    sessions.begin(visit, user, must_change=bool(step["temporary"]))
    visit.remove_cookie("step")
    visit.set_cookie("way", user.main_method, _WAY_S)
    tell_backup_codes(visit, answer)
    visit.site.sessions.save(visit.signed_in)
    visit.saved = dict(visit.data)
    return Outcome(str(step["after"]) or _WHATEVER, 303, dict(visit.cookies), visit.browser)


def _answer(visit: Visit, outcome: Outcome) -> Response:
    visit.cookies |= outcome.cookies
    visit.browser = outcome.browser
    if isinstance(outcome.response, str):
        return RedirectResponse(outcome.response, outcome.status)
    return Response(outcome.response, outcome.status, media_type="text/html")


def _page_again(visit: Visit, step: dict[str, Any], status: int, error: str) -> Outcome:
    page = _code_page(visit, step, status, error)
    return Outcome(bytes(page.body), status, dict(visit.cookies), visit.browser)


def tell_backup_codes(visit: Visit, answer: Answer) -> None:
    """Says how many backup codes are left, if one was used."""
    if answer.left == 0:
        visit.flash(N("That was your last backup code. Make new ones now."))
    elif answer.left is not None and answer.few:
        visit.flash(N("Only {n} left. Make new codes, or set up your token again."), n=answer.left)
    elif answer.left is not None:
        visit.flash(N("You signed in with a backup code. {n} left."), n=answer.left)


# --- confirmation before changes


def ask_confirmation(visit: Visit) -> Response:
    """Asks a user who is signed in for a code once more."""
    after = local_path(visit.query("next", 300), _WHATEVER)
    if visit.fresh:
        return visit.go(after)
    return _confirm_page(visit, after, 200, "")


def take_confirmation(visit: Visit) -> Response:
    """Takes that code."""
    after = local_path(visit.value("next"), _WHATEVER)
    code = visit.value("code", _LONGEST_CODE)
    key = hashlib.sha256(
        f"{visit.value('nonce', 64)}\0{visit.me.id}\0{code}".encode("utf-8", "replace")
    ).digest()

    def attempt() -> Outcome:
        if not visit.site.limit.allows(visit.origin):
            page = _confirm_page(visit, after, 429, visit.text(texts.TOO_MANY))
            return Outcome(bytes(page.body), 429, browser=visit.browser)
        answer = visit.site.sign_in.verify(visit.me.name, code, origin=visit.origin)
        if not answer.ok:
            page = _confirm_page(visit, after, 403, _reason(visit, answer))
            return Outcome(bytes(page.body), 403, browser=visit.browser)
        visit.data["verified"] = visit.now
        tell_backup_codes(visit, answer)
        return Outcome(after, 303, browser=visit.browser)

    return _answer(visit, visit.site.once.run(key, attempt))


def _reason(visit: Visit, answer: Answer) -> str:
    """Says to a user who is signed in why a code was not accepted."""
    if answer.reason == "waiting":
        return visit.text(texts.WAIT, n=max(1, answer.retry_after))
    return visit.text(texts.REASONS.get(answer.reason, texts.REFUSED), n=visit.registry.policy.tries)


def _confirm_page(visit: Visit, after: str, status: int, error: str) -> Response:
    return visit.page("confirm.html", status, after=after, error=error, nonce=secrets.token_hex(16))


def sign_out(visit: Visit) -> Response:
    """Ends the session."""
    if visit.session is not None:
        visit.site.sessions.end(visit.session)
        visit.session = None
    visit.remove_cookie("session")
    visit.new_browser()
    return visit.go("/sign-in")


PAGES = [
    Page("/sign-in", ask_name, take_name, public=True),
    Page("/sign-in/code", ask_code, take_code, public=True),
    Page("/confirm", ask_confirmation, take_confirmation),
    Page("/sign-out", post=sign_out, public=True),
]
