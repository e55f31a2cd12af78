"""My security: what users see and change about their own sign-in."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from ticktap.errors import BadInput, NotFound
from ticktap.registry import authenticators
from ticktap.registry.authenticators import Authenticator
from ticktap.registry.factors import is_label
from ticktap.registry.passwords import LONGEST, SHORTEST, checked_password
from ticktap.web import texts
from ticktap.web.texts import N
from ticktap.web.visit import Page, Visit

_SHOWN_S = 600  # seconds for which new codes are shown
_RECENT = 20  # sign-ins
_HOME = "/security"
_SIGN_INS = ("signed-in", "sign-in-refused")


@dataclass(frozen=True, slots=True)
class SignInLine:
    """One recent sign-in, for the page."""

    at: int
    origin: str
    ok: bool
    method: str


def overview(visit: Visit) -> Response:
    """All of a user's factors, and recent sign-ins."""
    registry, name = visit.registry, visit.me.name
    return visit.page(
        "security.html",
        authenticators=authenticators.of(registry, name),
        backup_codes_left=registry.factors.backup_codes_left(name),
        few=registry.policy.low_code_warning,
        app_passwords=registry.factors.app_passwords(name),
        methods=[
            (each, visit.text(texts.METHODS[each])) for each in visit.me.methods if each != "app-password"
        ],
        sign_ins=recent(visit, 5),
        sessions=visit.site.sessions.count(visit.me.id),
        has_password=visit.site.config.first_factor == "password",
    )


def recent(visit: Visit, most: int) -> list[SignInLine]:
    """Returns the last sign-ins of the user, the newest first."""
    lines = visit.registry.audit.lines(visit.me.name, most, what=_SIGN_INS)
    return [
        SignInLine(
            each.event.at,
            each.event.origin,
            each.event.what == "signed-in",
            visit.text(texts.METHODS.get(each.event.detail.get("method", ""), N("-"))),
        )
        for each in reversed(lines)
    ]


def history(visit: Visit) -> Response:
    """Recent sign-ins."""
    return visit.page("history.html", sign_ins=recent(visit, _RECENT))


def set_main(visit: Visit) -> Response:
    """Makes one of the user's methods the main one."""
    method = visit.value("method")
    if method in visit.me.methods and method != "app-password":
        visit.registry.users.set_main_method(visit.me.name, method)
        visit.set_cookie("way", method, 365 * 86_400)
        visit.flash(N("{method} is your main method now."), method=visit.text(texts.METHODS[method]))
    return visit.go(_HOME)


# --- authenticators


def one_authenticator(visit: Visit) -> Response:
    """One authenticator, to rename or revoke it."""
    found = _chosen(visit)
    return visit.go(_HOME) if found is None else _authenticator_page(visit, found, 200, "")


def _authenticator_page(visit: Visit, found: Authenticator, status: int, error: str) -> Response:
    name = visit.me.name
    return visit.page(
        "authenticator.html", status, each=found, error=error,
        last=len(authenticators.of(visit.registry, name)) == 1,
        backup_codes_left=visit.registry.factors.backup_codes_left(name),
    )  # fmt: skip


def _chosen(visit: Visit) -> Authenticator | None:
    serial = visit.request.path_params["serial"]
    own = authenticators.of(visit.registry, visit.me.name)
    return next((each for each in own if each.serial == serial), None)


def rename(visit: Visit) -> Response:
    """Changes the name of an authenticator."""
    found = _chosen(visit)
    if found is None or not found.held:
        return visit.go(_HOME)
    try:
        authenticators.rename(visit.registry, visit.me.name, found.serial, visit.value("name"))
    except BadInput:
        error = visit.text(N("Enter a name of 1 to {n} characters."), n=authenticators.LONGEST_NAME)
        return _authenticator_page(visit, found, 400, error)
    visit.flash(N("Saved."))
    return visit.go(_HOME)


def revoke(visit: Visit) -> Response:
    """Revokes an authenticator, lost or not; all other sessions of the user end."""
    found = _chosen(visit)
    if found is not None:
        authenticators.revoke(visit.registry, visit.me.name, found.serial)
        visit.site.sessions.end_others(visit.signed_in)
        visit.flash(
            N("“{name}” is revoked. Set up another one, or ask your administrator for a spare."),
            name=found.name or found.serial,
        )
    return visit.go(_HOME)


def lost(visit: Visit) -> Response:
    """Leads a user who has lost a token through the steps."""
    registry, name = visit.registry, visit.me.name
    return visit.page(
        "lost.html",
        authenticators=authenticators.of(registry, name),
        backup_codes_left=registry.factors.backup_codes_left(name),
    )


def lost_hint(visit: Visit) -> Response:
    """Says to somebody who cannot sign in what to do."""
    return visit.page("lost_hint.html")


# --- backup codes


def backup_codes(visit: Visit) -> Response:
    """Asks before new backup codes are made."""
    left = visit.registry.factors.backup_codes_left(visit.me.name)
    return visit.page("backup_codes.html", left=left, number=visit.registry.policy.backup_codes)


