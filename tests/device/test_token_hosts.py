"""Nothing is typed late: no host, a sleeping one, one that stops reading, one that never reads."""

import pytest

from support.virtual_desk import NUM_LOCK_KEY, SECRET, SHOWN_MS, hotp
from ticktap.errors import TokenError


def start_typing(desk, reports):
    """Clicks and stops time when the host has taken so many reports."""
    desk.token.clear_typed()
    desk.token.press()
    assert desk.token.advance_until(lambda: len(desk.sent) >= reports, 500)


def resets(desk):
    return desk.token.chip.reset_reason


def test_no_host(make_desk):
    desk = make_desk(plugged=False)
    desk.plug()
    desk.add()
    desk.token.host.connected = False
    before = desk.token.ms
    assert desk.click(wait=5000) == ""
    waking, *refused = [on for on, _ in desk.lit_spells(before)]
    assert waking >= 2000 and len(refused) == 2
    desk.token.host.connected = True
    desk.token.advance(3000)
    assert (desk.token.typed, resets(desk)) == ("", "POWER_ON")
    desk.connect()
    assert desk.status()["last"] == "no-host"
    assert desk.click() == desk.code()


def test_a_charger_at_first(make_desk):
    desk = make_desk(plugged=False)
    desk.token.host.connected = False
    desk.token.plug()
    desk.token.advance(20_000)
    desk.token.press()
    desk.token.host.connected = True
    desk.token.advance(1000)
    desk.connect()
    assert (desk.status()["faults"], resets(desk)) == (0, "POWER_ON")
    desk.add()
    assert desk.click() == desk.code()


def test_a_sleeping_host(alice):
    """It does not let the token wake it, or wakes too late. Nothing is typed, then or later."""
    for resume_ms in (None, 300, 3000):
        alice.token.host.suspended, alice.token.host.resume_ms = True, resume_ms
        assert alice.click(wait=6000) == ""
        alice.token.host.suspended = False
        alice.token.advance(3000)
        assert (alice.token.typed, resets(alice)) == ("", "POWER_ON")
        alice.connect()
        assert alice.status()["last"] == "no-host"
        assert alice.click() == alice.code()
    assert alice.token.host.wake_requests == 2


@pytest.mark.parametrize("resume_ms", [1, 30, 200])
def test_a_port_that_an_awake_computer_suspended(alice, resume_ms):
    """Autosuspend: the token signals wake-up, and types once the port is back."""
    alice.token.host.suspended, alice.token.host.resume_ms = True, resume_ms
    alice.token.clear_typed()
    alice.token.press()
    alice.token.advance(100)
    assert alice.token.led, "lit while the computer is woken"
    alice.token.advance(2700)
    assert alice.token.host.wake_requests == 1
    assert alice.token.typed == alice.code()


def test_a_counter_is_used_once_when_the_computer_is_woken(desk):
    desk.add(type="hotp", counter=1)
    desk.token.host.suspended, desk.token.host.resume_ms = True, 30
    assert desk.click(wait=3000) == hotp(SECRET, 1)
    desk.token.host.suspended = True
    desk.token.host.resume_ms = None
    assert desk.click(wait=3000) == ""
    desk.token.host.suspended = False
    desk.token.advance(100)
    desk.connect()
    assert desk.click() == hotp(SECRET, 2)


def test_a_computer_that_is_woken_by_a_person_meanwhile_gets_nothing(alice):
    """The press was made at a sleeping computer; the window in front may be another one now."""
    alice.token.host.suspended = True
    alice.token.clear_typed()
    alice.token.press()
    alice.token.advance(1000)
    alice.token.host.suspended = False
    alice.token.advance(5000)
    assert alice.token.typed == ""
    alice.connect()
    assert alice.status()["last"] == "no-host"


def test_presses_while_a_computer_is_woken_count_once(alice):
    alice.token.host.suspended, alice.token.host.resume_ms = True, 30
    alice.token.clear_typed()
    for _ in range(3):
        alice.token.press()
        alice.token.advance(300)
    alice.token.advance(5000)
    assert alice.token.typed == alice.code()


def test_the_code_that_waits_for_its_step_wakes_no_computer(alice):
    """The press came before the computer fell asleep."""
    alice.to_second(28)
    alice.token.press()
    alice.token.advance(100)
    alice.token.host.suspended, alice.token.host.resume_ms = True, 30
    alice.token.clear_typed()
    alice.token.advance(6000)
    assert (alice.token.typed, alice.token.host.wake_requests) == ("", 0)


