"""Backup codes, issued codes, app passwords: each where it belongs, and as often as it may."""

import pytest

from signin.desk import ACCOUNT
from ticktap.errors import BadInput, NotFound
from ticktap.registry import one_time_codes


def test_each_backup_code_gets_in_once(desk):
    desk.add()
    codes = desk.registry.factors.new_backup_codes("ann")
    assert len(set(codes)) == 5
    lefts = []
    for code in codes:
        answer = desk.verify(code)
        assert (answer.ok, answer.method) == (True, "backup-code")
        lefts.append((answer.left, answer.few))
        assert desk.verify(code).reason == "used"
    assert lefts == [(4, False), (3, False), (2, True), (1, True), (0, True)]
    assert "enrolled" in answer.message
    assert desk.registry.factors.backup_codes_left("ann") == 0


def test_a_backup_code_as_people_type_it(desk):
    desk.add()
    code = desk.registry.factors.new_backup_codes("ann")[0]
    assert desk.verify(code.replace("-", " ").lower()).ok


def test_new_backup_codes_replace_the_old_ones(desk):
    desk.add()
    old = desk.registry.factors.new_backup_codes("ann")[0]
    new = desk.registry.factors.new_backup_codes("ann")[0]
    assert desk.verify(old).reason == "no-match"
    assert desk.verify(new).ok


def test_a_backup_code_is_no_other_users(desk):
    desk.add()
    desk.registry.users.add("bob")
    code = desk.registry.factors.new_backup_codes("ann")[0]
    assert not desk.verify(code, "bob").ok
    assert desk.verify(code).ok


def test_wrong_backup_codes_count(desk):
    desk.add()
    desk.registry.factors.new_backup_codes("ann")
    assert desk.verify("AAAA-BBBB-CCCC").reason == "no-match"
    assert desk.registry.users.find("ann").failures == 1


def test_how_many_backup_codes_is_a_setting(desk):
    desk.add()
    desk.registry.set_policy("backup_codes", 3)
    assert len(desk.registry.factors.new_backup_codes("ann")) == 3


def test_an_issued_code_is_good_once_and_for_ten_minutes(desk):
    desk.add()
    code, until = desk.registry.factors.issue_code("ann")
    assert (len(code), until) == (8, desk.now + 600)
    desk.later(599)
    assert desk.verify(code).method == "issued-code"
    assert desk.verify(code).reason == "used"
    code, _ = desk.registry.factors.issue_code("ann")
    desk.later(600)
    assert desk.verify(code).reason == "expired"


def test_a_code_issued_before_is_not_good_any_more(desk):
    desk.add()
    first, _ = desk.registry.factors.issue_code("ann")
    second, _ = desk.registry.factors.issue_code("ann")
    if first != second:
        assert not desk.verify(first).ok
    assert desk.verify(second).ok


def test_an_app_password_is_for_its_service_alone(desk):
    desk.add()
    password = desk.registry.factors.new_app_password("ann", "imap")
    for service in ("", "smtp", "IMAP", "\0"):
        assert not desk.verify(password, service=service).ok
    for _ in range(3):
        answer = desk.verify(password, service="imap")
        assert (answer.ok, answer.method) == (True, "app-password")
    assert desk.registry.factors.app_passwords("ann")[0].used == desk.now


def test_wrong_app_passwords_do_not_lock_a_user(desk):
    desk.add()
    for _ in range(20):
        assert desk.verify("AAAA-BBBB-CCCC-DDDD-EEEE", service="imap").reason == "no-match"
    assert desk.verify(desk.code()).ok


def test_a_revoked_app_password(desk):
    desk.add()
    first = desk.registry.factors.new_app_password("ann", "imap")
    second = desk.registry.factors.new_app_password("ann", "imap")
    one, other = desk.registry.factors.app_passwords("ann")
    desk.registry.factors.revoke_app_password("ann", one.id)
    assert not desk.verify(first, service="imap").ok
    assert desk.verify(second, service="imap").ok
    with pytest.raises(NotFound):
        desk.registry.factors.revoke_app_password("ann", one.id)
    desk.registry.users.add("bob")
    with pytest.raises(NotFound):
        desk.registry.factors.revoke_app_password("bob", other.id)


def test_an_app_password_does_not_end_a_wait(desk):
    desk.add()
    password = desk.registry.factors.new_app_password("ann", "imap")
    for _ in range(3):
        desk.verify(desk.wrong())
    assert desk.verify(password, service="imap").ok
    assert desk.registry.users.find("ann").failures == 3


@pytest.mark.parametrize("label", ["", "a b", "a" * 33, "\n"])
def test_what_is_no_label(desk, label):
    desk.add()
    with pytest.raises(BadInput):
        desk.registry.factors.new_app_password("ann", label)


def test_nobodys_factors(desk):
    for make in (
        desk.registry.factors.new_backup_codes,
        desk.registry.factors.issue_code,
        desk.registry.factors.backup_codes_left,
        desk.registry.factors.app_passwords,
    ):
        with pytest.raises(NotFound):
            make("ann")


def test_no_code_is_in_the_database(desk):
    desk.add()
    given = [
        *desk.registry.factors.new_backup_codes("ann"),
        desk.registry.factors.issue_code("ann")[0],
        desk.registry.factors.new_app_password("ann", "imap"),
    ]
    with desk.registry.engine.reading() as run:
        rows = run("select * from factors").fetchall() + run("select * from audit_log").fetchall()
    kept = b"".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
    )
    for code in given:
        assert code.encode() not in kept and code.replace("-", "").encode() not in kept


@pytest.mark.parametrize("kind", ["backup-code", "issued-code", "app-password"])
def test_what_is_drawn_is_recognised(kind):
    assert {one_time_codes.recognised(one_time_codes.draw(kind)) for _ in range(100)} == {kind}


@pytest.mark.parametrize("typed", ["", "755224", "AAAA", "A" * 13, "\u0661" * 8, "0" * 12, "I" * 12])
def test_what_is_not_recognised(typed):
    assert one_time_codes.recognised(typed) is None


def test_a_token_of_eight_digits_and_an_issued_code_do_not_get_in_each_others_way(desk):
    from dataclasses import replace

    eight = replace(ACCOUNT, digits=8)
    desk.add(account=eight)
    code, _ = desk.registry.factors.issue_code("ann")
    assert desk.verify(desk.code(eight)).method == "token"
    assert desk.verify(code).method == "issued-code"
