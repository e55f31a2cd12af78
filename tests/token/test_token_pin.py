"""The PIN over the wire: set, changed, removed, tried; what a locked token does and does not."""

import pytest
from document import methods
from pin_desk import DERIVED, OTHER, RIGHT, WRONG, info, key, set_pin, unlock
from sealed import sealed
from virtual_desk import SECRET, RpcFailure, hotp

NONE = info(set=False, tries=None)


@pytest.fixture
def desk(make_desk):
    """A token with a vault, a TOTP and a HOTP account."""
    desk = make_desk(vault=True)
    desk.add()
    desk.add("counted", type="hotp", counter=5)
    return desk


def refused(desk, method, **params):
    with pytest.raises(RpcFailure) as failure:
        desk.call(method, **params)
    return failure.value.code, failure.value.data


def tries(desk, count, with_key=WRONG):
    return [refused(desk, "pin.unlock", key=key(with_key)) for _ in range(count)]


def names(desk):
    return [account["name"] for account in desk.call("account.list")["accounts"]]


def locked(desk):
    """With a PIN, plugged in anew."""
    set_pin(desk)
    desk.replug()
    assert desk.call("hello")["locked"] is True
    return desk


# --- set, change, remove


def test_no_pin_at_first(desk):
    assert desk.call("pin.info") == NONE
    assert refused(desk, "pin.unlock", key=key(RIGHT)) == (19, None)
    assert refused(desk, "pin.lock") == (19, None)
    assert refused(desk, "pin.remove", old=key(RIGHT)) == (19, None)
    assert refused(desk, "pin.keys", digits="1234") == (19, None)
    assert desk.call("hello")["locked"] is False


def test_a_pin_is_set_after_a_press_and_asked_for_when_plugged_in_anew(desk):
    assert refused(desk, "pin.set", key=key(RIGHT), **DERIVED, timeout=1) == (5, None)
    assert desk.call("pin.info") == NONE
    assert set_pin(desk) == info()
    assert desk.click() == desk.code()  # unlocked still
    desk.replug()
    assert desk.call("pin.info") == {**info(locked=True), **DERIVED}
    assert desk.status()["pin"] == info(locked=True)
    assert unlock(desk) == info()
    assert desk.click() == desk.code()
    assert names(desk) == ["alice", "counted"]


def test_another_pin_needs_the_old_one_and_a_press(desk):
    set_pin(desk)
    assert refused(desk, "pin.set", key=key(OTHER), **DERIVED) == (-32602, "old")
    assert refused(desk, "pin.set", key=key(OTHER), **DERIVED, old=key(WRONG)) == (14, 7)
    assert refused(desk, "pin.set", key=key(OTHER), **DERIVED, old=key(RIGHT), timeout=1) == (5, None)
    assert set_pin(desk, OTHER, RIGHT) == info()
    desk.replug()
    assert tries(desk, 1, RIGHT) == [(14, 7)]
    assert unlock(desk, OTHER) == info()
    assert desk.click() == desk.code()


def test_a_locked_tokens_pin_is_changed_with_the_old_one(desk):
    locked(desk)
    assert set_pin(desk, OTHER, RIGHT) == info()
    desk.replug()
    assert unlock(desk, OTHER) == info()
    assert desk.click() == desk.code()


def test_removing_it_needs_it_and_a_press(desk):
    set_pin(desk)
    assert refused(desk, "pin.remove") == (-32602, "old")
    assert refused(desk, "pin.remove", old=key(WRONG)) == (14, 7)
    assert refused(desk, "pin.remove", old=key(RIGHT), timeout=1) == (5, None)
    assert desk.call("pin.info")["set"] is True
    assert desk.pressed("pin.remove", old=key(RIGHT)) == NONE
    desk.replug()
    assert desk.call("pin.info") == NONE
    assert desk.click() == desk.code()


def test_everything_is_sealed_anew_each_time(desk):
    before = sealed(desk.token.flash.data, 1)
    seen = set(before)
    for change in (
        lambda: set_pin(desk),
        lambda: set_pin(desk, OTHER, RIGHT),
        lambda: desk.pressed("pin.remove", old=key(OTHER)),
    ):
        change()
        desk.token.advance(1500)
        flash = desk.token.flash.data
        now = sealed(flash, 1)
        assert now
        assert not now & seen
        assert [body for body in seen if body in flash] == []
        seen |= now


def test_without_a_vault_there_is_no_pin(make_desk):
    desk = make_desk(vault=False)
    desk.add()
    number = desk.send("pin.set", key=key(RIGHT), **DERIVED)
    desk.token.press_later(30)
    with pytest.raises(RpcFailure) as failure:
        desk.result(number)
    assert failure.value.code == 17
    assert desk.call("pin.info") == NONE
    assert desk.click() == desk.code()


# --- locked


def test_a_locked_token_shows_it_and_types_nothing(desk):
    locked(desk)
    before = desk.token.ms
    assert desk.click(wait=1500) == ""
    assert desk.sent == []
    assert desk.lit_spells(before) == [(500, pytest.approx(60, abs=100)), (120, 150)]
    assert desk.status()["last"] == "locked"
    assert desk.hold(wait=1500) == ""
    assert desk.sent == []
    assert desk.status()["last"] == "locked"


SECRET64 = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="
NEED_CONTENT = {
    "account.list": {},
    "account.add": {"name": "x", "secret": SECRET64},
    "account.rename": {"id": 1, "issuer": "", "name": "x"},
    "account.set": {"id": 1, "suffix": "tab"},
    "code.get": {"id": 1},
    "code.type": {"id": 1},
    "settings.set": {"wipe": 0},
    "pin.keys": {"digits": "1234"},
}


