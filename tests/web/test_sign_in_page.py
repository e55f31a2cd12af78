"""Signing in on the pages."""

from __future__ import annotations

import pytest

from ticktap.web.config import Config
from ticktap.web.visit import local_path
from web.conftest import PASSWORD, URL, Desk

REFUSED = "Not accepted."


def test_name_password_and_code_let_a_user_in(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.visitor().get("/")
    assert visitor.path == "/sign-in" and visitor.status == 200
    visitor.name_and_password("Ann", PASSWORD)
    assert visitor.path == "/sign-in/code"
    visitor.code(desk.code("ann"))
    assert (visitor.path, visitor.status) == ("/security", 200)
    assert "Key ring" in visitor.text
    assert visitor.get("/").path == "/security"


@pytest.mark.parametrize("suffix", ["", "\r\n", "\n", " "])
def test_the_code_may_end_in_what_a_token_types(desk: Desk, suffix: str) -> None:
    desk.user("ann")
    visitor = desk.visitor().name_and_password("ann", PASSWORD).code(desk.code("ann") + suffix)
    assert visitor.path == "/security"


def test_full_width_digits_are_accepted(desk: Desk) -> None:
    desk.user("ann")
    wide = "".join(chr(0xFF10 + int(digit)) for digit in desk.code("ann"))
    assert desk.visitor().name_and_password("ann", PASSWORD).code(wide).path == "/security"


def test_a_repeated_submission_gets_the_first_answer_and_is_not_counted(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.visitor().name_and_password("ann", PASSWORD)
    code = desk.code("ann")
    cookies = dict(visitor.client.cookies)
    first = visitor.send("/sign-in/code", {"code": code}, follow_redirects=False)
    visitor.client.cookies.clear()
    visitor.client.cookies.update(cookies)  # as a browser that has not read the first answer yet
    second = visitor.send("/sign-in/code", {"code": code}, follow_redirects=False)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers.get_list("set-cookie") == second.headers.get_list("set-cookie")
    assert desk.registry.users.find("ann").failures == 0
    assert desk.events("ann").count("signed-in") == 1
    assert visitor.get("/security").path == "/security"


def test_a_used_code_is_refused_in_another_browser(desk: Desk) -> None:
    desk.user("ann")
    code = desk.code("ann")
    assert desk.visitor().name_and_password("ann", PASSWORD).code(code).path == "/security"
    other = desk.visitor().name_and_password("ann", PASSWORD).code(code)
    assert other.path == "/sign-in/code" and REFUSED in other.text


@pytest.mark.parametrize(
    ("user", "password", "right_code"),
    [
        ("ann", "wrong", True),
        ("ann", "wrong", False),
        ("ann", PASSWORD, False),
        ("nobody", PASSWORD, False),
        ("", " ", False),
    ],
)
def test_everything_wrong_gets_the_same_pages(desk: Desk, user: str, password: str, right_code: bool) -> None:
    desk.user("ann")
    code = desk.code("ann") if right_code else "000000"
    visitor = desk.visitor().name_and_password(user or "x" * 64, password)
    assert (visitor.path, visitor.status) == ("/sign-in/code", 200)
    visitor.code(code)
    assert (visitor.path, visitor.status) == ("/sign-in/code", 403)
    assert REFUSED in visitor.text
    assert visitor.get("/security").path == "/sign-in"


def test_a_wrong_password_is_counted_and_uses_up_no_code(desk: Desk) -> None:
    desk.user("ann")
    code = desk.code("ann")
    desk.visitor().name_and_password("ann", "wrong").code(code)
    assert desk.registry.users.find("ann").failures == 1
    assert desk.registry.audit.lines("ann")[-1].event.detail["reason"] == "first-factor"
    assert desk.visitor().name_and_password("ann", PASSWORD).code(code).path == "/security"


def test_a_user_without_a_password_cannot_sign_in(desk: Desk) -> None:
    desk.registry.users.add("carol")
    code, _ = desk.registry.factors.issue_code("carol")
    for password in ("", " ", PASSWORD):
        visitor = desk.visitor().name_and_password("carol", password).code(code)
        assert visitor.path == "/sign-in/code" and REFUSED in visitor.text


def test_backup_and_temporary_codes_let_a_user_in(desk: Desk) -> None:
    desk.user("ann")
    codes = desk.registry.factors.new_backup_codes("ann")
    visitor = desk.visitor().name_and_password("ann", PASSWORD)
    visitor.get("/sign-in/code?way=backup-code")
    assert "Backup code (12 letters and digits)" in visitor.text
    visitor.code(codes[0].lower())
    assert visitor.path == "/security" and "4 left" in visitor.text
    issued, _ = desk.registry.factors.issue_code("ann")
    assert desk.visitor().name_and_password("ann", PASSWORD).code(issued).path == "/security"


def test_eight_wrong_codes_lock_and_the_text_stays_the_same(desk: Desk) -> None:
    desk.user("ann")
    desk.registry.set_policy("wait", 0)
    texts = set()
    for number in range(9):
        visitor = desk.visitor().name_and_password("ann", PASSWORD).code(f"{number:06d}")
        texts.add(visitor.text)
    assert len(texts) == 1
    assert desk.registry.users.find("ann").locked is not None
    assert REFUSED in desk.visitor().name_and_password("ann", PASSWORD).code(desk.code("ann")).text


class TestLockOutText:
    @pytest.fixture
    def config(self) -> Config:
        return Config(public_url=URL, lockout_text="Locked. Call 100.", contact="Ask the desk.")

    def test_only_who_has_the_password_sees_it(self, desk: Desk) -> None:
        desk.user("ann")
        desk.registry.set_policy("tries", 1)
        desk.visitor().name_and_password("ann", PASSWORD).code("000000")
        assert "Call 100" in desk.visitor().name_and_password("ann", PASSWORD).code("000001").text
        for name, password in (("ann", "wrong"), ("nobody", PASSWORD)):
            visitor = desk.visitor().name_and_password(name, password).code("000001")
            assert "Call 100" not in visitor.text and "Ask the desk." in visitor.text


def test_the_second_page_expires(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.visitor().name_and_password("ann", PASSWORD)
    desk.now += 301
    assert visitor.code(desk.code("ann")).path == "/sign-in"
    assert "signed-in" not in desk.events("ann")


def test_a_page_asked_for_is_shown_after_sign_in_but_no_other_site(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.visitor().get("/security/history")
    assert str(visitor.last.url).endswith("/sign-in?next=/security/history")
    visitor.name_and_password("ann", PASSWORD, "/security/history").code(desk.code("ann"))
    assert visitor.path == "/security/history"
    for bad in ("//evil.example", "https://evil.example/", "/\\evil.example", "/a\nb"):
        other = desk.visitor().name_and_password("ann", PASSWORD, bad).code(desk.code("ann"))
        assert (other.last.url.host, other.path) == ("id.example.org", "/security")


def test_too_many_attempts_of_one_network_are_refused(desk: Desk) -> None:
    from ticktap.web.rate_limit import RateLimit

    desk.user("ann")
    desk.site.limit = RateLimit(lambda: desk.now, burst=2)
    visitor = desk.visitor()
    assert visitor.name_and_password("ann", "a").path == "/sign-in/code"
    assert visitor.name_and_password("ann", "a").path == "/sign-in/code"
    assert visitor.name_and_password("ann", "a").status == 429
    assert desk.visitor(address="192.0.2.8").name_and_password("ann", "a").path == "/sign-in/code"


class TestProxy:
    @pytest.fixture
    def config(self) -> Config:
        return Config(public_url=URL, first_factor="header", proxies=("192.0.2.1",))

    def test_a_trusted_proxy_names_the_user(self, desk: Desk) -> None:
        desk.user("ann")
        visitor = desk.visitor(address="192.0.2.1")
        visitor.client.headers["x-forwarded-user"] = "ann"
        visitor.client.headers["x-forwarded-for"] = "203.0.113.9, 198.51.100.4"
        assert visitor.get("/sign-in").path == "/sign-in/code"
        assert visitor.code(desk.code("ann")).path == "/security"
        assert desk.registry.audit.lines("ann")[-1].event.origin == "198.51.100.4"

    def test_the_session_ends_with_the_proxys_name(self, desk: Desk) -> None:
        desk.user("ann")
        visitor = desk.visitor(address="192.0.2.1")
        visitor.client.headers["x-forwarded-user"] = "ann"
        visitor.get("/sign-in").code(desk.code("ann"))
        assert visitor.get("/security").path == "/security"
        visitor.client.headers["x-forwarded-user"] = "bob"
        assert visitor.get("/security").path == "/sign-in/code"

    def test_others_cannot(self, desk: Desk) -> None:
        desk.user("ann")
        visitor = desk.visitor(address="192.0.2.2")
        visitor.client.headers["x-forwarded-user"] = "ann"
        assert visitor.get("/sign-in").status == 403


def test_a_hostile_address_takes_no_time() -> None:
    """The pattern of paths is linear: with nested repetition this would take hours."""
    assert local_path("/" + "a" * 290 + "!", "no") == "no"
    assert local_path("/a/b?c=d", "no") == "/a/b?c=d"
