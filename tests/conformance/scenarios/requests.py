"""The protocol's methods, those that wait for a press among them."""

from __future__ import annotations

from conformance.desk import Desk


def hello_and_status(desk: Desk) -> None:
    hello = desk.note("hello", desk.ask("hello"))
    assert hello["result"]["product"] == "ticktap"
    desk.note("status", desk.ask("status"))
    desk.note("settings", desk.ask("settings.get"))


def accounts(desk: Desk) -> None:
    for number in range(20):
        desk.add(f"name{number}", bytes([number]) * 20, issuer="Example", digits=6 + number % 3)
    desk.note("first page", desk.ask("account.list"))
    desk.note("next page", desk.ask("account.list", start=8))
    for method, params in (
        ("account.rename", {"id": 2, "issuer": "É", "name": "čárka 日本"}),
        ("account.move", {"id": 5, "position": 1}),
        ("account.default", {"id": 3}),
        ("account.set", {"id": 4, "suffix": "tab"}),
        ("account.remove", {"id": 99}),
        ("token.rename", {"name": "desk"}),
    ):
        desk.note(f"{method} {params}", desk.ask(method, **params))
    desk.remove(1)
    desk.note("after the changes", desk.client.accounts())
    desk.note("status", desk.ask("status"))


def codes_on_request(desk: Desk) -> None:
    desk.add()
    desk.add("counted", type="hotp")
    desk.to_second(5)
    shown = desk.note("code.get of a timed account", desk.waiting("code.get", id=1))
    assert len(shown["result"]["code"]) == 6
    desk.note("code.get of a counted one", desk.waiting("code.get", id=2))
    desk.token.clear_typed()
    desk.note("code.type", desk.waiting("code.type", id=2))
    desk.note("typed", desk.keys)
    desk.note("held", desk.waiting("code.get", press_ms=1000, id=1))
    desk.note("nobody pressed", desk.ask("code.get", id=1, timeout=1))
    desk.note("no such account", desk.ask("code.get", id=9))


def cancelled_and_busy(desk: Desk) -> None:
    desk.add()
    first = desk.send("code.get", id=1)
    desk.note("a second one", desk.ask("code.get", id=1))
    desk.note("status meanwhile", desk.ask("status"))
    cancel = desk.send("press.cancel")
    desk.note("the first one", desk.reply(first))
    desk.note("cancelling it", desk.reply(cancel))
    desk.note("nothing to cancel", desk.ask("press.cancel"))


def compact_and_reset(desk: Desk) -> None:
    desk.add()
    desk.add("counted", type="hotp")
    for _ in range(3):
        desk.click()
    desk.note("compact", desk.waiting("store.compact"))
    desk.note("accounts", desk.client.accounts())
    desk.note("reset", desk.waiting("store.reset"))
    desk.note("status", desk.ask("status"))


def a_closed_port_drops_the_request(desk: Desk) -> None:
    desk.add()
    desk.send("code.get", id=1)
    desk.token.advance(100)
    desk.port.close()
    desk.token.advance(100)
    desk.connect()
    desk.to_second(5)
    assert len(desk.note("a press types again", desk.click())) >= 7
