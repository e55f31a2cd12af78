"""Strangers who try codes in bulk: the log stays small, a lock ends by itself, and one address is not
everybody.
"""

import pytest

from signin.desk import ACCOUNT
from signin.test_lockout import fail

DAY = 86_400


def entries(desk):
    with desk.registry.engine.reading() as run:
        return run("select count(*), coalesce(sum(length(detail)), 0) from audit_log").fetchone()


def test_refused_attempts_of_an_hour_are_counted_in_one_entry(desk):
    desk.add()
    before, _ = entries(desk)
    for number in range(50):
        desk.verify("000000", "stranger", origin=f"192.0.2.{number}")
    count, size = entries(desk)
    assert count == before + 1
    (line,) = [line for line in desk.registry.audit.lines() if line.user is None]
    assert line.event.detail["times"] == 50 and line.event.detail["until"] == int(desk.now)
    desk.later(3600)
    desk.verify("000000", "stranger")
    assert entries(desk)[0] == before + 2
    assert desk.registry.audit.check().faults == []


def test_a_day_of_attempts_on_a_user_writes_little(desk):
    desk.add()
    before, _ = entries(desk)
    for _ in range(DAY // 300):  # each writes, and asks again as soon as it may
        answer = desk.verify(desk.wrong(), origin="192.0.2.1")
        desk.verify(desk.wrong(), service="imap", origin="192.0.2.2")
        desk.later(300 + answer.retry_after)
    count, _ = entries(desk)
    locks = DAY // (30 * 60) + 1
    assert count - before <= 8 * locks + locks + 24
    assert desk.registry.audit.check().faults == []


def test_other_reasons_are_named_in_the_entry(desk):
    desk.add()
    desk.registry.users.set_networks("ann", ["10.0.0.0/8"])
    fail_from_inside = [desk.verify(desk.wrong(), origin="10.0.0.1") for _ in range(9)]
    assert {answer.reason for answer in fail_from_inside} == {"no-match", "waiting"}
    desk.verify(desk.wrong(), origin="192.0.2.1")
    (*_, line) = desk.registry.audit.lines("ann")
    assert line.event.detail["reason"] == "waiting"
    assert line.event.detail["reasons"] == ["network", "waiting"]


def test_a_sign_in_between_is_an_entry_of_its_own_and_in_order(desk):
    desk.add()
    desk.registry.users.set_networks("ann", ["10.0.0.0/8"])
    for origin in ("192.0.2.1", "192.0.2.1", "10.0.0.1", "192.0.2.1"):
        desk.verify(desk.code(), origin=origin)
    whats = [line.event.what for line in desk.registry.audit.lines("ann")][-3:]
    assert whats == ["sign-in-refused", "signed-in", "sign-in-refused"]
    assert desk.registry.audit.check().faults == []


def test_an_entry_in_which_attempts_are_counted_is_not_in_an_anchor_yet(desk):
    desk.verify("000000", "stranger")
    anchor = desk.registry.audit.anchor()
    desk.verify("000000", "stranger")
    assert desk.registry.audit.check(anchor).faults == []


def test_counted_attempts_cannot_be_hidden_by_a_change(desk):
    desk.verify("000000", "stranger")
    desk.verify("000000", "stranger")
    with desk.registry.engine.writing() as run:
        run("update audit_log set detail = replace(detail, '\"times\": 2', '\"times\": 1') where user_id < 0")
    assert desk.registry.audit.check().faults


def test_a_lock_ends_by_itself(desk):
    desk.add()
    fail(desk, 8)
    assert desk.verify(desk.code()).reason == "locked"
    desk.later(30 * 60)
    assert desk.verify(desk.code()).ok


def test_one_address_cannot_lock_everybody(desk):
    desk.registry.set_policy("origin_tries", 20)
    names = [f"user{number}" for number in range(6)]
    for name in names:
        desk.registry.users.add(name)
    for name in names:
        for _ in range(8):
            desk.verify("000000", name, origin="192.0.2.66")
            desk.later(3)
    states = [desk.registry.users.find(name).failures for name in names]
    assert sum(states) <= 20 and states[-1] == 0


def test_the_limit_of_an_address(desk):
    desk.add()
    desk.registry.set_policy("origin_tries", 3)
    for user in ("one", "two", "three"):
        desk.verify("000000", user, origin="2001:db8::1")
    assert desk.verify(desk.code(), origin="2001:db8::2").reason == "origin"  # the same network
    assert desk.verify("000000", "four", origin="2001:db8::1").reason == "origin"
    assert desk.registry.users.find("ann").failures == 0
    assert desk.verify(desk.code(), origin="2001:db8:1::1").ok
    desk.later(600)
    assert desk.verify(desk.code(), origin="2001:db8::1").ok


@pytest.mark.parametrize(("origin", "tries"), [("", 1), ("192.0.2.1", 0)])
def test_no_limit(desk, origin, tries):
    desk.add()
    desk.registry.set_policy("origin_tries", tries)
    for _ in range(3):
        desk.verify("000000", "stranger", origin=origin)
    assert desk.verify(desk.code(ACCOUNT), origin=origin).ok


def test_the_table_of_addresses_does_not_grow_for_ever(desk):
    from ticktap.registry import origins

    keys = desk.sign_in._keys
    numbers = {origins.bucket(keys, f"192.0.{high}.{low}") for high in range(64) for low in range(256)}
    assert numbers <= set(range(origins.COUNTS)) and len(numbers) > origins.COUNTS // 2