def make_backup_codes(visit: Visit) -> Response:
    """Makes new backup codes; the next page shows them."""
    codes = visit.registry.factors.new_backup_codes(visit.me.name)
    visit.data["shown"] = {"codes": codes, "ends": visit.now + _SHOWN_S}
    return visit.go("/security/backup-codes/new")


def show_backup_codes(visit: Visit) -> Response:
    """Shows new backup codes until the user says that they are kept, or ten minutes have passed."""
    shown = visit.data.get("shown")
    if shown is None or "codes" not in shown or visit.now >= shown["ends"]:
        visit.data.pop("shown", None)
        return visit.go("/security/backup-codes")
    return visit.page("backup_codes_new.html", codes=shown["codes"])


def forget_shown(visit: Visit) -> Response:
    """Shows codes or a password no longer."""
    visit.data.pop("shown", None)
    return visit.go(_HOME)


# --- app passwords


def app_passwords(visit: Visit) -> Response:
    """The app passwords."""
    return _app_page(visit, 200, "", "")


def _app_page(visit: Visit, status: int, label: str, error: str) -> Response:
    shown = visit.data.get("shown") or {}
    new = shown if "password" in shown and visit.now < shown["ends"] else None
    own = visit.registry.factors.app_passwords(visit.me.name)
    allowed = "app-password" in visit.me.methods
    return visit.page(
        "app_passwords.html", status, app_passwords=own, label=label, error=error, new=new, allowed=allowed
    )


def make_app_password(visit: Visit) -> Response:
    """Makes an app password; the next page shows it."""
    label = visit.value("label", 64).strip()
    if not is_label(label):
        error = visit.text(
            N(
                "Use 1 to 32 letters, digits, dots, dashes, underscores: the service name from your"
                " administrator."
            )
        )
        return _app_page(visit, 400, label, error)
    password = visit.registry.factors.new_app_password(visit.me.name, label)
    visit.data["shown"] = {"password": password, "label": label, "ends": visit.now + _SHOWN_S}
    return visit.go("/security/app-passwords")


def revoke_app_password(visit: Visit) -> Response:
    """Revokes an app password of the user."""
    number = visit.value("number", 18)
    if number.isascii() and number.isdigit():
        try:
            visit.registry.factors.revoke_app_password(visit.me.name, int(number))
            visit.flash(N("The password is revoked."))
        except NotFound:
            pass  # revoked meanwhile
    visit.data.pop("shown", None)
    return visit.go("/security/app-passwords")


# --- password and sessions


def ask_password(visit: Visit) -> Response:
    """Asks for a new password."""
    return _password_page(visit, 200, "")


def _password_page(visit: Visit, status: int, error: str) -> Response:
    forced = bool(visit.data.get("must_change"))
    return visit.page("password.html", status, error=error, shortest=SHORTEST, longest=LONGEST, forced=forced)


def set_password(visit: Visit) -> Response:
    """Changes the password; all other sessions of the user end."""
    old, new, again = (visit.value(name, 300) for name in ("old", "new", "again"))
    if not visit.site.limit.allows(visit.origin):
        return _password_page(visit, 429, visit.text(texts.TOO_MANY))
    if not visit.site.passwords.check(visit.me.name, old).ok:
        return _password_page(visit, 403, visit.text(N("The present password is not right.")))
    if new != again:
        return _password_page(visit, 400, visit.text(N("The two new passwords differ.")))
    try:
        checked_password(new, visit.me.name)
    except BadInput:
        error = N(
            "Choose {low} to {high} characters that are not easy to guess. Several words are easy to"
            " remember."
        )
        return _password_page(visit, 400, visit.text(error, low=SHORTEST, high=LONGEST))
    if new == old:
        return _password_page(visit, 400, visit.text(N("Choose another password than the present one.")))
    _store_password(visit, new)
    visit.flash(N("Your password is changed. All other sessions were ended."))
    return visit.go(_HOME)


def _store_password(visit: Visit, new: str) -> None:
    """Sets the password, which ends all sessions, and begins a new one for this browser."""
    from ticktap.registry.passwords import Passwords
    from ticktap.web import sessions

    Passwords(visit.registry).set(visit.me.name, new)
    sessions.begin(visit, visit.me, must_change=False)


def end_sessions(visit: Visit) -> Response:
    """Ends all other sessions of the user."""
    visit.site.sessions.end_others(visit.signed_in)
    visit.flash(N("All other sessions were ended."))
    return visit.go(_HOME)


PAGES = [
    Page("/security", overview),
    Page("/security/history", history),
    Page("/security/main-method", post=set_main, fresh=True),
    Page("/security/authenticators/{serial}", one_authenticator, rename, fresh=True),
    Page("/security/authenticators/{serial}/revoke", post=revoke, fresh=True),
    Page("/security/lost", lost),
    Page("/security/backup-codes", backup_codes, make_backup_codes, fresh=True),
    Page("/security/backup-codes/new", show_backup_codes, forget_shown),
    Page("/security/app-passwords", app_passwords, make_app_password, fresh=True),
    Page("/security/app-passwords/forget", post=forget_shown),
    Page("/security/app-passwords/revoke", post=revoke_app_password, fresh=True),
    Page("/security/password", ask_password, set_password, fresh=True),
    Page("/security/sessions/end", post=end_sessions),
    Page("/lost", lost_hint, public=True),
]
