"""Passwords, roles and authenticators in the library, without pages."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from ticktap.cli import audit_words
from ticktap.cli.main import run
from ticktap.errors import BadInput, NotFound, Refused
from ticktap.otp import Account
from ticktap.provisioning import report
from ticktap.registry import RegistryError, authenticators, policy
from ticktap.registry.passwords import Passwords
from ticktap.registry.roles import ROLES, Roles, check
from ticktap.registry.sign_in_methods import METHODS
from ticktap.verifier.factor_match import Why
from ticktap.web import admin_pages, texts
from web.conftest import PASSWORD, Desk


def test_a_password_is_checked(desk: Desk) -> None:
    desk.registry.users.add("ann")
    passwords = Passwords(desk.registry)
    assert not passwords.check("ann", PASSWORD).ok
    passwords.set("Ann", PASSWORD)
    assert passwords.check("ANN", PASSWORD).ok and not passwords.check("ann", PASSWORD).temporary
    wide = PASSWORD.replace("c", "\uff43")
    assert passwords.check("ann", wide).ok, "NFKC"
    assert not passwords.check("ann", PASSWORD.upper()).ok
    made = passwords.generate("ann")
    assert passwords.check("ann", made).temporary and not passwords.check("ann", PASSWORD).ok
    assert passwords.clear("ann") and not passwords.clear("ann")
    assert desk.events("ann") == ["user-added", "password-set", "password-set", "password-removed"]


@pytest.mark.parametrize("password", ["", "short", "a" * 129, "aaaaaaaaaaaa", "ann.example.org"])
def test_a_weak_password_is_refused(desk: Desk, password: str) -> None:
    desk.registry.users.add("ann.example.org")
    with pytest.raises(BadInput):
        Passwords(desk.registry).set("ann.example.org", password)


def test_the_database_has_no_hash_that_can_be_searched(desk: Desk) -> None:
    desk.user("ann")
    with desk.registry.engine.reading() as run:
        rows = run("select sealed from credentials").fetchall()
    assert rows and all(b"argon2" not in bytes(sealed) for (sealed,) in rows)


@pytest.mark.parametrize("purpose", ["password", "role"])
def test_a_value_of_another_user_or_purpose_is_refused(desk: Desk, purpose: str) -> None:
    desk.user("ann", "auditor")
    desk.user("bob", "admin")
    numbers = {each.name: each.id for each in desk.registry.users.all()}
    other = {"password": "role", "role": "password"}[purpose]
    with desk.registry.engine.writing() as run:
        other_one = "(select sealed from credentials where user_id = ? and purpose = ?)"
        take = f"update credentials set sealed = {other_one}"
        run(f"{take} where user_id = ? and purpose = ?", (numbers["bob"], purpose, numbers["ann"], purpose))
        run(f"{take} where user_id = ? and purpose = ?", (numbers["bob"], other, numbers["bob"], purpose))
    for name in ("ann", "bob"):
        with pytest.raises(RegistryError, match="tampered"):
            if purpose == "role":
                Roles(desk.registry).of(name)
            else:
                Passwords(desk.registry).check(name, PASSWORD)


def test_roles(desk: Desk) -> None:
    desk.registry.users.add("ann")
    roles = Roles(desk.registry)
    assert roles.of("ann") is None
    roles.set("ann", "admin")
    assert roles.of("ann") == "admin" and list(roles.all().values()) == ["admin"]
    with pytest.raises(BadInput):
        roles.set("ann", "king")  # type: ignore[arg-type]
    roles.set("ann", None)
    assert roles.of("ann") is None and roles.all() == {}
    with pytest.raises(NotFound):
        roles.set("nobody", "admin")
    with pytest.raises(Refused):
        check("ann", None, "see-users", "bob", None)


def test_a_deleted_user_leaves_no_password_role_or_session(desk: Desk) -> None:
    desk.user("ann", "admin")
    desk.signed_in("ann")
    desk.registry.users.delete("ann")
    with desk.registry.engine.reading() as run:
        for table in ("credentials", "web_sessions"):
            assert run(f"select count(*) from {table}").fetchone()[0] == 0, table


def test_an_account_on_another_users_token_is_revoked_alone(desk: Desk) -> None:
    desk.user("ann")
    desk.user("bob", token=False)
    desk.registry.keep(Account("ticktap", "bob", b"x" * 20), "SERIAL-ann", 2, "bob")
    (found,) = authenticators.of(desk.registry, "bob")
    assert not found.held
    assert authenticators.revoke(desk.registry, "bob", "SERIAL-ann") == 1
    assert [each.account.name for each in desk.registry.all()] == ["ann"]
    assert desk.events("bob")[-1] == "token-lost"
    with pytest.raises(NotFound):
        authenticators.revoke(desk.registry, "bob", "SERIAL-ann")


def test_the_pages_know_every_setting_event_and_reason() -> None:
    assert list(admin_pages.POLICIES) == list(policy.RANGES)
    assert set(texts.EVENTS) == set(audit_words.WORDS)
    shown = {*texts.REASONS, "ok", "waiting", "unknown-user", "first-factor"}
    assert shown == set(get_args(Why)), "a user who is signed in is known, and was not asked for a password"
    assert set(texts.METHODS) == set(METHODS)
    assert set(admin_pages.REPORTS) == set(report.KINDS) and set(admin_pages.ROLE_NAMES) == set(ROLES)


def test_users_have_the_same_table_on_the_page_and_in_the_command(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.user("me", "auditor")
    page = desk.signed_in("me").get("/admin/users.csv").last.content
    monkeypatch.setenv("TICKTAP_REGISTRY", str(tmp_path / "registry.db"))
    assert run(["user", "list", "--csv", str(tmp_path / "users.csv")]) == 0
    assert (tmp_path / "users.csv").read_bytes() == page
