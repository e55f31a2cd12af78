"""An unknown name costs what a wrong code costs: the same hashes, the same writes, in a table of decoys."""

import hashlib

import pytest

from ticktap.otp import code_check
from ticktap.registry import decoys, stored_accounts
from ticktap.registry.keys import Keys

KEY = bytes(range(32))
NAMES = [f"stranger{number}" for number in range(200)]


@pytest.fixture
def work(monkeypatch):
    """How often the functions that take time were called."""
    calls = []

    def count(owner, name):
        function = getattr(owner, name)

        def counted(*arguments, **named):
            calls.append(name)
            return function(*arguments, **named)

        monkeypatch.setattr(owner, name, counted)

    count(code_check, "_truncated")
    count(stored_accounts, "decrypt")
    count(hashlib, "scrypt")
    return calls


def cost(work, desk, code, user):
    work.clear()
    assert not desk.verify(code, user).ok
    return sorted(work)


@pytest.mark.parametrize("window", [0, 1, 5])
def test_codes_are_computed_for_unknown_names_and_users_without_an_account(desk, work, window):
    desk.add()
    desk.registry.users.add("bob")
    desk.registry.set_policy("window", window)
    one_account = cost(work, desk, desk.wrong(), "ann")
    assert one_account == ["_truncated"] * (2 * window + 1) + ["decrypt"]
    for user in ("bob", "stranger", "", "\ud800", "\x7fregistry"):
        assert cost(work, desk, desk.wrong(), user) == one_account


def test_scrypt_is_computed_once_for_what_may_be_a_backup_code(desk, work):
    desk.add()
    desk.registry.users.add("bob")
    desk.registry.factors.new_backup_codes("ann")
    for user in ("ann", "bob", "stranger"):
        assert cost(work, desk, "AAAA-BBBB-CCCC", user).count("scrypt") == 1


def test_a_user_who_is_refused_anyway_costs_the_same(desk, work):
    desk.add()
    checked = cost(work, desk, desk.wrong(), "ann")
    desk.registry.users.disable("ann")
    assert cost(work, desk, desk.wrong(), "ann") == checked


def rows(desk, table):
    with desk.registry.engine.reading() as run:
        return run(f"select * from {table} order by id").fetchall()


def test_an_unknown_name_is_logged_with_a_decoy_and_changes_no_user(desk):
    desk.add()
    users, before = rows(desk, "users"), rows(desk, "decoys")
    assert [row[0] for row in before] == list(range(-decoys.COUNT, 0))
    assert desk.verify(desk.code(), "stranger").reason == "unknown-user"
    assert rows(desk, "users") == users
    changed = [now for was, now in zip(before, rows(desk, "decoys"), strict=True) if was != now]
    assert len(changed) == 1
    with desk.registry.engine.reading() as run:
        logged = run("select user_id, who, what from audit_log where user_id < 0").fetchall()
    assert logged == [(changed[0][0], "", "sign-in-refused")]
    assert desk.registry.audit.check().faults == []


def test_a_change_in_a_decoys_chain_is_found(desk):
    desk.verify("000000", "stranger")
    with desk.registry.engine.writing() as run:
        run("update audit_log set at = at + 1 where user_id < 0")
    (fault,) = desk.registry.audit.check().faults
    assert fault.startswith("unknown names: entry 1 was changed")


def test_a_missing_decoy_is_found(desk):
    with desk.registry.engine.writing() as run:
        run("delete from decoys where id = -3")
    assert desk.registry.audit.check().faults == ["unknown names: the whole decoy is missing"]


def test_names_are_spread_over_all_decoys_by_a_key():
    one, other = Keys.of(KEY), Keys.of(bytes(32))
    chosen = [decoys.choose(one, name) for name in NAMES]
    assert set(chosen) == set(range(-decoys.COUNT, 0))
    assert chosen == [decoys.choose(one, name) for name in NAMES]
    assert chosen != [decoys.choose(other, name) for name in NAMES]
