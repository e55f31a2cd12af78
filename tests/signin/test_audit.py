"""The trail says what happened, and shows when somebody changed it."""

import pytest

from signin.desk import NOW
from ticktap.errors import NotFound


def history(desk):
    """Something to look at: 3 users, some tries."""
    desk.add()
    desk.registry.users.add("bob")
    desk.registry.users.add("eve")
    for code in (desk.code(), desk.wrong(), desk.wrong()):
        desk.verify(code, origin="192.0.2.1")
    desk.verify(desk.wrong(), "hunter2-typed-as-a-name")


def change(desk, *statements):
    """What somebody who can write to the database does."""
    with desk.registry.engine.writing() as run:
        for statement in statements:
            run(statement)


def number_of(desk, name):
    return desk.registry.users.find(name).id


def test_who_what_when_from_where(desk):
    history(desk)
    lines = [
        (line.user, line.event.what, line.event.who, line.event.origin)
        for line in desk.registry.audit.lines()
    ]
    assert (
        lines[:3]
        == [
            ("ann", "user-added", "admin", "desk"),
            ("ann", "account-added", "admin", "desk"),
            ("ann", "signed-in", "ann", "192.0.2.1"),
        ]
        or ("ann", "signed-in", "ann", "192.0.2.1") in lines
    )
    assert lines.count(("ann", "sign-in-refused", "ann", "192.0.2.1")) == 2
    assert lines.count((None, "sign-in-refused", "", "")) == 1
    assert {line.event.at for line in desk.registry.audit.lines()} == {NOW}


def test_lines_of_one_user_and_the_last(desk):
    history(desk)
    assert [line.event.what for line in desk.registry.audit.lines("ann", 2)] == ["sign-in-refused"] * 2
    everything = desk.registry.audit.lines()
    for last in (1, 3, len(everything), 99):
        assert desk.registry.audit.lines(last=last) == everything[-last:]
    assert [line.event.what for line in desk.registry.audit.lines("bob")] == ["user-added"]
    with pytest.raises(NotFound):
        desk.registry.audit.lines("mallory")


def test_a_name_that_nobody_has_is_not_written_down(desk):
    history(desk)
    assert "hunter2" not in str(desk.registry.audit.lines())
    desk.verify("1", "hunter2-typed-as-a-name")
    (detail,) = [line.event.detail for line in desk.registry.audit.lines() if "name" in line.event.detail]
    assert len(detail["name"]) == 12 and detail["times"] == 2
    desk.later(3600)
    desk.verify("1", "hunter2-typed-as-a-name")
    names = [line.event.detail["name"] for line in desk.registry.audit.lines() if "name" in line.event.detail]
    assert names == [detail["name"]] * 2  # that it is the same can be seen


def test_what_admins_do_is_there_too(desk):
    desk.add()
    desk.registry.factors.new_backup_codes("ann")
    desk.registry.factors.issue_code("ann")
    desk.registry.factors.new_app_password("ann", "imap")
    desk.registry.users.disable("ann")
    desk.registry.users.unlock("ann")
    desk.registry.set_policy("tries", 5)
    what = [line.event.what for line in desk.registry.audit.lines()]
    assert {
        "backup-codes-made", "code-issued", "app-password-made", "user-disabled", "user-unlocked", "setting",
    } <= set(what)  # fmt: skip


def test_an_untouched_trail(desk):
    history(desk)
    checked = desk.registry.audit.check(desk.registry.audit.anchor())
    assert checked.faults == []
    twice = 3  # the registry's own chain has it, too, that a user was added
    ends = 4  # and the ends of the users' chains after each change by an administrator
    assert len(desk.registry.audit.lines(what=["heads"])) == ends
    assert checked.entries == len(desk.registry.audit.lines()) + twice + ends


@pytest.mark.parametrize(
    "statements",
    [
        ["update audit_log set at = at - 1 where user_id = {ann} and entry = 3"],
        ["update audit_log set who = 'bob' where user_id = {ann} and entry = 4"],
        ["update audit_log set origin = '' where user_id = {ann} and entry = 4"],
        ["update audit_log set what = 'signed-in' where user_id = {ann} and entry = 4"],
        ["update audit_log set detail = '{{}}' where user_id = {ann} and entry = 4"],
        ["delete from audit_log where user_id = {ann} and entry = 3"],
        ["delete from audit_log where user_id = {ann} and entry = 5"],
        [
            "delete from audit_log where user_id = {ann} and entry = 5",
            "update users set entries = 4 where id = {ann}",
        ],
        ["delete from audit_log where user_id = {ann}"],
        ["update users set entries = 4 where id = {ann}"],
        ["update audit_log set user_id = {bob}, entry = 2 where user_id = {ann} and entry = 5"],
        [
            "update audit_log set entry = 99 where user_id = {ann} and entry = 4",
            "update audit_log set entry = 4 where user_id = {ann} and entry = 5",
            "update audit_log set entry = 5 where user_id = {ann} and entry = 99",
        ],
        [
            "insert into audit_log select user_id, 6, at, who, origin, what, detail, mac from audit_log"
            " where user_id = {ann} and entry = 5",
            "update users set entries = 6 where id = {ann}",
        ],
        ["delete from audit_log where user_id = {eve}", "delete from users where id = {eve}"],
        ["update users set head = (select head from users where name = 'bob') where id = {ann}"],
    ],
)
def test_tampering_is_found(desk, statements):
    history(desk)
    numbers = {name: number_of(desk, name) for name in ("ann", "bob", "eve")}
    assert len(desk.registry.audit.lines("ann")) == 5
    change(desk, *(statement.format(**numbers) for statement in statements))
    faults = desk.registry.audit.check().faults
    assert faults
    assert any(name in fault for fault in faults for name in numbers)


def test_a_trail_that_went_on_still_fits_its_anchor(desk):
    history(desk)
    anchor = desk.registry.audit.anchor()
    desk.later()
    assert desk.verify(desk.code()).ok
    assert desk.registry.audit.check(anchor).faults == []


def test_another_program_may_write_lines(desk):
    desk.add()
    desk.registry.audit.add("picture-taken", user="ann", who="desk-3", origin="lobby", detail={"page": 1})
    desk.registry.audit.add("backup-made", user=None, who="cron", origin="vm")
    assert desk.registry.audit.lines("ann")[-1].event.detail == {"page": 1}
    assert desk.registry.audit.check().faults == []
