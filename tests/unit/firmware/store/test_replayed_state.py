"""What the records say, taken together: what a record changes, and that order of writing decides."""

from struct import pack

import pytest

from fob.store import record_types, settings
from fob.store.locations import extent, split_extent
from fob.store.replayed_state import ReplayedState

SEALED = bytes(40)


def account(id, size=40):
    return record_types.ACCOUNT, pack("<H", id) + bytes(size)


def replayed(*pairs, start=100):
    """An index of records that lie one behind the other."""
    index, at = ReplayedState(), start
    for kind, body in pairs:
        index.replay(at, kind, body)
        at += len(body) + 7
    return index


ABC = (account(1), account(2), account(3))


@pytest.mark.parametrize(("location", "size"), [(0, 0), (0, 400), (4095, 511), (57 * 4096 + 4095, 400)])
def test_a_place(location, size):
    assert split_extent(extent(location, size)) == (location, size)


def test_nothing():
    index = ReplayedState()
    assert (index.order, index.default, index.name, index.owner, index.clock) == ([], None, "", b"", None)
    assert (index.settings, index.wrapped_keys, index.failures, index.attempts_location) == (
        settings.defaults(),
        {},
        0,
        None,
    )
    assert (index.removed_other, index.account_bytes, index.highest_id, index.damage_count) == (
        False,
        0,
        0,
        0,
    )


def test_accounts_in_order_the_first_is_the_default():
    index = replayed(*ABC)
    assert (index.order, index.default, index.highest_id, index.removed_other) == ([1, 2, 3], 1, 3, False)
    assert split_extent(index.accounts[2]) == (149, 42)
    assert index.account_bytes == 3 * 49


def test_a_later_record_of_an_account_takes_the_place_of_the_earlier():
    index = replayed(*ABC, account(2, 50))
    assert index.order == [1, 2, 3]
    assert split_extent(index.accounts[2]) == (247, 52)
    assert index.account_bytes == 2 * 49 + 59


@pytest.mark.parametrize(
    ("id", "position", "order"),
    [(3, 0, [3, 1, 2]), (1, 2, [2, 3, 1]), (2, 1, [1, 2, 3]), (1, 99, [2, 3, 1])],
)
def test_moving(id, position, order):
    assert replayed(*ABC, (record_types.MOVE, pack("<HH", id, position))).order == order


def test_removing():
    index = replayed(
        *ABC, (record_types.COUNTER_VALUE, pack("<HQ", 1, 5)), (record_types.REMOVE, pack("<H", 1))
    )
    assert (index.order, index.default, index.highest_id, index.removed_ids) == ([2, 3], 2, 3, {1})
    assert not index.removed_other  # only what holds records of it has to be written again
    assert (1 in index.accounts, len(index.counters), len(index.accounts)) == (False, 0, 2)
    assert index.account_bytes == 2 * 49
    for id in (2, 3):
        index.replay(900, record_types.REMOVE, pack("<H", id))
    assert (index.order, index.default, index.account_bytes) == ([], None, 0)


def test_the_default():
    chosen = (record_types.DEFAULT, pack("<H", 3))
    assert replayed(*ABC, chosen).default == 3
    assert replayed(*ABC, chosen, (record_types.REMOVE, pack("<H", 3))).default == 1
    assert replayed(*ABC, chosen, (record_types.REMOVE, pack("<H", 1))).default == 3


def test_records_of_an_account_whose_own_is_damaged():
    """They say nothing about the others; its id is not used again, and its removal counts as one."""
    index = replayed(
        account(1),
        (record_types.MOVE, pack("<HH", 9, 0)),
        (record_types.DEFAULT, pack("<H", 9)),
        (record_types.COUNTER_VALUE, pack("<HQ", 9, 5)),
        (record_types.UNARY_COUNTER, pack("<HQB", 9, 5, 32)),
    )
    assert (index.order, index.default, len(index.counters), index.highest_id) == ([1], 1, 0, 9)
    assert not index.removed_other
    index.replay(900, record_types.REMOVE, pack("<H", 9))
    assert (index.order, index.removed_other) == ([1], True)


def test_the_latest_counter():
    index = replayed(
        account(1),
        (record_types.UNARY_COUNTER, pack("<HQB", 1, 5, 32)),
        (record_types.COUNTER_VALUE, pack("<HQ", 1, 9)),
    )
    assert split_extent(index.counters[1]) == (100 + 49 + 18, 10)


def test_settings_that_are_known_and_others():
    pairs = [settings.encode("min_remaining_s", 9), (200, 7), settings.encode("layout", "fr"), (3, 9999)]
    index = replayed((record_types.SETTING, b"".join(pack("<BH", *pair) for pair in pairs) + b"\x05"))
    assert index.settings == {**settings.defaults(), "min_remaining_s": 9, "layout": "fr"}


def test_name_clock_and_losses():
    index = replayed(
        (record_types.NAME, "dësk".encode()),
        (record_types.CLOCK, b"one"),
        (record_types.CLOCK, b"two"),
        (record_types.DAMAGE_COUNT, b"\7\1"),
    )
    assert (index.name, index.clock, index.damage_count) == ("dësk", b"two", 263)


def test_wraps_come_and_go_by_their_way():
    index = replayed(
        (record_types.WRAPPED_KEY, b"\0device"),
        (record_types.WRAPPED_KEY, b"\1pin"),
        (record_types.WRAPPED_KEY, b"\2keys"),
    )
    assert index.wrapped_keys == {0: b"\0device", 1: b"\1pin", 2: b"\2keys"}
    assert not index.removed_other
    index.replay(900, record_types.WRAPPED_KEY, b"\1other")
    index.replay(950, record_types.WRAPPED_KEY, b"\2")
    assert index.wrapped_keys == {0: b"\0device", 1: b"\1other"}
    assert index.removed_other
    index.replay(990, record_types.WRAPPED_KEY, b"\2")  # none of it is there


def test_tries_and_failures_the_latest_decides():
    index = replayed((record_types.PIN_FAILURES, b"\4"))
    assert (index.failures, index.attempts_location) == (4, None)
    index.replay(500, record_types.PIN_ATTEMPTS, b"\5\x20")
    assert (index.failures, index.attempts_location) == (5, 500)
    index.replay(600, record_types.PIN_FAILURES, b"\0")
    assert (index.failures, index.attempts_location) == (0, None)


def test_an_owner_and_none_any_more():
    index = replayed((record_types.OWNER, b"sealed"), (record_types.OWNER, b"sealed"))
    assert (index.owner, index.removed_other) == (b"sealed", False)
    index.replay(500, record_types.OWNER, b"")
    assert (index.owner, index.removed_other) == (b"", True)


@pytest.mark.parametrize("kind", [0x03, 0x04, 0x13, 0x1F])
def test_kinds_of_a_later_firmware_are_left_alone(kind):
    before, after = replayed(*ABC), replayed(*ABC, (kind, b"whatever it is"))
    assert vars(before) == vars(after)
