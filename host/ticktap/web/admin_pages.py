"""Administration: users, policies, tokens and reports. Every action is recorded under the person's name."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from starlette.responses import Response

from ticktap.errors import BadInput, NotFound, Refused, TicktapError
from ticktap.provisioning import report, user_export, user_import
from ticktap.provisioning.inventory import items
from ticktap.registry import authenticators, policy, roles
from ticktap.registry.passwords import Passwords
from ticktap.registry.roles import Right, Role, Roles
from ticktap.registry.sign_in_methods import METHODS
from ticktap.web import texts
from ticktap.web.texts import N
from ticktap.web.visit import Page, Visit

_ON_A_PAGE = 50
_RECENT = 8
_SHORTEST_REASON = 5  # characters
STATES = {"ok": N("active"), "locked": N("locked"), "waiting": N("waiting"), "disabled": N("disabled")}
ROLE_NAMES = {"admin": N("Administrator"), "help-desk": N("Help desk"), "auditor": N("Auditor")}
REPORTS = {
    "no-token": N("No token"),
    "never-signed-in": N("Never signed in"),
    "locked": N("Locked"),
    "few-backup-codes": N("Few backup codes"),
    "clock-due": N("Clock due"),
}
POLICIES = {
    "tries": N("Codes in a row that do not match before a lock"),
    "failures_before_delay": N("Of these, codes before the first wait"),
    "wait": N("Seconds of the first wait; each further wait is twice as long"),
    "longest_wait": N("Seconds of the longest wait"),
    "lock_minutes": N("Minutes until a lock ends; 0: only an administrator ends it"),
    "origin_tries": N("Refused attempts from one address before a pause; 0: no limit"),
    "origin_minutes": N("Minutes in which these attempts are counted, and length of the pause"),
    "window": N("Time steps by which a clock may be wrong, in both directions"),
    "look_ahead": N("Counter values that may be skipped"),
    "resync": N("Further counter values to search; two codes in a row are needed there"),
    "backup_codes": N("Backup codes in a set"),
    "low_code_warning": N("Warn at this many backup codes left"),
    "issued_minutes": N("Minutes for which a temporary code is valid"),
}


def start(visit: Visit) -> Response:
    """Leads to the first page of the administration."""
    return visit.go("/admin/users")


# --- the list


def users(visit: Visit) -> Response:
    """All users, or those that match a search."""
    wanted, state = visit.query("q", 100).strip().casefold(), visit.query("state", 20)
    everyone = user_export.everyone(visit.registry)
    known = Roles(visit.registry).all()
    numbers = {each.name: each.id for each in visit.registry.users.all()}
    found = [
        each | {"role": known.get(numbers.get(each["user"], 0))}
        for each in everyone
        if (not state or each["state"] == state)
        and any(wanted in each[key].casefold() for key in ("user", "full_name", "email"))
    ]
    number = visit.query("page", 6)
    last = max(0, (len(found) - 1) // _ON_A_PAGE)
    at = min(int(number), last) if number.isascii() and number.isdigit() else 0
    return visit.page(
        "admin/users.html", users=found[at * _ON_A_PAGE : (at + 1) * _ON_A_PAGE], found=len(found),
        total=len(everyone), q=visit.query("q", 100), state=state, at=at, last=last,
        states=STATES, roles=ROLE_NAMES,
    )  # fmt: skip


def users_csv(visit: Visit) -> Response:
    """The table that `ticktap user list --csv` writes."""
    return download(user_export.table(user_export.everyone(visit.registry)), "users.csv")


def download(data: bytes, name: str, kind: str = "text/csv") -> Response:
    """Returns a file to save."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=kind, headers=headers)


# --- one user


def user(visit: Visit) -> Response:
    """One user."""
    return _user_page(visit, 200, "")


def _user_page(visit: Visit, status: int, error: str) -> Response:
    registry = visit.registry
    try:
        target = registry.users.find(visit.request.path_params["name"])
    except NotFound:
        return visit.page("error.html", 404, problem="not-found", error="", number="")
    role = Roles(registry).of(target.name)
    return visit.page(
        "admin/user.html", status, error=error, user=user_export.one(registry, target), role=role,
        authenticators=authenticators.of(registry, target.name), states=STATES, roles=ROLE_NAMES,
        methods=METHODS,
        called={key: visit.text(text) for key, text in texts.METHODS.items()},
        lines=list(reversed(registry.audit.lines(target.name, _RECENT))),
        may_help=_may(visit, "help-users", target.name, role),
        may_manage=_may(visit, "manage-users", target.name, role),
        own=target.name == visit.me.name, address=address(target.name), issued=visit.data.get("issued"),
        has_password=visit.site.config.first_factor == "password",
    )  # fmt: skip


