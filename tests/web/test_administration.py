"""The administration: who may see and do what, and that it is the same as the commands do."""

from __future__ import annotations

import re

import pytest

from ticktap.registry.roles import Roles
from web.conftest import PASSWORD, Desk

PATHS = {
    "/admin/users": {"admin", "help-desk", "auditor"},
    "/admin/users.csv": {"admin", "help-desk", "auditor"},
    "/admin/users/ann": {"admin", "help-desk", "auditor"},
    "/admin/tokens": {"admin", "help-desk", "auditor"},
    "/admin/reports": {"admin", "help-desk", "auditor"},
    "/admin/new-user": {"admin"},
    "/admin/import": {"admin"},
    "/admin/policies": {"admin"},
    "/admin/audit": {"admin", "auditor"},
    "/admin/audit.csv": {"admin", "auditor"},
}
ACTIONS = {
    "unlock": {"admin", "help-desk"},
    "issue-code": {"admin", "help-desk"},
    "revoke-token": {"admin", "help-desk"},
    "edit": {"admin"},
    "sign-in": {"admin"},
    "disable": {"admin"},
    "enable": {"admin"},
    "password": {"admin"},
    "role": {"admin"},
    "reset": {"admin"},
    "delete": {"admin"},
}
FIELDS = {
    "reason": "called back", "serial": "SERIAL-ann", "sure": "yes", "role": "auditor", "full_name": "Ann",
    "method-token": "yes",
}  # fmt: skip


@pytest.mark.parametrize("role", [None, "admin", "help-desk", "auditor"])
def test_each_role_sees_its_pages(desk: Desk, role: str | None) -> None:
    desk.user("ann")
    desk.user("me", role)  # type: ignore[arg-type]
    visitor = desk.signed_in("me")
    assert ("Administration" in visitor.text) == (role is not None)
    seen = {path for path in PATHS if visitor.get(path).status == 200}
    assert seen == {path for path, allowed in PATHS.items() if role in allowed}
    assert desk.visitor().get("/admin/users").path == "/sign-in"


@pytest.mark.parametrize("role", [None, "admin", "help-desk", "auditor"])
@pytest.mark.parametrize("action", ACTIONS)
def test_each_role_does_what_it_may(desk: Desk, role: str | None, action: str) -> None:
    desk.user("ann")
    desk.user("me", role)  # type: ignore[arg-type]
    visitor = desk.signed_in("me").get("/security")
    before = desk.events("ann")
    visitor.post(f"/admin/users/ann/{action}", FIELDS)
    done = desk.events("ann")[len(before) :]
    assert bool(done) == (role in ACTIONS[action]), (visitor.status, visitor.text)
    assert {line.event.who for line in desk.registry.audit.lines("ann")[len(before) :]} <= {"me"}


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_does_anything_to_themselves(desk: Desk, action: str) -> None:
    desk.user("me", "admin")
    visitor = desk.signed_in("me")
    before = desk.events("me")
    visitor.post(f"/admin/users/me/{action}", FIELDS)
    assert visitor.status == 400 and "your own user" in visitor.text
    assert desk.events("me") == before


@pytest.mark.parametrize("action", ["unlock", "issue-code", "revoke-token"])
def test_the_help_desk_cannot_touch_who_has_a_role(desk: Desk, action: str) -> None:
    desk.user("boss", "admin")
    desk.user("me", "help-desk")
    visitor = desk.signed_in("me")
    before = desk.events("boss")
    visitor.post(f"/admin/users/boss/{action}", FIELDS | {"serial": "SERIAL-boss"})
    assert visitor.status == 400 and desk.events("boss") == before


def test_a_role_that_ends_ends_at_once(desk: Desk) -> None:
    desk.user("me", "admin")
    visitor = desk.signed_in("me")
    Roles(desk.registry).set("me", None)
    assert visitor.get("/admin/users").path == "/sign-in"


def test_a_role_cannot_be_written_into_the_database(desk: Desk) -> None:
    desk.user("boss", "admin")
    desk.user("ann")
    numbers = {each.name: each.id for each in desk.registry.users.all()}
    with desk.registry.engine.writing() as run:
        copy = "insert into credentials select ?, purpose, sealed from credentials where purpose = 'role'"
        run(copy, (numbers["ann"],))
    visitor = desk.signed_in_anyhow("ann")
    assert visitor.path == "/sign-in", "her row is not genuine any more"
    assert visitor.get("/admin/users").path == "/sign-in"


