"""Who can write to the database, and has no key file, gets in as nobody, and `audit verify` shows what
was done.
"""

import json

import pytest

from signin.desk import ACCOUNT, COUNTED, NOW, STEP
from signin.writer import change, copy, gets_in, put_back
from ticktap.otp.account import Account
from ticktap.otp.code_check import code_at
from ticktap.registry import RegistryError, Tampered

MINE = Account("Example", "mallory", b"a secret of mallory!")


@pytest.fixture
def people(desk):
    """The chief, and mallory, who can write to the database; each has a token and has signed in."""
    desk.add("ceo", ACCOUNT, "A1")
    desk.add("mallory", MINE, "M1")
    assert desk.verify(desk.code(), "ceo").ok
    assert desk.verify(desk.code(MINE), "mallory").ok
    desk.later()
    return {name: desk.registry.users.find(name).id for name in ("ceo", "mallory")}


def faults(desk):
    return desk.registry.audit.check().faults


def test_before_any_attack_both_sign_in_and_nothing_is_reported(desk, people):
    assert gets_in(desk, desk.code(), "ceo") and gets_in(desk, desk.code(MINE), "mallory")
    assert not gets_in(desk, desk.code(MINE), "ceo")
    assert faults(desk) == []


@pytest.mark.parametrize(
    "statements",
    [
        ["update accounts set user_id = {ceo} where user_id = {mallory}"],
        [
            "update users set name = 'x' where id = {ceo}",
            "update users set name = 'ceo' where id = {mallory}",
        ],
        [
            "update users set accounts = (select accounts from users where id = {mallory}) where id = {ceo}",
            "delete from accounts where user_id = {ceo}",
            "update accounts set user_id = {ceo} where user_id = {mallory}",
        ],
        [
            "update users set mac = (select mac from users where id = {mallory}) where id = {ceo}",
            "update accounts set user_id = {ceo} where user_id = {mallory}",
        ],
        [
            "update accounts set encrypted = (select encrypted from accounts where user_id = {mallory}),"
            " secret_id = (select secret_id from accounts where user_id = {mallory}) where user_id = {ceo}"
        ],
    ],
)
def test_nobody_signs_in_as_another_user(desk, people, statements):
    change(desk, *(statement.format(**people) for statement in statements))
    assert not gets_in(desk, desk.code(MINE), "ceo")
    assert faults(desk)


@pytest.mark.parametrize("name", ["issuer", "name", "token"])
def test_an_account_is_bound_to_its_names(desk, people, name):
    change(desk, f"update accounts set {name} = 'other' where user_id = {people['ceo']}")
    assert not gets_in(desk, desk.code(), "ceo")
    assert faults(desk)


@pytest.mark.parametrize("value", [400_000, 11, -1])
def test_a_setting_out_of_its_range_or_not_set_by_an_administrator_is_refused(desk, people, value):
    change(desk, f"update users set settings = '{json.dumps({'window': value})}' where kind = 'registry'")
    assert not gets_in(desk, "123456", "ceo")
    assert any("the registry itself" in fault for fault in faults(desk))
    with pytest.raises(RegistryError, match="setting"):
        assert desk.registry.policy


def test_a_changed_setting_makes_no_temporary_code_valid_for_longer(desk, people):
    change(desk, "update users set settings = '{\"issued_minutes\": 1440}' where kind = 'registry'")
    with pytest.raises(Tampered):
        desk.registry.factors.issue_code("ceo")


