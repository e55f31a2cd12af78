"""The PIN over the wire: set, changed, removed, tried; what a locked token does and does not."""

import pytest

from support.encrypted_records import encrypted_records
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
from support.protocol_document import methods
from support.virtual_desk import SECRET, SHOWN_MS, RpcFailure, hotp


@pytest.fixture
def desk(make_desk):
    """A token with a store file and two accounts."""
    return two_accounts(make_desk(store_file=True))


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
    before = encrypted_records(desk.token.flash.data, 1)
    seen = set(before)
    for change in (
        lambda: set_pin(desk),
        lambda: set_pin(desk, OTHER, RIGHT),
        lambda: desk.pressed("pin.remove", old=key(OTHER)),
    ):
        change()
        desk.token.advance(1500)
        flash = desk.token.flash.data
        now = encrypted_records(flash, 1)
        assert now
        assert not now & seen
        assert [body for body in seen if body in flash] == []
        seen |= now


def test_without_a_store_file_there_is_no_pin(make_desk):
    desk = make_desk(store_file=False)
    desk.add()
    number = desk.send("pin.set", key=key(RIGHT), **DERIVED)
    desk.press_later("pin.set")
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
    "settings.set": {"max_pin_failures": 0},
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
    desk.token.advance(SHOWN_MS)
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
    assert desk.call("settings.get")["max_pin_failures"] == 8
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