@pytest.mark.parametrize("state", ["suspended", "polling", "connected"])
@pytest.mark.parametrize("taken", range(7))
def test_a_host_that_goes_in_the_middle_of_a_code(desk, taken, state):
    """Whatever has not been taken by then never arrives, also not when the host is back."""
    desk.add(type="hotp", counter=1)  # 287082
    start_typing(desk, taken)
    setattr(desk.token.host, state, state == "suspended")
    typed = desk.token.typed
    desk.token.advance(5000)
    setattr(desk.token.host, state, state != "suspended")
    desk.token.advance(5000)
    assert desk.token.typed == typed
    assert len(typed) == min(taken, 6)
    if 0 < taken < 6:
        assert resets(desk) == "SOFTWARE"
    desk.connect()
    assert desk.status()["faults"] == 0
    following = desk.call("account.list")["accounts"][0]["counter"]
    assert following == 2 or taken == 0
    assert desk.click() == hotp(SECRET, following)


def test_a_host_that_never_reads(make_desk):
    desk = make_desk(plugged=False)
    desk.token.host.polling = False
    desk.plug()
    desk.add()
    for _ in range(2):
        assert desk.click(wait=6000) == ""
    desk.token.host.polling = True
    desk.token.advance(3000)
    assert desk.token.typed == ""
    desk.connect()
    assert desk.click() == desk.code()


def test_the_num_lock_key_does_not_arrive_late_either(alice):
    alice.token.set_locks(num_lock=False)
    alice.token.host.polling = False
    assert alice.click(wait=6000) == ""
    alice.token.host.polling = True
    alice.token.advance(3000)
    assert not any(NUM_LOCK_KEY in report for report in alice.sent)
    assert alice.token.host.num_lock is False


def test_no_key_stays_down(alice):
    for taken in range(1, 7):
        alice.to_second(1)
        start_typing(alice, taken)
        alice.token.host.polling = False
        alice.token.advance(5000)
        alice.token.host.polling = True
        alice.token.advance(3000)
        assert alice.sent[-1] == bytes(8)


def test_the_host_goes_during_the_delay(alice):
    alice.call("settings.set", start_delay_ms=500)
    alice.click(wait=100)
    alice.token.host.suspended = True
    alice.token.advance(1000)
    alice.token.host.suspended = False
    alice.token.advance(3000)
    assert (alice.token.typed, resets(alice)) == ("", "POWER_ON")
    assert alice.status()["last"] == "host-stopped"


def test_a_sleeping_host_asks_for_nothing(alice):
    """What it asked for is not typed after it wakes; it gets an error then."""
    number = alice.send("code.type", id=1)
    alice.token.advance(SHOWN_MS)
    alice.token.host.suspended = True
    assert alice.click(wait=3000) == ""
    alice.token.advance(10_000)
    alice.token.host.suspended = False
    reply = alice.reply(4)
    assert (reply["id"], reply["error"]["code"]) == (number, 9)
    assert alice.token.typed == ""
    assert alice.status()["last"] == "no-host"


def test_asked_to_type_and_the_host_stops_reading(alice):
    """The token answers, and starts over."""
    number = alice.send("code.type", id=1)
    alice.token.advance(SHOWN_MS)
    alice.token.advance(20)
    alice.token.host.polling = False
    alice.token.press()
    reply = alice.reply(4)
    assert (reply["id"], reply["error"]["code"]) == (number, 9)
    assert reply["error"]["data"] == "the host stopped reading"
    with pytest.raises(TokenError, match="is gone"):
        alice.reply(4)
    alice.token.advance(3000)
    alice.connect()
    assert alice.status()["reset"] == "SOFTWARE"


# --- HOTP counters and power


def test_a_counter_is_used_before_its_code_is_typed(desk):
    desk.add(type="hotp", counter=5)
    for taken in (0, 3, 7):
        start_typing(desk, taken)
        used = hotp(SECRET, 5)
        assert used.startswith(desk.token.typed)
        desk.token.power_cut()
        desk.plug()
        following = desk.call("account.list")["accounts"][0]["counter"]
        assert following > 5 - (taken == 0)
        assert desk.click() == hotp(SECRET, following)
        desk.pressed("account.remove", id=desk.call("account.list")["accounts"][0]["id"])
        desk.add(type="hotp", counter=5)


@pytest.mark.parametrize("operation", [0, 1])
@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.7, 1.0])
def test_power_that_goes_while_the_counter_is_written(desk, operation, fraction):
    """No counter is ever used twice, and none of the codes was typed before its counter was spent."""
    desk.add(type="hotp")
    desk.token.nvm.cut_at(operation, fraction)
    desk.token.clear_typed()
    desk.token.press()
    desk.token.advance(300)
    assert not desk.token.plugged
    assert desk.token.typed == ""
    desk.plug()
    assert desk.call("account.list")["accounts"][0]["counter"] in (0, 1)
    first = desk.click()
    assert first in (hotp(SECRET, 0), hotp(SECRET, 1))
    second = desk.click()
    assert second == hotp(SECRET, 1 if first == hotp(SECRET, 0) else 2)


def test_sixty_hotp_codes_over_replugs(desk):
    desk.add(type="hotp")
    for counter in range(60):
        if counter % 20 == 19:
            desk.replug()
        assert desk.click(wait=150) == hotp(SECRET, counter)
    assert desk.token.nvm.erases == 0
