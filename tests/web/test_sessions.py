"""Sessions: how long they last, what ends them, and that a database writer cannot make one."""

from __future__ import annotations

import pytest

from ticktap.registry.passwords import Passwords
from ticktap.registry.roles import Roles
from web.conftest import PASSWORD, Desk


def test_the_cookies_are_for_this_host_only_and_not_for_scripts(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.visitor().name_and_password("ann", PASSWORD)
    response = visitor.send("/sign-in/code", {"code": desk.code("ann")}, follow_redirects=False)
    cookies = response.headers.get_list("set-cookie")
    assert any(cookie.startswith("__Host-ticktap-session=") for cookie in cookies)
    for cookie in cookies:
        assert cookie.startswith("__Host-"), cookie
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "secure", "path=/", "samesite=lax"} <= parts, cookie


def test_an_idle_session_ends_and_a_used_one_lasts(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    for _ in range(4):
        desk.now += 29 * 60
        assert visitor.get("/security").path == "/security"
    desk.now += 30 * 60
    assert visitor.get("/security").path == "/sign-in"


def test_no_session_lasts_longer_than_twelve_hours(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    for _ in range(29):
        desk.now += 25 * 60
        visitor.get("/security")
    assert visitor.path == "/sign-in"


def test_signing_out_ends_the_session_for_a_copied_cookie_too(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    thief = desk.visitor()
    thief.client.cookies.update(dict(visitor.client.cookies))
    assert thief.get("/security").path == "/security"
    visitor.get("/security").post("/sign-out")
    assert visitor.path == "/sign-in"
    assert thief.get("/security").path == "/sign-in"


def test_all_other_sessions_end_at_once(desk: Desk) -> None:
    desk.user("ann")
    one, other = desk.signed_in("ann"), desk.signed_in("ann")
    assert "2 active sessions" in one.get("/security").text
    one.post("/security/sessions/end")
    assert one.get("/security").path == "/security"
    assert other.get("/security").path == "/sign-in"


@pytest.mark.parametrize(
    "change",
    [
        lambda registry: registry.users.disable("ann"),
        lambda registry: registry.users.reset("ann"),
        lambda registry: registry.users.delete("ann"),
        lambda registry: Passwords(registry).set("ann", "another long password"),
        lambda registry: Passwords(registry).clear("ann"),
        lambda registry: Roles(registry).set("ann", "auditor"),
    ],
    ids=["disable", "reset", "delete", "password", "no password", "role"],
)
def test_what_an_administrator_does_ends_the_sessions(desk: Desk, change: object) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    change(desk.registry)  # type: ignore[operator]
    assert visitor.get("/security").path == "/sign-in"


def test_a_session_cannot_be_made_or_given_to_another_in_the_database(desk: Desk) -> None:
    desk.user("ann")
    desk.user("bob", "admin")
    visitor = desk.signed_in("ann")
    bob = desk.registry.users.find("bob").id
    with desk.registry.engine.writing() as run:
        run("update web_sessions set user_id = ?", (bob,))
    assert visitor.get("/security").path == "/sign-in"


def test_a_session_cannot_be_prolonged_in_the_database(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    with desk.registry.engine.writing() as run:
        run("update web_sessions set expires = expires + 100000")
    assert visitor.get("/security").path == "/sign-in"


def test_the_database_has_no_token_of_a_session(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    token = visitor.client.cookies["__Host-ticktap-session"]
    with desk.registry.engine.reading() as run:
        rows = run("select id, sealed from web_sessions").fetchall()
    assert rows and all(token.encode() not in bytes(cell) for row in rows for cell in row)


def test_a_new_session_gets_a_new_token(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.visitor()
    visitor.client.cookies.set("__Host-ticktap-session", "chosen-by-an-attacker")
    visitor.name_and_password("ann", PASSWORD).code(desk.code("ann"))
    assert visitor.path == "/security"
    tokens = [c.value for c in visitor.client.cookies.jar if c.name == "__Host-ticktap-session"]
    assert any(len(str(token)) == 43 for token in tokens)
