"""A table of users: what it does, does not do, and what is wrong with it."""

import pytest

from ticktap.errors import BadInput
from ticktap.provisioning import user_import
from ticktap.provisioning.user_import import TableRefused

TABLE = (
    "user;full name;e-mail;groups;methods;networks\n"
    "Ann;Ann Example;ann@example.com;staff|vpn;token backup-code;10.0.0.0/8\n"
    "bob;;;;;\n"
)


def apply(desk, text):
    planned = user_import.apply(desk.registry, user_import.parse(text.encode()))
    return [(each.row.name, each.action, each.changes) for each in planned]


def test_users_are_added_and_changed(desk):
    assert apply(desk, TABLE) == [("ann", "add", []), ("bob", "add", [])]
    ann = desk.registry.users.find("ann")
    assert (ann.full_name, ann.email, ann.groups) == ("Ann Example", "ann@example.com", ("staff", "vpn"))
    assert (ann.methods, ann.networks) == (("token", "backup-code"), ("10.0.0.0/8",))
    assert apply(desk, TABLE) == [("ann", "same", []), ("bob", "same", [])]
    changed = apply(desk, "user,email,groups,methods\nANN,,staff,token\nbob,bob@example.com,,\n")
    assert changed == [("ann", "change", ["groups", "methods"]), ("bob", "change", ["email"])]
    ann = desk.registry.users.find("ann")
    assert (ann.email, ann.groups, ann.methods) == ("ann@example.com", ("staff",), ("token",))
    assert desk.registry.audit.check().faults == []


def test_what_was_done_stands_in_the_trail(desk):
    apply(desk, TABLE)
    before = len(desk.registry.audit.lines())
    apply(desk, TABLE)
    assert len(desk.registry.audit.lines()) == before
    apply(desk, "user,networks,email\nann,192.0.2.0/24,a@example.com\n")
    what = [line.event.what for line in desk.registry.audit.lines("ann")]
    assert what == ["user-added", "user-networks", "user-edited"]


def test_a_plan_changes_nothing(desk):
    rows = user_import.parse(TABLE.encode())
    assert [each.action for each in user_import.plan(desk.registry, rows)] == ["add", "add"]
    assert desk.registry.users.all() == []
    assert user_import.plan(None, rows) == user_import.plan(desk.registry, rows)


def test_an_import_that_fails_half_way_leaves_nothing(desk, monkeypatch):
    real = user_import._apply

    def fails(registry, work, planned):
        real(registry, work, planned)
        if planned.row.name == "bob":
            raise BadInput("stopped")

    monkeypatch.setattr(user_import, "_apply", fails)
    with pytest.raises(BadInput, match="stopped"):
        apply(desk, TABLE)
    assert desk.registry.users.all() == []


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [(1, "it is empty: the first line names the columns")]),
        ("user\n", [(1, "it has a header but no rows")]),
        (
            "name\nann\n",
            [(1, "column 1 cannot be used; the columns are user"), (1, "no column is called 'user'")],
        ),
        ("user,user\nann,ann\n", [(1, "two columns have the same name")]),
        ("user\nann\nANN\n", [(3, "the user ann is also in line 2")]),
        ("user\na b\n", [(2, "user: that cannot be a user's name")]),
        ("user,email\n,x@example.com\n", [(2, "user: there is no user")]),
        ("user,email\nann,x\n", [(2, "email: that is not an e-mail address")]),
        ("user,email\nann,a@example.com,more\n", [(2, "it has 3 cells, and there are 2 columns")]),
        (
            "user,methods,networks\nann,magic,300.0.0.1\n",
            [(2, "methods: there is no way to sign in called 'magic'"), (2, "networks: '300.0.0.1' is not")],
        ),
        ('user,email\n"ann\n', [(2, "it is not a table: a quotation mark is not closed")]),
    ],
)
def test_all_that_is_wrong_is_told_by_its_line(text, problems):
    with pytest.raises(TableRefused) as caught:
        user_import.parse(text.encode())
    told = caught.value.problems
    assert [line for line, _ in told] == [line for line, _ in problems]
    assert all(what.startswith(wanted) for (_, what), (_, wanted) in zip(told, problems, strict=True)), told
    assert "Nothing was changed" in caught.value.remedy


def test_a_cell_that_is_no_field_is_not_repeated(desk):
    with pytest.raises(TableRefused) as caught:
        user_import.parse(b"user,hunter2-hunter2\nann,hunter3\n")
    assert "hunter" not in str(caught.value)


def test_a_row_may_end_early(desk):
    assert apply(desk, "user,full_name,email\nann,Ann\nbob\n") == [("ann", "add", []), ("bob", "add", [])]
    assert desk.registry.users.find("ann").full_name == "Ann"


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("'=1+1", "=1+1"),
        ("'+1", "+1"),
        ("'-1", "-1"),
        ("'@a", "@a"),
        ("'a", "'a"),
        ("''=a", "''=a"),
        ("'", "'"),
    ],
)
def test_a_guard_against_formulas_is_removed(cell, name):
    (row,) = user_import.parse(f"user,full_name\nann,{cell}\n".encode())
    assert row.columns["full_name"] == name


def test_the_columns_of_a_listing_are_ignored():
    ignored = ("state", "last_sign_in", "main_method", "tokens", "accounts", "backup_codes_left")
    ignored += ("app_passwords", "created", "disabled", "locked")
    (row,) = user_import.parse(f"user,{','.join(ignored)}\nann{',x' * 10}\n".encode())
    assert (row.line, row.name, row.columns) == (2, "ann", {})


def test_users_without_methods_get_all_of_them(desk):
    apply(desk, "user\nann\n")
    ann = desk.registry.users.find("ann")
    assert (ann.methods, ann.networks) == (("token", "backup-code", "issued-code", "app-password"), ())
