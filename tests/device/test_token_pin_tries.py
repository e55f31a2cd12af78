"""Wrong PINs: counted over unplugging, three for each plug, erased by the last; the cable pulled in a try."""

import pytest

from support.encrypted_records import encrypted_records
from support.owner_desk import Owner, claim
from support.pin_desk import (
    DERIVED,
    NONE,
    OTHER,
    RIGHT,
    WRONG,
    info,
    key,
    locked,
    names,
    refused,
    set_pin,
    tries,
    two_accounts,
    unlock,
)


@pytest.fixture
def desk(make_desk):
    """A token with a store file and two accounts."""
    return two_accounts(make_desk(store_file=True))


def test_three_wrong_ones_and_it_wants_to_be_plugged_in_anew(desk):
    locked(desk)
    assert tries(desk, 3) == [(14, 7), (14, 6), (14, 5)]
    assert refused(desk, "pin.unlock", key=key(RIGHT)) == (18, None)
    assert refused(desk, "pin.remove", old=key(RIGHT)) == (18, None)
    assert refused(desk, "pin.set", key=key(OTHER), **DERIVED, old=key(RIGHT)) == (18, None)
    assert desk.status()["pin"] == info(locked=True, tries=5, replug=True)
    desk.close()
    desk.connect()  # another connection is no other plug
    assert refused(desk, "pin.unlock", key=key(RIGHT)) == (18, None)
    desk.replug()
    assert desk.status()["pin"] == info(locked=True, tries=5)
    assert unlock(desk) == info()
    assert names(desk) == ["alice", "counted"]


def test_eight_wrong_ones_in_a_row_erase_the_accounts(desk):
    desk.call("token.rename", name="desk")
    desk.call("settings.set", min_remaining_s=7)
    locked(desk)
    gone = encrypted_records(desk.token.flash.data, 1) | encrypted_records(desk.token.flash.data, 2)
    assert gone
    assert tries(desk, 3) == [(14, 7), (14, 6), (14, 5)]
    desk.replug()
    assert tries(desk, 3) == [(14, 4), (14, 3), (14, 2)]
    desk.replug()
    assert tries(desk, 1) == [(14, 1)]
    before = desk.token.ms
    assert tries(desk, 1) == [(15, 0)]
    desk.token.advance(5000)
    spells = [on for on, _ in desk.lit_spells(before) if on > 1000]
    # The first shows when the erasing is done, which takes 0.2 to 0.3 s by where the store file lies.
    assert spells == [pytest.approx(1750, abs=150), 2000]
    flash = desk.token.flash.data
    assert [body for body in gone if body in flash] == []
    for _ in range(2):
        assert desk.call("pin.info") == NONE
        assert (desk.status()["accounts"], desk.status()["faults"]) == (0, 0)
        assert names(desk) == []
        assert desk.click(wait=1200) == ""
        assert desk.status()["last"] == "no-account"
        assert (desk.call("hello")["name"], desk.call("settings.get")["min_remaining_s"]) == ("desk", 7)
        desk.replug()
    assert desk.add("new") == 3  # ids are not used twice
    desk.to_second(1)
    assert desk.click() == desk.code()


def test_the_owner_stays_when_the_accounts_are_erased(desk):
    desk.call("settings.set", max_pin_failures=3)
    set_pin(desk)
    claim(desk)
    desk.replug()
    assert tries(desk, 3) == [(14, 2), (14, 1), (15, 0)]
    for _ in range(2):
        told = desk.call("hello")
        assert (told["claimed"], told["locked"], desk.status()["accounts"]) == (True, False, 0)
        assert Owner(desk).call("account.list")["accounts"] == []
        desk.replug()


def test_a_wrong_old_pin_counts_and_erases_too(desk):
    set_pin(desk)
    desk.call("settings.set", max_pin_failures=3)
    assert refused(desk, "pin.remove", old=key(WRONG)) == (14, 2)
    assert refused(desk, "pin.set", key=key(OTHER), **DERIVED, old=key(WRONG)) == (14, 1)
    assert refused(desk, "pin.remove", old=key(WRONG)) == (15, 0)
    assert names(desk) == []
    assert desk.call("pin.info") == NONE


