"""No code is typed that is about to change: the token waits for the next step, and shows it."""

import pytest
from virtual_desk import SECRET, RpcFailure, hotp


# Seconds into a 30 s step; whether the code is typed at once with the usual guard of 2 s.
@pytest.mark.parametrize(("second", "at_once"), [(0, True), (15, True), (26, True), (28, False), (29, False)])
def test_near_the_end_of_a_step(alice, second, at_once):
    alice.to_second(second)
    code = alice.code()
    assert alice.click(wait=200) == (code if at_once else "")
    if not at_once:
        assert alice.status()["last"] == "waiting"
        following = alice.code(ahead=1)
        alice.token.advance(3000)
        assert alice.token.typed == following
        assert alice.token.reports[0].ms <= alice.token.ms


def test_it_is_typed_right_after_the_step_begins(alice):
    alice.to_second(28)
    alice.click()
    begins = (alice.clock // 30 + 1) * 30
    alice.token.advance((begins - alice.clock) * 1000 + 150)
    assert alice.token.typed == alice.code()


def test_the_light_shows_that_it_waits(alice):
    alice.to_second(28)
    before = alice.token.ms
    alice.click(wait=1000)
    spells = alice.lit_spells(before)[1:]
    assert len(spells) >= 3
    assert spells == [(pytest.approx(100, abs=20), pytest.approx(100, abs=20))] * len(spells)


def test_presses_while_waiting_are_ignored(alice):
    alice.to_second(28)
    alice.token.clear_typed()
    alice.token.press()
    alice.token.advance(200)
    alice.token.press()
    alice.token.advance(100)
    alice.token.press(ms=900)
    alice.token.advance(1000)
    assert alice.token.typed == alice.code()


@pytest.mark.parametrize("guard", [0, 1, 5, 10, 30])
def test_the_guard_is_a_setting(alice, guard):
    """Whole steps are never refused: at most half of one counts."""
    alice.call("settings.set", guard=guard)
    least = min(guard, 15)
    for left in {1, least, least + 2}:
        if not left:
            continue
        alice.to_second(30 - left)
        code = alice.code()
        assert alice.click(wait=100) == (code if left > least else "")
        alice.to_second(1)
        alice.token.advance(300)


@pytest.mark.parametrize("period", [1, 2, 5])
def test_tiny_periods(desk, period):
    desk.add(period=period)
    for _ in range(4):
        desk.token.clear_typed()
        desk.token.press()
        assert desk.token.advance_until(lambda: len(desk.sent) >= 7, 3500)
        arrived = desk.clock
        earlier = arrived - 0.1 if period == 1 else arrived  # one second may end while its code is typed
        assert desk.token.typed in {hotp(SECRET, int(at) // period) for at in (earlier, arrived)}
        desk.token.advance(570)


def test_a_period_of_an_hour(desk):
    desk.add(period=3600)
    desk.to_second(3599, 3600)
    assert desk.click(wait=100) == ""
    desk.token.advance(1000)
    assert desk.token.typed == desk.code(period=3600)


def test_hotp_never_waits(desk):
    desk.add(type="hotp")
    desk.to_second(29)
    assert desk.click(wait=200) == hotp(SECRET, 0)


def test_typing_on_request_waits_too(alice):
    alice.to_second(28)
    number = alice.send("code.type", id=1)
    alice.token.advance(20)
    alice.token.clear_typed()
    alice.token.press()
    alice.token.advance(300)
    assert alice.token.typed == ""
    with pytest.raises(RpcFailure) as busy:
        alice.call("code.get", id=1)
    assert busy.value.code == 7
    assert alice.result(number) == {"typed": True}
    assert alice.token.typed == alice.code()


def test_showing_on_request_does_not(alice):
    alice.to_second(28)
    number = alice.send("code.get", id=1)
    alice.token.press_later(50)
    shown = alice.result(number)
    assert shown == {"code": alice.code(), "unix": int(alice.clock), "remaining": 2}


def test_the_account_goes_while_its_step_is_awaited(alice):
    alice.to_second(28)
    alice.click()
    alice.call("account.remove", id=1)
    alice.token.advance(3000)
    assert (alice.token.typed, alice.status()["last"]) == ("", "no-account")


def test_the_clock_goes_while_the_step_is_awaited(alice):
    alice.to_second(28)
    alice.click(wait=200)
    alice.token.rtc.osf = True
    alice.token.advance(3000)
    assert (alice.token.typed, alice.status()["last"]) == ("", "clock")


def test_the_host_goes_while_the_step_is_awaited(alice):
    alice.to_second(28)
    alice.click(wait=200)
    alice.token.host.connected = False
    alice.token.advance(4000)
    alice.token.host.connected = True
    alice.token.advance(2000)
    assert alice.token.typed == ""
    alice.connect()
    assert alice.status()["last"] == "no-host"
