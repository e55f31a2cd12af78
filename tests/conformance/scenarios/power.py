"""Cables, hosts that sleep or stop, and what is left after power was lost."""

from __future__ import annotations

from conformance.desk import Desk


def replugged(desk: Desk) -> None:
    desk.add("alice", issuer="Example")
    desk.add("counted", type="hotp", suffix="enter")
    desk.client.set_settings({"inter_key_ms": 5, "layout": "de"})
    desk.client.default(2)
    desk.client.rename_token("desk")
    codes = [desk.click(wait=600) for _ in range(3)]
    desk.replug()
    desk.note("accounts", desk.client.accounts())
    desk.note("settings", desk.ask("settings.get"))
    desk.note("status", desk.ask("status"))
    after = desk.note("the next code", desk.click(wait=600))
    assert after not in codes


def many_records(desk: Desk) -> None:
    """A log that fills up, without a store file."""
    added = 0
    while "result" in (
        reply := desk.ask("account.add", name=f"n{added}", secret="MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=")
    ):
        added += 1
    desk.note("how many fit", added)
    desk.note("the refusal", reply)


def power_lost_after_an_answer(desk: Desk) -> None:
    """What was answered is kept, wherever the power goes afterwards."""
    for number in range(5):
        id = desk.add(f"n{number}", type="hotp")
        desk.replug(away_ms=20)
        assert [each["id"] for each in desk.client.accounts()][-1] == id
    desk.note("accounts", desk.client.accounts())


def _nothing_is_typed(desk: Desk, when: str, wait: float) -> None:
    """A click, and for so many ms no key."""
    assert desk.note(when, desk.click(wait=wait)) == []


def _a_code_is_typed(desk: Desk, when: str) -> None:
    """A click when a code has just begun."""
    desk.to_second(5)
    assert len(desk.note(when, desk.click())) >= 7


def sleeping_host(desk: Desk) -> None:
    desk.add()
    desk.token.host.suspended = True
    desk.token.advance(200)
    _nothing_is_typed(desk, "asleep", 4000)
    desk.token.host.suspended = False
    desk.token.advance(1000)
    assert not set(desk.keys) - {"00"}, "an empty report at most"
    _a_code_is_typed(desk, "a press after waking")
    desk.note("status", desk.ask("status"))


def suspended_port(desk: Desk) -> None:
    """The computer is awake and saves power: it lets the token wake the port."""
    desk.add()
    desk.to_second(5)
    desk.token.host.resume_ms = 30
    desk.token.host.suspended = True
    desk.token.advance(200)
    assert len(desk.note("a press", desk.click(wait=3000))) >= 7
    desk.note("wake-up signals", desk.token.host.wake_requests)
    desk.timed("release to first report, through a suspended port", desk.first_ms)


def a_request_over_a_suspended_port(desk: Desk) -> None:
    """The program has the port open and waits; the press wakes the computer. Nobody's press does not."""
    desk.add("counted", type="hotp")
    desk.token.host.resume_ms = 30
    for what, method in (("a code", "code.get"), ("a typed code", "code.type")):
        id = desk.send(method, id=1)
        _suspend(desk)
        desk.token.press()
        desk.note(what, desk.reply(id))
    assert not desk.token.host.suspended
    id = desk.send("code.get", id=1, timeout=1)
    _suspend(desk)
    desk.token.host.suspended = False
    assert desk.note("nobody pressed", desk.reply(id)) == {"error": 5, "data": None}
    desk.note("wake-up signals", desk.token.host.wake_requests)


def a_suspended_port_that_is_closed(desk: Desk) -> None:
    """The computer resumes it for that; the request is dropped, and the press is for the person."""
    desk.add()
    desk.send("code.get", id=1)
    _suspend(desk)
    desk.port.close()
    desk.token.host.suspended = False
    desk.token.advance(100)
    _a_code_is_typed(desk, "a press types again")
    desk.connect()
    desk.note("nothing waits", desk.ask("press.cancel"))


def _suspend(desk: Desk) -> None:
    desk.token.advance(100)
    desk.token.host.suspended = True
    desk.token.advance(3000)


def no_host(desk: Desk) -> None:
    """The board keeps its power and loses its host."""
    desk.add()
    desk.token.host.connected = False
    desk.token.advance(500)
    _nothing_is_typed(desk, "without a host", 4000)
    desk.token.host.connected = True
    desk.token.advance(3000)
    desk.connect()
    _a_code_is_typed(desk, "a press with a host again")


def maintenance(desk: Desk) -> None:
    desk.add()
    desk.replug(maintenance=True)
    hello = desk.note("hello", desk.ask("hello"))
    assert hello["result"]["mode"] == "maintenance"
    desk.note("code.get", desk.ask("code.get", id=1))
    assert desk.note("a press", desk.click()) == []
    desk.note("status", desk.ask("status"))
    desk.replug()
    assert desk.ask("hello")["result"]["mode"] == "normal"