def test_the_right_one_in_between_begins_anew(desk):
    locked(desk)
    for _ in range(4):
        assert tries(desk, 2) == [(14, 7), (14, 6)]
        assert unlock(desk) == info()
        desk.replug()
    assert desk.status()["accounts"] == 2


@pytest.mark.parametrize("limit", [3, 20])
def test_another_limit(desk, limit):
    desk.call("settings.set", max_pin_failures=limit)
    locked(desk)
    told = []
    while not told or told[-1][0] == 14:
        if len(told) % 3 == 0 and told:
            desk.replug()
        told += tries(desk, 1)
    assert told == [(14, limit - n) for n in range(1, limit)] + [(15, 0)]
    assert desk.status()["accounts"] == 0


def test_a_limit_that_is_reached_already_is_refused(desk):
    """It would erase at once."""
    set_pin(desk)
    assert tries(desk, 3) == [(14, 7), (14, 6), (14, 5)]
    assert refused(desk, "settings.set", max_pin_failures=3) == (-32602, "max_pin_failures")
    assert desk.call("settings.get")["max_pin_failures"] == 8
    assert desk.call("settings.set", max_pin_failures=4)["max_pin_failures"] == 4
    assert desk.status()["pin"]["tries"] == 1
    assert desk.call("settings.set", max_pin_failures=0)["max_pin_failures"] == 0
    assert names(desk) == ["alice", "counted"]


def test_no_limit(desk):
    desk.call("settings.set", max_pin_failures=0)
    locked(desk)
    assert desk.status()["pin"] == info(locked=True, tries=None, erases=False)
    for _ in range(4):
        assert tries(desk, 3) == [(14, None)] * 3
        assert refused(desk, "pin.unlock", key=key(RIGHT)) == (18, None)
        desk.replug()
    assert unlock(desk) == info(tries=None, erases=False)


def test_unplugged_at_every_millisecond_around_a_wrong_try(desk):
    """Who saw an answer has used a try up; the counter never goes back, and nothing breaks."""
    desk.call("settings.set", max_pin_failures=20)
    locked(desk)
    left = 20
    for ms in range(12):
        desk.send("pin.unlock", key=key(WRONG))
        desk.token.advance(ms)
        answered = bool(desk.line(0))
        desk.replug()
        now = desk.status()["pin"]["tries"]
        assert now == left - 1 if answered else now in (left, left - 1), ms
        left = now
    assert left < 20
    assert unlock(desk)["tries"] == 20
    assert names(desk) == ["alice", "counted"]


def test_unplugged_at_every_millisecond_around_a_right_one(desk):
    locked(desk)
    for ms in range(12):
        desk.send("pin.unlock", key=key(RIGHT))
        desk.token.advance(ms)
        answered = bool(desk.line(0))
        desk.replug()
        told = desk.status()
        assert told["pin"]["locked"] is True
        assert told["pin"]["tries"] == 8 if answered else told["pin"]["tries"] in (8, 7)
        unlock(desk)
        assert names(desk) == ["alice", "counted"]
        desk.replug()


def test_unplugged_while_a_pin_is_set(desk):
    """One change: done or not begun."""
    outcomes = set()
    before = desk.token.flash.operations
    set_pin(desk)
    whole = desk.token.flash.operations - before
    desk.pressed("pin.remove", old=key(RIGHT))
    for cut in range(0, whole, max(1, whole // 16)):
        desk.token.flash.cut_at(cut, 0.5)
        desk.send("pin.set", key=key(RIGHT), **DERIVED)
        desk.press_later("pin.set")
        desk.token.advance(4000)
        desk.token.unplug()
        desk.token.flash.cut_at(1 << 40, 0.5)  # this setting may have taken fewer operations than the first
        desk.plug()
        there = desk.call("pin.info")["set"]
        outcomes.add(there)
        if there:
            unlock(desk)
        assert names(desk) == ["alice", "counted"], cut
        desk.to_second(1)
        assert desk.click() == desk.code(), cut
        if there:
            desk.pressed("pin.remove", old=key(RIGHT))
    assert outcomes == {True, False}


def test_a_key_of_another_length_is_no_try(desk):
    locked(desk)
    for size in (0, 32, 63, 65):
        assert refused(desk, "pin.unlock", key=key(bytes(size))) == (-32602, "key")
    assert desk.status()["pin"]["tries"] == 8