def address(name: str) -> str:
    """Returns the address of a user's page."""
    return f"/admin/users/{quote(name, safe='')}"


def _may(visit: Visit, right: Right, target: str, target_role: Role | None) -> bool:
    try:
        roles.check(visit.me.name, visit.role, right, target, target_role)
    except Refused:
        return False
    return True


_HELP = ("unlock", "issue-code", "revoke-token")
_MANAGE = ("edit", "sign-in", "disable", "enable", "password", "role", "reset", "delete")


def act(visit: Visit) -> Response:
    """Does one thing to one user."""
    name, action = visit.request.path_params["name"], visit.request.path_params["action"]
    if action not in (*_HELP, *_MANAGE):
        return visit.page("error.html", 404, problem="not-found", error="", number="")
    try:
        name = visit.registry.users.find(name).name
        right: Right = "help-users" if action in _HELP else "manage-users"
        roles.check(visit.me.name, visit.role, right, name, Roles(visit.registry).of(name))
        visit.data.pop("issued", None)
        return _act(visit, name, action)
    except NotFound:
        return visit.go("/admin/users")
    except (BadInput, Refused) as error:
        return _user_page(visit, 400, _explained(visit, error))


def _act(visit: Visit, name: str, action: str) -> Response:
    users, value = visit.registry.users, visit.value
    if action in ("reset", "delete") and value("sure") != "yes":
        raise BadInput("this was not confirmed", "Tick the box first.")
    match action:
        case "unlock":
            users.unlock(name)
            visit.flash(N("{user} can try again."), user=name)
        case "issue-code":
            _issue(visit, name)
        case "revoke-token":
            authenticators.revoke(visit.registry, name, value("serial", 100))
            visit.flash(N("Revoked."))
        case "edit":
            users.edit(
                name, full_name=value("full_name"), email=value("email"), groups=value("groups").split()
            )
            visit.flash(N("Saved."))
        case "sign-in":
            users.set_methods(name, [each for each in METHODS if value(f"method-{each}")])
            users.set_networks(name, value("networks").replace(",", " ").split())
            visit.flash(N("Saved."))
        case "disable":
            users.disable(name)
            visit.flash(N("{user} cannot sign in until enabled again. Nothing is deleted."), user=name)
        case "enable":
            users.enable(name)
            visit.flash(N("{user} may sign in again."), user=name)
        case "password":
            password = Passwords(visit.registry).generate(name)
            visit.data["issued"] = {"user": name, "password": password}
        case "role":
            role = value("role", 20)
            Roles(visit.registry).set(name, cast("Role", role) if role else None)
            visit.flash(N("Saved."))
        case "reset":
            users.reset(name)
            visit.flash(N("{user} is reset and must set up an authenticator again."), user=name)
        case "delete":
            users.delete(name)
            visit.flash(N("{user} is deleted."), user=name)
            return visit.go("/admin/users")
    return visit.go(address(name))


def _issue(visit: Visit, name: str) -> None:
    reason = " ".join(visit.value("reason", 200).split())
    if len(reason) < _SHORTEST_REASON:
        raise BadInput("there is no reason", "Write how you verified the user's identity.")
    code, until = visit.registry.factors.issue_code(name, reason)
    visit.data["issued"] = {"user": name, "code": code, "until": until}


def forget_issued(visit: Visit) -> Response:
    """Shows a code or a password no longer."""
    issued = visit.data.pop("issued", None)
    return visit.go(address(issued["user"]) if issued else "/admin/users")


def _explained(visit: Visit, error: TicktapError) -> str:
    known = {
        "this was not confirmed": N("Tick the box to confirm, then try again."),
        "there is no reason": N("Write how you verified the user's identity."),
        "you cannot do this to your own user": N(
            "You cannot do that to your own user. Ask another administrator."
        ),
        "this role does not allow it": N("Your role does not allow this."),
        "only an admin can do this to a user with a role": N(
            "Only an administrator can do this to a user with a role."
        ),
        "that is not an e-mail address": N("Enter an e-mail address like ann@example.com."),
        "a user needs a way to sign in": N("A user needs at least one method to sign in."),
        "that cannot be a user's name": N(
            "Use 1 to 64 letters, digits and signs like . - _ @ + as a user name."
        ),
    }
    text = known.get(error.message)
    return visit.text(text) if text else f"{error.message}. {error.remedy}"