def test_a_setting_in_its_range_is_not_believed_either(desk, people):
    change(desk, "update users set settings = '{\"window\": 10}' where kind = 'registry'")
    desk.later(5 * STEP)
    assert not gets_in(desk, desk.code(steps=-4), "ceo")
    assert faults(desk)
    with pytest.raises(Tampered):
        desk.registry.set_policy("tries", 5)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("digits", "1", "{code:.1}"),
        ("drift", "-50", "{old}"),
        ("period", "60", "{slow}"),
        ("type", "'hotp'", "{counted}"),
        ("algorithm", "'SHA256'", "{other}"),
        ("secret_id", "(select secret_id from accounts where token = 'M1')", "{used}"),
    ],
)
def test_parameters_of_an_account_are_not_believed(desk, people, column, value, code):
    step = int(desk.now) // STEP
    codes = {
        "code": desk.code(),
        "old": code_at(ACCOUNT, step - 50),
        "slow": code_at(ACCOUNT, int(desk.now) // 60),
        "counted": code_at(Account("", "", ACCOUNT.secret, type="hotp"), 0),
        "other": code_at(Account("", "", ACCOUNT.secret, algorithm="SHA256"), step),
        "used": desk.code(steps=-1),
    }
    change(
        desk,
        "delete from used_counters" if column == "secret_id" else "select 1",
        f"update accounts set {column} = {value} where user_id = {people['ceo']}",
    )
    assert not gets_in(desk, code.format(**codes), "ceo")
    assert faults(desk)


def test_the_counter_of_a_hotp_account_is_not_believed(desk):
    desk.add("ceo", COUNTED)
    change(desk, "update accounts set counter = '00000000000000000000'")
    assert not gets_in(desk, code_at(COUNTED, 0), "ceo")
    assert faults(desk)


@pytest.mark.parametrize(
    "statement",
    ["delete from used_counters", "update used_counters set counter = '00000000000000000001'"],
)
def test_a_used_code_stays_used(desk, people, statement):
    code = desk.code()
    assert desk.verify(code, "ceo").ok
    change(desk, statement)
    assert not gets_in(desk, code, "ceo")
    assert faults(desk)


def test_a_used_code_stays_used_when_its_counter_is_put_back(desk, people):
    old = copy(desk, used_counters="1 = 1")
    code = desk.code()
    assert desk.verify(code, "ceo").ok
    put_back(desk, old)
    assert not gets_in(desk, code, "ceo")
    assert faults(desk)


def test_a_used_code_of_an_account_that_went_and_came_back_stays_used(desk, people):
    code = desk.code()
    assert desk.verify(code, "ceo").ok
    desk.registry.users.reset("ceo")
    change(desk, "delete from used_counters")
    with pytest.raises(Tampered):
        desk.registry.keep(ACCOUNT, "A2", 1, "ceo")
    assert not gets_in(desk, code, "ceo")


@pytest.mark.parametrize(
    ("change_by_admin", "columns"),
    [
        (lambda users: users.disable("ceo"), "disabled = null"),
        (lambda users: users.set_networks("ceo", ["10.0.0.0/8"]), "networks = ''"),
        (lambda users: users.set_methods("ceo", ["backup-code"]), "methods = 'token'"),
    ],
)
def test_what_an_administrator_forbade_stays_forbidden(desk, people, change_by_admin, columns):
    row = copy(desk, users=f"id = {people['ceo']}")
    change_by_admin(desk.registry.users)
    change(desk, f"update users set {columns} where name = 'ceo'")
    assert not gets_in(desk, desk.code(), "ceo", origin="192.0.2.1")
    assert any(fault.startswith("ceo: ") for fault in faults(desk))
    put_back(desk, row)
    assert not gets_in(desk, desk.code(), "ceo", origin="192.0.2.1")
    assert any(fault.startswith("ceo: ") for fault in faults(desk))


def test_a_lock_and_a_wait_are_not_lifted(desk, people):
    for _ in range(4):
        desk.verify(desk.wrong(), "ceo")
    change(desk, "update users set wait_until = 0 where name = 'ceo'")
    assert not gets_in(desk, desk.code(), "ceo")
    assert faults(desk)


def test_a_changed_user_is_not_made_genuine_by_an_administrator(desk, people):
    desk.registry.users.disable("ceo")
    change(desk, "update users set disabled = null where name = 'ceo'")
    with pytest.raises(Tampered, match="ceo"):
        desk.registry.users.unlock("ceo")
    assert not gets_in(desk, desk.code(), "ceo")


@pytest.mark.parametrize(
    "statement",
    [
        "update factors set user_id = {ceo} where user_id = {mallory}",
        "update factors set used = null",
        "update factors set expires = expires + 86400",
        "update factors set kind = 'app-password'",
        "delete from factors where user_id = {mallory} and used is not null",
    ],
)
def test_backup_codes_and_temporary_codes_are_bound_to_their_user(desk, people, statement):
    codes = desk.registry.factors.new_backup_codes("mallory")
    issued, _ = desk.registry.factors.issue_code("mallory")
    assert gets_in(desk, codes[0], "mallory")
    desk.later(600)
    change(desk, statement.format(**people))
    for code in (codes[0], issued):
        assert not gets_in(desk, code, "mallory")
    for code in (*codes, issued):
        assert not gets_in(desk, code, "ceo")
    assert any(fault.startswith("mallory: ") for fault in faults(desk))


def test_an_account_that_was_revoked_does_not_come_back(desk, people):
    desk.registry.tokens.record("A1", holder="ceo", seen=NOW)
    account = copy(desk, accounts=f"user_id = {people['ceo']}")
    desk.registry.tokens.mark_lost("A1")
    put_back(desk, account)
    assert not gets_in(desk, desk.code(), "ceo")
    assert "ceo: the accounts: changed without the key, or restored to an earlier state" in faults(desk)


def test_a_user_put_back_with_everything_is_found_by_the_registrys_chain(desk, people):
    """All that is the user's is as it was before: the sign-in cannot know, the audit does."""
    number = people["ceo"]
    mine = f"user_id = {number}"
    rows = copy(desk, users=f"id = {number}", accounts=mine, factors=mine, audit_log=mine)
    desk.registry.users.disable("ceo")
    put_back(desk, rows)
    assert "ceo: it differs from its earlier state with" in "\n".join(faults(desk))


def test_a_registry_put_back_without_its_users_is_refused(desk, people):
    own = "(select id from users where kind = 'registry')"
    rows = copy(desk, users="kind = 'registry'", audit_log=f"user_id in {own}")
    desk.registry.set_policy("window", 0)
    assert gets_in(desk, desk.code(), "ceo")
    put_back(desk, rows)
    desk.later()
    assert not gets_in(desk, desk.code(steps=1), "ceo")
    assert any(fault.startswith("ceo: it was written after") for fault in faults(desk))


def test_a_user_that_no_administrator_added_is_refused_and_found(desk, people):
    names = "kind, name, salt, methods, created, accounts, factors, start, before, head, fixed, mac"
    values = "kind, 'eve', salt, methods, created, accounts, factors, start, before, head, fixed, mac"
    change(desk, f"insert into users ({names}) select {values} from users where name = 'mallory'")
    assert not gets_in(desk, desk.code(MINE), "eve")
    assert "eve: the registry's chain does not have this user" in faults(desk)


def test_a_registry_begun_again_is_found(desk, people):
    """The registry's own chain is removed: a new one does not begin silently."""
    own = "(select id from users where kind = 'registry')"
    change(
        desk,
        f"delete from audit_log where user_id in {own} or user_id = {people['ceo']}",
        f"delete from accounts where user_id = {people['ceo']}",
        f"delete from users where kind = 'registry' or id = {people['ceo']}",
    )
    assert any("the registry itself" in fault for fault in faults(desk))
    with pytest.raises(Tampered):
        desk.registry.users.add("bob")
    assert not gets_in(desk, desk.code(MINE), "mallory")
    assert any("the registry itself" in fault for fault in faults(desk))


def test_an_old_key_check_begins_no_new_registry(desk):
    with desk.registry.engine.writing() as run:
        for table in ("users", "decoys", "key_check"):
            run(f"delete from {table}")
    desk.registry.keep(ACCOUNT, "A1", 1)  # a registry without users
    empty = copy(desk, key_check="1 = 1")
    desk.add("ceo", Account("Example", "ceo", b"12345678901234567890"), "C1")
    put_back(desk, empty)
    change(desk, "delete from users where kind = 'registry'")
    with pytest.raises(RegistryError):
        desk.registry.users.add("bob")
    assert not gets_in(desk, desk.code(), "ceo")
