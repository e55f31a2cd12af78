"""Requests that wait for a press: one at a time, with an end, and nothing leaves without the press."""

import pytest

from support.virtual_desk import SHOWN_MS, RpcFailure

WAITING = [("code.get", {"id": 1}), ("code.type", {"id": 1}), ("store.compact", {}), ("store.reset", {})]
waiting = pytest.mark.parametrize(("method", "params"), WAITING, ids=[method for method, _ in WAITING])


def refusal(desk, number, timeout=3.0):
    with pytest.raises(RpcFailure) as refused:
        desk.result(number, timeout)
    return refused.value.code


def cancel(desk, number):
    """Cancels a request that must still be waiting."""
    cancelled = desk.send("press.cancel")
    assert refusal(desk, number) == 6
    assert desk.result(cancelled) == {"cancelled": True}


@waiting
def test_nobody_presses(alice, method, params):
    number = alice.send(method, timeout=2, **params)
    alice.token.advance(1900)
    assert alice.reply(0) is None
    assert refusal(alice, number, 0.3) == 5
    assert alice.token.typed == ""
    assert alice.click() == alice.code()  # that press was not used up by the request


def test_the_usual_patience_is_30_s(alice):
    number = alice.send("code.get", id=1)
    alice.token.advance(29_900)
    assert alice.reply(0) is None
    assert refusal(alice, number, 0.3) == 5


LIGHTS = {  # lit and dark ms, of each second
    "code.get": [500],
    "code.type": [500],
    "store.compact": [100, 100],
    "store.reset": [100, 100, 100],
}


@waiting
def test_the_light_tells_what_the_press_is_for(alice, method, params):
    alice.token.advance(1000)
    number = alice.send(method, **params)
    alice.token.advance(20)
    before = alice.token.ms
    alice.token.advance(4000)
    lit = [on for on, _ in alice.lit_spells(before)]
    assert lit[1:-1] == (LIGHTS[method] * 4)[1 : len(lit) - 1]
    assert abs(len(lit) - 4 * len(LIGHTS[method])) <= 1
    cancel(alice, number)
    before = alice.token.ms
    alice.token.advance(3000)
    assert alice.lit_spells(before) == []


@waiting
def test_only_one_waits(alice, method, params):
    first = alice.send("code.get", id=1)
    assert refusal(alice, alice.send(method, **params)) == 7
    alice.token.advance(SHOWN_MS)
    alice.token.press_later(10)
    assert alice.result(first)["code"] == alice.code()


@waiting
def test_cancelled_by_the_host(alice, method, params):
    cancel(alice, alice.send(method, **params))
    assert alice.call("press.cancel") == {"cancelled": False}
    assert alice.click() == alice.code()


@waiting
def test_cancelled_by_a_hold(alice, method, params):
    number = alice.send(method, **params)
    assert alice.hold() == ""
    assert refusal(alice, number) == 6
    assert alice.click() == alice.code()  # the hold did not open choosing


@waiting
def test_cancelled_by_closing_the_port(alice, method, params):
    alice.send(method, **params)
    alice.token.advance(20)
    alice.port.close()
    alice.token.advance(20)
    assert alice.click() == alice.code()
    alice.connect()
    assert alice.reply(1) is None
    assert alice.call("press.cancel") == {"cancelled": False}


@waiting
def test_a_brush_is_not_a_press(alice, method, params):
    number = alice.send(method, **params)
    alice.token.advance(SHOWN_MS)
    alice.token.advance(20)
    alice.token.press(ms=15)
    alice.token.advance(1000)
    cancel(alice, number)


def test_others_are_answered_meanwhile(alice):
    number = alice.send("code.get", id=1)
    alice.token.advance(SHOWN_MS)
    assert alice.call("status")["accounts"] == 1
    assert alice.add("bob") == 2
    alice.token.press_later(10)
    assert alice.result(number)["code"] == alice.code()


def test_its_account_is_removed_meanwhile(alice):
    number = alice.send("code.get", id=1)
    alice.in_session("account.remove", id=1)
    assert refusal(alice, number) == 1


def test_a_press_under_way_when_the_patience_ends_still_counts(alice):
    """Not a code typed into whatever has the focus."""
    number = alice.send("code.get", id=1, timeout=2)
    alice.token.press_later(1950, ms=200)
    assert alice.result(number)["code"] == alice.code()
    assert alice.token.typed == ""


def test_a_request_ends_choosing(alice):
    alice.add("bob", b"another secret")
    alice.hold()
    number = alice.send("store.reset")
    alice.press_later("store.reset")
    assert alice.result(number) == {}
    assert alice.hold() == ""
    assert (alice.status()["accounts"], alice.status()["faults"]) == (0, 0)


def test_a_port_closed_while_the_next_step_is_awaited(alice):
    """The person has pressed: it is typed. A later session does not get the answer."""
    alice.to_second(28)
    alice.send("code.type", id=1)
    alice.token.advance(SHOWN_MS)
    alice.token.advance(20)
    alice.token.press()
    alice.token.advance(50)
    alice.port.close()
    alice.token.advance(50)
    alice.open()
    alice.token.advance(3000)
    assert alice.token.typed == alice.code()
    assert alice.reply(1) is None


def test_a_request_without_an_id_waits_and_is_not_answered(alice):
    alice.raw({"jsonrpc": "2.0", "method": "code.type", "params": {"id": 1}})
    alice.token.advance(SHOWN_MS)
    assert alice.click() == alice.code()
    assert alice.reply(1) is None


def test_the_longest_patience(alice):
    number = alice.send("code.get", id=1, timeout=300)
    alice.token.advance(100_000)  # ticks_ms wraps in here
    alice.token.press()
    assert alice.result(number)["code"] == alice.code()
