"""A port that its computer has suspended is not closed: requests and rights stay, a result wakes it."""

import pytest

from support.virtual_desk import SECRET, SHOWN_MS, RpcFailure, hotp

AWAKE_MS = 30  # how fast an awake computer resumes the port
HOST, NO_PRESS, CANCELLED = 9, 5, 6
TIMEOUT_S = 10


@pytest.fixture
def counted(desk):
    """A token with a counted account, whose counter tells what was done."""
    desk.add(type="hotp")
    return desk


def suspend(desk, resume_ms=AWAKE_MS):
    desk.token.advance(50)
    desk.token.host.suspended, desk.token.host.resume_ms = True, resume_ms
    desk.token.advance(100)


def resume(desk):
    desk.token.host.suspended = False
    desk.token.advance(50)


def refusal(desk, number):
    with pytest.raises(RpcFailure) as refused:
        desk.result(number)
    return refused.value.code


def counter(desk):
    return desk.call("account.list")["accounts"][0].get("counter", 0)


@pytest.mark.parametrize("resume_ms", [1, AWAKE_MS, 200])
def test_a_press_wakes_the_computer_and_is_answered(counted, resume_ms):
    number = counted.send("code.get", id=1)
    suspend(counted, resume_ms)
    counted.token.advance(5000)
    counted.token.press()
    counted.token.advance(100)
    assert counted.token.led, "lit while the computer is woken"
    assert counted.result(number)["code"] == hotp(SECRET, 0)
    assert counted.token.host.wake_requests == 1


def test_a_code_is_typed_once_the_computer_is_awake(counted):
    number = counted.send("code.type", id=1)
    counted.token.advance(SHOWN_MS)
    suspend(counted)
    counted.token.clear_typed()
    for _ in range(3):
        counted.token.press()
        counted.token.advance(200)
    assert counted.result(number) == {"typed": True}
    counted.token.advance(3000)
    assert counted.token.typed == hotp(SECRET, 0)


@pytest.mark.parametrize("resume_ms", [None, 300, 3000])
def test_a_computer_that_stays_asleep_gets_an_error_later(counted, resume_ms):
    number = counted.send("code.get", id=1)
    counted.token.advance(SHOWN_MS)
    suspend(counted, resume_ms)
    before = counted.token.ms
    counted.token.press()
    counted.token.advance(8000)
    assert len(counted.lit_spells(before)[-2:]) == 2
    resume(counted)
    assert refusal(counted, number) == HOST
    assert counter(counted) == 0
    assert counted.click() == hotp(SECRET, 0)


def test_a_computer_that_a_person_wakes_meanwhile_gets_no_code(counted):
    number = counted.send("code.type", id=1)
    counted.token.advance(SHOWN_MS)
    suspend(counted)
    counted.token.clear_typed()
    counted.token.press()
    counted.token.advance(1000)
    counted.token.host.suspended = False
    assert refusal(counted, number) == HOST
    assert (counted.token.typed, counter(counted)) == ("", 0)


def test_nobody_presses(counted):
    """The computer is not woken for that, and is told when it is awake."""
    number = counted.send("code.get", id=1, timeout=TIMEOUT_S)
    suspend(counted)
    counted.token.advance(TIMEOUT_S * 1000)
    before = counted.token.ms
    counted.token.advance(3000)
    assert (counted.lit_spells(before), counted.token.host.wake_requests) == ([], 0)
    resume(counted)
    assert refusal(counted, number) == NO_PRESS


def test_a_press_just_before_the_time_is_over_counts(counted):
    number = counted.send("code.get", id=1, timeout=TIMEOUT_S)
    counted.token.advance(SHOWN_MS)
    suspend(counted)
    counted.token.advance(TIMEOUT_S * 1000 - 500 - SHOWN_MS)
    counted.token.press()
    assert counted.result(number)["code"] == hotp(SECRET, 0)


def test_a_hold_refuses_and_tells_the_computer(counted):
    number = counted.send("code.get", id=1)
    suspend(counted)
    counted.hold()
    assert refusal(counted, number) == CANCELLED
    assert counted.click() == hotp(SECRET, 0)


def test_a_hold_while_the_computer_is_woken_takes_the_press_back(counted):
    number = counted.send("code.get", id=1)
    counted.token.advance(SHOWN_MS)
    suspend(counted)
    counted.token.press()
    counted.token.advance(300)
    counted.token.hold()
    assert refusal(counted, number) == CANCELLED
    assert counted.click() == hotp(SECRET, 0)


def test_an_answer_that_takes_long_wakes_the_computer(counted):
    """The computer suspends the port between the request and its answer."""
    number = counted.send("hello")
    assert counted.token.advance_until(lambda: counted.token.chip.usb.data.rx, 20)
    counted.token.host.suspended, counted.token.host.resume_ms = True, AWAKE_MS
    assert counted.result(number)["product"] == "ticktap"


def test_what_a_press_allowed_stays_allowed(counted):
    suspend(counted)
    resume(counted)
    assert counted.call("account.rename", id=1, issuer="", name="bob") == {}


@pytest.mark.parametrize("how", ["closed", "unplugged"])
def test_a_connection_that_ends_meanwhile_drops_the_request(counted, how):
    """The port is closed by a computer that has resumed it; or the token keeps its power without one."""
    counted.send("code.get", id=1)
    suspend(counted)
    if how == "closed":
        counted.port.close()
        resume(counted)
    else:
        counted.token.host.connected = False
        counted.token.press()
        counted.token.advance(3000)
        counted.token.host.connected, counted.token.host.suspended = True, False
        counted.token.advance(500)
    assert counted.click() == hotp(SECRET, 0)
    counted.open()
    assert counted.reply(3) is None
    assert counted.call("press.cancel") == {"cancelled": False}
