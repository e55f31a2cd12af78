"""Wrong codes are counted: first they cost a wait, then the user is locked."""

import pytest

from signin.desk import ACCOUNT
from ticktap.errors import BadInput, NotFound


def fail(desk, times, user="ann"):
    """Wrong codes, each after its wait; the answers."""
    answers = []
    for _ in range(times):
        answers.append(desk.verify(desk.wrong(), user))
        desk.later(answers[-1].retry_after)
    return answers


def test_waits_double_and_the_eighth_locks(desk):
    desk.add()
    answers = fail(desk, 8)
    assert [answer.retry_after for answer in answers] == [0, 0, 0, 1, 2, 4, 8, 0]
    assert desk.registry.users.find("ann").locked is not None
    assert desk.registry.users.find("ann").failures == 8


def test_during_a_wait_nothing_is_judged_or_counted(desk):
    desk.add()
    fail(desk, 3)
    assert desk.verify(desk.wrong()).retry_after == 1
    right, wrong = desk.verify(desk.code()), desk.verify(desk.wrong())
    assert right == wrong and right.reason == "waiting" and right.retry_after == 1
    assert desk.registry.users.find("ann").failures == 4
    desk.later(1)
    assert desk.verify(desk.code()).ok


def test_a_right_code_during_a_lock_is_answered_as_a_wrong_one_and_not_spent(desk):
    desk.add()
    desk.registry.set_policy("lock_minutes", 0)
    fail(desk, 8)
    desk.later(100_000)
    code = desk.code()
    assert desk.verify(code) == desk.verify(desk.wrong())
    desk.registry.users.unlock("ann")
    assert desk.verify(code).ok


def test_a_right_code_forgets_the_wrong_ones(desk):
    desk.add()
    fail(desk, 7)
    assert desk.verify(desk.code()).ok
    desk.later()
    assert [answer.retry_after for answer in fail(desk, 4)] == [0, 0, 0, 1]


def test_a_code_used_again_counts_as_wrong(desk):
    desk.add()
    code = desk.code()
    assert desk.verify(code).ok
    assert desk.verify(code).reason == "used"
    assert desk.registry.users.find("ann").failures == 1


def test_one_users_lock_is_not_anothers(desk):
    desk.add()
    desk.registry.users.add("bob")
    fail(desk, 8, "bob")
    assert desk.verify(desk.code()).ok


def test_strangers_are_never_locked_visibly(desk):
    desk.add()
    assert {answer.reason for answer in fail(desk, 20, "mallory")} == {"unknown-user"}
    assert desk.verify(desk.code()).ok


def test_settings(desk):
    desk.add()
    for name, value in {
        "tries": 3,
        "failures_before_delay": 1,
        "wait": 10,
        "longest_wait": 15,
        "lock_minutes": 2,
    }.items():
        desk.registry.set_policy(name, value)
    assert [answer.retry_after for answer in fail(desk, 3)] == [0, 10, 0]
    assert desk.verify(desk.code()).reason == "locked"
    desk.later(119)
    assert desk.verify(desk.code()).reason == "locked"
    desk.later(1)
    assert [answer.retry_after for answer in fail(desk, 2)] == [0, 10]  # counted anew
    assert desk.verify(desk.code()).ok


def test_a_users_state_is_what_a_sign_in_would_meet(desk):
    desk.add()
    desk.registry.set_policy("tries", 5)
    desk.registry.set_policy("lock_minutes", 1)

    def state():
        return desk.registry.users.find("ann").state(desk.registry.policy, int(desk.now))

    assert state() == "ok"
    for _ in range(4):
        desk.verify(desk.wrong())
    assert (state(), desk.verify(desk.code()).reason) == ("waiting", "waiting")
    desk.later(1)
    desk.verify(desk.wrong())
    assert (state(), desk.verify(desk.code()).reason) == ("locked", "locked")
    desk.later(60)
    assert state() == "ok"
    assert desk.verify(desk.code()).ok
    desk.registry.users.disable("ann")
    assert state() == "disabled"


def test_a_wait_is_not_longer_than_the_longest(desk):
    desk.add()
    for name, value in {"tries": 100, "failures_before_delay": 0, "wait": 100, "longest_wait": 250}.items():
        desk.registry.set_policy(name, value)
    assert [answer.retry_after for answer in fail(desk, 30)] == [100, 200] + [250] * 28


@pytest.mark.parametrize(
    ("name", "value"), [("tries", 0), ("tries", 101), ("wait", -1), ("lock_minutes", 10**9)]
)
def test_settings_have_bounds(desk, name, value):
    with pytest.raises(BadInput, match=name):
        desk.registry.set_policy(name, value)
    assert desk.registry.policy.tries == 8


def test_a_setting_that_is_none(desk):
    with pytest.raises(NotFound, match="colour"):
        desk.registry.set_policy("colour", 1)


def test_the_window_is_a_setting(desk):
    desk.add()
    desk.registry.set_policy("window", 0)
    assert desk.verify(desk.code(ACCOUNT, -1)).reason == "no-match"
    desk.registry.set_policy("window", 2)
    assert desk.verify(desk.code(ACCOUNT, 2)).ok
