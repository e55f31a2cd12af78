"""Attacks of a program on the host: the light that lies, a permission of another, flash worn out."""

import pytest

from support.owner_desk import OWNER_KEY, SALT, base64_of
from support.pin_desk import DERIVED, RIGHT, key, locked, unlock
from support.virtual_desk import SHOWN_MS, TWICE, Pressed, RpcFailure

GIVEN = {
    "token.claim": {"key": base64_of(OWNER_KEY), "salt": base64_of(SALT)},
    "store.reset": {},
    "pin.set": {"key": key(RIGHT), **DERIVED},
}


def refused(act, *args, **params):
    with pytest.raises(RpcFailure) as failure:
        act(*args, **params)
    return failure.value.code


# --- the light


def test_a_reset_in_the_turns_of_a_code_request_is_never_pressed(alice):
    """The LED would show the half second's blinking of a code, while a reset waits half of the time."""
    for _ in range(4):
        for method, params in (("code.get", {"id": 1}), ("store.reset", {})):
            alice.send("press.cancel")
            alice.send(method, **params)
            alice.token.advance(250)
            alice.token.press(ms=60)
            alice.token.advance(190)
    alice.send("press.cancel")
    alice.token.advance(100)
    while alice.reply(0.1):
        pass
    assert alice.status()["accounts"] == 1


def test_a_press_in_progress_does_not_count_for_what_is_asked_meanwhile(alice):
    alice.token.call_later(30, lambda: alice.send("account.remove", id=1))
    alice.token.press(ms=200)
    alice.token.advance(500)
    assert alice.reply(0) is None
    alice.send("press.cancel")
    assert {alice.reply()["id"], alice.reply()["id"]}
    assert alice.status()["accounts"] == 1


@pytest.mark.parametrize("early_ms", [20, 500, 900])
def test_presses_count_after_a_whole_pattern(alice, early_ms):
    number = alice.send("account.remove", id=1)
    alice.token.advance(early_ms)
    alice.token.press()
    assert alice.reply(0.05) is None
    alice.token.advance(SHOWN_MS)
    alice.token.press()
    assert alice.result(number) == {}


def test_a_hold_cancels_at_once(alice):
    number = alice.send("account.remove", id=1)
    alice.token.advance(20)
    alice.token.press(ms=900)
    with pytest.raises(RpcFailure) as failure:
        alice.result(number)
    assert failure.value.code == 6


@pytest.mark.parametrize("method", sorted(GIVEN))
def test_owner_pin_and_reset_need_two_presses(make_desk, method):
    """The second one after the LED has shown another pattern."""
    assert method in TWICE
    desk = make_desk(store_file=True)
    desk.add()
    desk.token.advance(500)
    number = desk.send(method, **GIVEN[method])
    desk.token.advance(SHOWN_MS)
    desk.token.press()
    desk.token.advance(300)
    desk.token.press()  # an impatient one
    assert desk.reply(0.1) is None
    before = desk.token.ms
    desk.token.advance(3000)
    spells = [on for on, _ in desk.lit_spells(before)]
    assert spells[2:10] == [100] * 8
    assert 11 <= len(spells) <= 13  # four flashes a second
    desk.token.press()
    assert isinstance(desk.result(number), dict)


@pytest.mark.parametrize("method", sorted(GIVEN))
def test_one_press_is_not_enough(make_desk, method):
    desk = make_desk(store_file=True)
    desk.add()
    number = desk.send(method, timeout=5, **GIVEN[method])
    desk.token.advance(SHOWN_MS)
    desk.token.press()
    with pytest.raises(RpcFailure) as failure:
        desk.result(number, 6.0)
    assert failure.value.code == 5
    told = desk.call("hello")
    assert (told["claimed"], desk.status()["accounts"], desk.call("pin.info")["set"]) == (False, 1, False)