@pytest.mark.parametrize("method", NEED_CONTENT)
def test_what_needs_an_accounts_content_is_refused(desk, method):
    assert method in methods()
    locked(desk)
    assert refused(desk, method, **NEED_CONTENT[method]) == (10, None)
    unlock(desk)
    desk.call("pin.lock")
    assert refused(desk, method, **NEED_CONTENT[method]) == (10, None)


def test_and_nothing_of_it_had_any_effect(desk):
    set_pin(desk)
    before = desk.call("account.list"), desk.call("settings.get")
    desk.replug()
    for method, params in NEED_CONTENT.items():
        refused(desk, method, **params)
    unlock(desk)
    assert (desk.call("account.list"), desk.call("settings.get")) == before


def test_adding_with_proof_is_refused_before_the_press(desk):
    locked(desk)
    assert refused(desk, "account.add", name="x", secret=SECRET64, prove=True) == (10, None)


def test_locking_forgets_the_key_at_once(desk):
    set_pin(desk)
    assert desk.call("pin.lock") == info(locked=True)
    assert desk.click() == ""
    assert refused(desk, "account.list") == (10, None)
    assert desk.call("pin.lock") == info(locked=True)  # again is no error
    assert unlock(desk) == info()
    assert desk.click() == desk.code()


def test_a_request_that_waits_while_the_token_is_locked(desk):
    set_pin(desk)
    number = desk.send("code.get", id=1)
    desk.token.advance(20)
    assert desk.call("pin.lock")["locked"] is True
    desk.token.press()
    reply = desk.reply()
    assert (reply["id"], reply["error"]["code"]) == (number, 10)
    assert desk.token.typed == ""


def test_a_code_that_waits_for_its_step_while_the_token_is_locked(desk):
    set_pin(desk)
    desk.to_second(28)
    assert desk.click(wait=100) == ""
    desk.call("pin.lock")
    desk.token.advance(5000)
    assert desk.token.typed == ""
    assert desk.status()["last"] == "locked"


def test_what_needs_no_content_works_on_a_locked_token(desk):
    locked(desk)
    assert desk.call("hello")["product"] == "ticktap"
    assert desk.status()["accounts"] == 2
    assert desk.call("settings.get")["wipe"] == 8
    assert desk.call("account.move", id=2, position=1) == {}
    assert desk.call("account.default", id=2) == {}
    assert desk.call("token.rename", name="desk") == {}
    assert desk.pressed("account.remove", id=1) == {}
    assert desk.pressed("store.compact") == {}
    unlock(desk)
    assert names(desk) == ["counted"]
    assert desk.call("hello")["name"] == "desk"


def test_counters_go_on_over_locking_and_another_pin(desk):
    desk.call("account.default", id=2)
    assert desk.click() == hotp(SECRET, 5)
    set_pin(desk)
    assert desk.click() == hotp(SECRET, 6)
    desk.call("pin.lock")
    assert desk.click() == ""
    unlock(desk)
    assert desk.click() == hotp(SECRET, 7)
    desk.replug()
    unlock(desk)
    set_pin(desk, OTHER, RIGHT)
    assert desk.click() == hotp(SECRET, 8)
    desk.pressed("pin.remove", old=key(OTHER))
    desk.replug()
    assert desk.click() == hotp(SECRET, 9)


# --- wrong ones


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
    desk.call("settings.set", guard=7)
    locked(desk)
    gone = sealed(desk.token.flash.data, 1) | sealed(desk.token.flash.data, 2)
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
    assert spells == [pytest.approx(2000, abs=250), 2000]  # the first is shown when the erasing is done
    flash = desk.token.flash.data
    assert [body for body in gone if body in flash] == []
    for _ in range(2):
        assert desk.call("pin.info") == NONE
        assert (desk.status()["accounts"], desk.status()["faults"]) == (0, 0)
        assert names(desk) == []
        assert desk.click(wait=1200) == ""
        assert desk.status()["last"] == "no-account"
        assert (desk.call("hello")["name"], desk.call("settings.get")["guard"]) == ("desk", 7)
        desk.replug()
    assert desk.add("new") == 3  # ids are not used twice
    desk.to_second(1)
    assert desk.click() == desk.code()


def test_a_wrong_old_pin_counts_and_erases_too(desk):
    set_pin(desk)
    desk.call("settings.set", wipe=3)
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
    desk.call("settings.set", wipe=limit)
    locked(desk)
    told = []
    while not told or told[-1][0] == 14:
        if len(told) % 3 == 0 and told:
            desk.replug()
        told += tries(desk, 1)
    assert told == [(14, limit - n) for n in range(1, limit)] + [(15, 0)]
    assert desk.status()["accounts"] == 0


def test_no_limit(desk):
    desk.call("settings.set", wipe=0)
    locked(desk)
    assert desk.status()["pin"] == info(locked=True, tries=None, erases=False)
    for _ in range(4):
        assert tries(desk, 3) == [(14, None)] * 3
        assert refused(desk, "pin.unlock", key=key(RIGHT)) == (18, None)
        desk.replug()
    assert unlock(desk) == info(tries=None, erases=False)


def test_unplugged_at_every_millisecond_around_a_wrong_try(desk):
    """Who saw an answer has used a try up; the counter never goes back, and nothing breaks."""
    desk.call("settings.set", wipe=20)
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
        desk.token.press_later(30)
        desk.token.advance(4000)
        desk.token.unplug()
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
