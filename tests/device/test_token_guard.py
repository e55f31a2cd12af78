"""No code is typed that is about to change: the token waits for the next step, and shows it."""

import pytest

from support.virtual_desk import SECRET, SHOWN_MS, RpcFailure, hotp


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


def test_no_request_waits_meanwhile(alice):
    """Who has clicked for a code may click again out of impatience: that must not erase the token."""
    alice.call("settings.set", min_remaining_s=5)
    alice.to_second(26)
    alice.token.clear_typed()
    alice.token.press()
    alice.token.advance(100)
    for method in ("store.reset", "code.get"):
        with pytest.raises(RpcFailure) as failure:
            alice.call(method, **({"id": 1} if method == "code.get" else {}))
        assert failure.value.code == 7
    alice.token.press()
    alice.token.advance(4000)
    assert alice.token.typed == alice.code()
    assert alice.status()["accounts"] == 1


@pytest.mark.parametrize("guard", [0, 1, 5, 10, 30])
def test_the_guard_is_a_setting(alice, guard):
    """Whole steps are never refused: at most half of one counts."""
    alice.call("settings.set", min_remaining_s=guard)
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
    alice.token.advance(SHOWN_MS)
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


def shown_at(desk, second, **settings):
    """What `code.get` answers with when the press comes in that second of a step."""
    if settings:
        desk.call("settings.set", **settings)
    number = desk.send("code.get", id=1)
    desk.token.advance(SHOWN_MS)
    desk.to_second(second)
    desk.token.press_later(50)
    return desk.result(number, 40)


@pytest.mark.parametrize(
    ("second", "settings", "remaining"),
    [
        (26, {}, 4),
        (27, {}, 3),
        (28, {}, 30),
        (29, {}, 30),
        (28, {"min_remaining_s": 0}, 2),
        (29, {"min_remaining_s": 0}, 1),
        (19, {"min_remaining_s": 10}, 11),
        (20, {"min_remaining_s": 10}, 30),
        (14, {"min_remaining_s": 30}, 16),
        (15, {"min_remaining_s": 30}, 30),
    ],
)
def test_a_code_that_is_shown_has_the_guard_left_too(alice, second, settings, remaining):
    shown = shown_at(alice, second, **settings)
    assert shown == {"code": alice.code(), "unix": int(alice.clock), "remaining": remaining}


def test_a_counted_code_is_shown_at_once(desk):
    desk.add(type="hotp")
    assert shown_at(desk, 29) == {"code": hotp(SECRET, 0), "counter": 0}


def pressed_too_late(desk):
    """A `code.get` whose press came with too little time left, and which waits."""
    desk.to_second(28)
    number = desk.send("code.get", id=1)
    desk.token.advance(SHOWN_MS)
    desk.token.press_later(20)
    desk.token.advance(300)
    assert desk.reply(0) is None
    return number


def test_a_second_press_does_not_show_it_sooner(alice):
    number = pressed_too_late(alice)
    alice.token.press()
    assert alice.reply(0) is None
    assert alice.result(number)["remaining"] == 30


def test_what_waits_for_its_step_can_be_taken_back(alice):
    number = pressed_too_late(alice)
    cancelled = alice.send("press.cancel")
    with pytest.raises(RpcFailure) as refused:
        alice.result(number)
    assert refused.value.code == 6
    assert alice.result(cancelled) == {"cancelled": True}


def test_the_clock_goes_while_a_shown_code_waits_for_its_step(alice):
    number = pressed_too_late(alice)
    alice.token.rtc.osf = True
    with pytest.raises(RpcFailure) as refused:
        alice.result(number)
    assert refused.value.code == 4


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