def test_a_locked_user_is_unlocked_and_issued_a_code(desk: Desk) -> None:
    desk.user("ann")
    desk.user("me", "help-desk")
    desk.registry.set_policy("tries", 1)
    desk.visitor().name_and_password("ann", PASSWORD).code("000000")
    visitor = desk.signed_in("me").get("/admin/users?state=locked")
    assert "1 of 2 users" in visitor.text
    visitor.get("/admin/users/ann").post("/admin/users/ann/unlock")
    assert "ann can try again" in visitor.text
    visitor.post("/admin/users/ann/issue-code", {"reason": "x"})
    assert visitor.status == 400 and "how you verified" in visitor.text
    visitor.post("/admin/users/ann/issue-code", {"reason": "called back at 100"})
    code = visitor.found(r"\b\d{8}\b")
    assert desk.registry.audit.lines("ann")[-1].event.detail["reason"] == "called back at 100"
    visitor.post("/admin/issued")
    assert code not in visitor.text
    assert desk.visitor().name_and_password("ann", PASSWORD).code(code).path == "/security"


def test_a_new_user_comes_to_an_own_token(desk: Desk) -> None:
    desk.user("me", "admin")
    visitor = desk.signed_in("me").get("/admin/new-user")
    visitor.post("/admin/new-user", {"name": "Bob B"})
    assert visitor.status == 400
    visitor.post("/admin/new-user", {"name": "bob", "full_name": "Bob <B>", "email": "bob@example.com"})
    password = visitor.found(r"\b[a-z2-9]{5}(?:-[a-z2-9]{5}){2}\b")
    visitor.post("/admin/users/bob/issue-code", {"reason": "first set-up"})
    code = visitor.found(r"\b\d{8}\b")
    bob = desk.visitor().name_and_password("bob", password).code(code)
    assert bob.path == "/security/password"


def test_a_table_is_checked_and_imported(desk: Desk) -> None:
    desk.user("me", "admin")
    visitor = desk.signed_in("me").get("/admin/import")
    table = {"table": ("users.csv", "user,full_name\nbob,Bob\ncarol,Carol\n", "text/csv")}
    visitor.post("/admin/import", {"do": "check"}, files=table)
    assert "Planned changes" in visitor.text and len(desk.registry.users.all()) == 1
    visitor.post("/admin/import", {"do": "import"}, files=table)
    assert [each.name for each in desk.registry.users.all()] == ["bob", "carol", "me"]
    wrong = {"table": ("users.csv", "user\nbob\nBob\n", "text/csv")}
    visitor.post("/admin/import", {"do": "import"}, files=wrong)
    assert visitor.status == 400 and "line 3" in visitor.text
    csv = visitor.get("/admin/users.csv").last
    assert csv.headers["content-disposition"].startswith("attachment") and "carol,Carol" in csv.text


def test_policies_are_changed_within_their_ranges(desk: Desk) -> None:
    desk.user("me", "admin")
    visitor = desk.signed_in("me").get("/admin/policies")
    visitor.post("/admin/policies", {"tries": "0"})
    assert visitor.status == 400 and "1 to 100" in visitor.text
    visitor.post("/admin/policies", {"tries": "5", "window": "1"})
    assert desk.registry.policy.tries == 5
    lines = [line for line in desk.registry.audit.lines() if line.event.what == "setting"]
    assert [(line.event.who, line.event.detail["name"]) for line in lines] == [("me", "tries")]


def test_the_audit_log_is_filtered_exported_and_verified(desk: Desk) -> None:
    desk.user("ann")
    desk.user("me", "auditor")
    visitor = desk.signed_in("me").get("/admin/audit?user=ann&what=password-set")
    assert visitor.text.count("temporary False") == 1
    assert "There is no user" in visitor.get("/admin/audit?user=nobody").text
    assert "2026-11-30" in visitor.get("/admin/audit?since=x").text
    csv = visitor.get("/admin/audit.csv?user=ann").last.text
    assert csv.startswith("at,user,what,who,origin,detail,entry") and "user-added" in csv
    visitor.get("/admin/audit").post("/admin/audit/verify")
    assert "No tampering found" in visitor.text
    anchor = visitor.get("/admin/audit/anchor.json").last.content
    visitor.get("/admin/audit").post("/admin/audit/verify", files={"anchor": ("a", b"{}", "text/plain")})
    assert "not an anchor" in visitor.text
    visitor.post("/admin/audit/verify", files={"anchor": ("a.json", anchor, "application/json")})
    assert "No tampering found" in visitor.text
    newer = re.sub(rb"\[\d+, ", b"[99, ", anchor, count=1)
    visitor.post("/admin/audit/verify", files={"anchor": ("a.json", newer, "application/json")})
    assert "faults found" in visitor.text
    visitor.post("/admin/audit/verify")
    assert "No tampering found" in visitor.text
    with desk.registry.engine.writing() as run:
        run("update audit_log set who = 'x' where what = 'password-set'")
    visitor.post("/admin/audit/verify")
    assert "faults found" in visitor.text


def test_odd_names_have_working_addresses(desk: Desk) -> None:
    desk.user("me", "admin")
    visitor = desk.signed_in("me")
    for name in ("a%b", "q?x=1&y", "日本", "a.b@example.com", "#1"):
        desk.registry.users.add(name)
        from ticktap.web.admin_pages import address

        assert visitor.get(address(name)).status == 200
        visitor.post(f"{address(name)}/disable")
        assert desk.registry.users.find(name).disabled is not None