# --- new users, and tables


def ask_new(visit: Visit) -> Response:
    """Asks for a new user."""
    return visit.page("admin/new_user.html", error="", name="", full_name="", email="")


def add(visit: Visit) -> Response:
    """Adds a user with a password that must be changed."""
    name, full_name, email = (visit.value(each).strip() for each in ("name", "full_name", "email"))
    try:
        added = visit.registry.users.add(name, full_name=full_name, email=email)
    except (BadInput, Refused) as error:
        told = (
            visit.text(N("A user with this name exists already."))
            if isinstance(error, Refused)
            else _explained(visit, error)
        )
        return visit.page("admin/new_user.html", 400, error=told, name=name, full_name=full_name, email=email)
    if visit.site.config.first_factor == "password":
        password = Passwords(visit.registry).generate(added.name)
        visit.data["issued"] = {"user": added.name, "password": password}
    visit.flash(N("{user} is added. The user needs a temporary code for the first sign-in."), user=added.name)
    return visit.go(address(added.name))


def ask_table(visit: Visit) -> Response:
    """Asks for a table of users."""
    return visit.page("admin/import.html", error="", planned=None, done=False)


def take_table(visit: Visit) -> Response:
    """Shows what a table would do; or does it."""
    done = visit.value("do") == "import"
    try:
        rows = user_import.parse(visit.files.get("table", b""))
        planned = user_import.apply(visit.registry, rows) if done else user_import.plan(visit.registry, rows)
    except BadInput as error:
        return visit.page("admin/import.html", 400, error=str(error), planned=None, done=False)
    return visit.page("admin/import.html", error="", planned=planned, done=done)


# --- policies, tokens, reports


def policies(visit: Visit) -> Response:
    """The settings of sign-ins."""
    return _policies_page(visit, 200, {}, "")


def _policies_page(visit: Visit, status: int, given: dict[str, str], error: str) -> Response:
    values = policy.as_dict(visit.registry.policy)
    rows = [
        {
            "name": name,
            "text": visit.text(text),
            "value": given.get(name, values[name]),
            "range": policy.RANGES[name],
        }
        for name, text in POLICIES.items()
    ]
    return visit.page("admin/policies.html", status, rows=rows, error=error)


def set_policies(visit: Visit) -> Response:
    """Changes the settings that differ."""
    present = policy.as_dict(visit.registry.policy)
    given = {name: visit.value(name, 10).strip() for name in POLICIES if name in visit.form}
    for name, text in given.items():
        low, high = policy.RANGES[name]
        if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
            error = visit.text(
                N("“{field}” may be {low} to {high}."), field=visit.text(POLICIES[name]), low=low, high=high
            )
            return _policies_page(visit, 400, given, error)
    for name, text in given.items():
        if int(text) != present[name]:
            visit.registry.set_policy(name, int(text))
    visit.flash(N("Saved."))
    return visit.go("/admin/policies")


def tokens(visit: Visit) -> Response:
    """All tokens, their holders, and when their clocks are due."""
    from ticktap.clock.history import ClockHistory

    with ClockHistory.open() as history:
        found = items(visit.registry.tokens.all(), history, visit.now)
    return visit.page("admin/tokens.html", tokens=found)


def reports(visit: Visit) -> Response:
    """Users and tokens that need attention."""
    from ticktap.clock.history import ClockHistory

    with ClockHistory.open() as history:
        found = report.findings(visit.registry, history, visit.now)
    kinds: dict[str, list[Any]] = {kind: [each for each in found if each.kind == kind] for kind in REPORTS}
    return visit.page("admin/reports.html", kinds=kinds, called=REPORTS, address=address)


PAGES = [
    Page("/admin", start, right="see-users"),
    Page("/admin/users", users, right="see-users"),
    Page("/admin/users.csv", users_csv, right="see-users"),
    Page("/admin/new-user", ask_new, add, right="manage-users", fresh=True),
    Page("/admin/import", ask_table, take_table, right="manage-users", fresh=True, upload=True),
    Page("/admin/issued", post=forget_issued, right="see-users"),
    Page("/admin/users/{name}", user, right="see-users"),
    Page("/admin/users/{name}/{action}", post=act, right="help-users", fresh=True),
    Page("/admin/policies", policies, set_policies, right="manage-policies", fresh=True),
    Page("/admin/tokens", tokens, right="see-users"),
    Page("/admin/reports", reports, right="see-users"),
]