def test_identify_does_not_hide_what_is_asked(alice):
    alice.call("token.identify")
    number = alice.send("token.claim", **GIVEN["token.claim"])
    alice.token.advance(20)
    assert refused(alice.call, "token.identify") == 7
    before = alice.token.ms
    alice.token.advance(3000)
    assert [on for on, _ in alice.lit_spells(before)][1:7] == [100] * 6
    alice.send("press.cancel")
    assert number


def test_requests_that_nobody_presses_for_are_limited(alice):
    codes = []
    for _ in range(40):
        number = alice.send("code.get", id=1)
        if (reply := alice.reply(0.05)) is not None:
            codes.append(reply["error"]["code"])
            assert reply["error"]["data"] <= 30
            continue
        alice.send("press.cancel")
        assert [alice.reply()["id"] for _ in range(2)].count(number) == 1
    assert set(codes) == {20}
    assert len(codes) >= 19
    assert alice.click() == alice.code()  # a press types as before
    alice.token.advance(31_000)
    assert alice.pressed("code.get", id=1)["code"] == alice.code()
    assert alice.pressed("code.get", id=1)["code"] == alice.code()  # a press ends the limit


# --- the permission of another program


def test_a_second_program_does_not_use_the_permission_of_a_press(desk):
    """Both have the port open: their lines arrive on one connection."""
    desk.add()
    for method, params in (
        ("account.rename", {"id": 1, "issuer": "", "name": "mallory"}),
        ("settings.set", {"max_pin_failures": 3}),
        ("account.add", {"name": "mallory", "secret": base64_of(bytes(20))}),
        ("token.rename", {"name": "mallory"}),
    ):
        with pytest.raises(RpcFailure) as failure:
            desk.result(desk.send(method, **params))
        assert failure.value.code == 12
        other = Pressed()
        other._key = bytes(32)
        forged = other.seal(method, **params) | {"seq": desk.session.sequence + 1}
        with pytest.raises(RpcFailure) as failure:
            desk.result(desk.send("session.call", **forged))
        assert failure.value.code == 12
    assert desk.call("account.rename", id=1, issuer="", name="ann") == {}  # the one that asked


def test_a_second_program_does_not_set_the_clock_to_2031(desk):
    desk.pressed("clock.allow")
    before = desk.clock
    for method, params in (("clock.set", {"unix": 1_930_000_000}), ("clock.trim", {"aging": 127})):
        with pytest.raises(RpcFailure) as failure:
            desk.result(desk.send(method, **params))
        assert failure.value.code == 12
    assert desk.clock - before < 2
    assert desk.call("clock.set", unix=int(desk.clock) + 100)["state"] == "ok"


def test_a_line_of_the_session_is_performed_once(desk):
    desk.add()
    line = desk.session.seal("account.rename", id=1, issuer="", name="ann")
    assert desk.result(desk.send("session.call", **line)) == {}
    with pytest.raises(RpcFailure) as failure:
        desk.result(desk.send("session.call", **line))
    assert failure.value.code == 12


# --- the flash


@pytest.mark.parametrize("method", ["clock.note", "clock.set", "pin.unlock"])
def test_writes_without_a_press_are_limited(make_desk, method):
    """A program writes as often as it can, for an hour."""
    desk = make_desk(store_file=True)
    if method == "pin.unlock":
        desk.add()
        locked(desk)
    else:
        desk.pressed("clock.allow")
        desk.call("clock.set", unix=int(desk.token.unix))
        desk.token.advance(31_000)
    desk.close()
    desk.open()
    done, limited = 0, set()
    for _ in range(150):
        try:
            if method == "pin.unlock":
                unlock(desk)
            elif method == "clock.set":
                desk.call(method, unix=int(desk.clock))
            else:
                desk.call(method, note="-")
            done += 1
        except RpcFailure as failure:
            limited.add(failure.code)
    assert limited >= {20}
    assert done <= 65
    desk.close()
    desk.open()
    if method == "clock.note":
        assert refused(desk.call, method, note="-") == 20  # another connection has no other count
        desk.token.advance(300_000)
        assert desk.call(method, note="-") == {}
        assert refused(desk.call, method, note="-") == 20
