"""The button: what counts as a press, as a hold, and choosing with one button."""

from __future__ import annotations

from conformance.desk import Desk

# Contacts well away from the settings' edges, where 5 to 10 ms of debounce decide.
CONTACTS_MS = (1, 12, 22, 45, 60, 200, 700, 900, 1500)


def contacts(desk: Desk) -> None:
    desk.add()
    for ms in CONTACTS_MS:
        desk.to_second(5)
        reports = desk.note(f"contact of {ms} ms", desk.click(ms))
        assert bool(reports) == (40 <= ms < 800)
        desk.token.advance(4500)  # choosing, if it began, is over


def choosing(desk: Desk) -> None:
    for number, name in enumerate(("alice", "bob", "carol")):
        desk.add(name, bytes([number]) * 20)
    desk.to_second(3)
    chosen = []
    for clicks in range(4):
        assert desk.click(900) == []
        for _ in range(clicks):
            assert desk.click() == []
        chosen.append(desk.click(900))
    assert desk.note("codes chosen", chosen)[3] == chosen[0]
    assert chosen[0] != chosen[1] != chosen[2]


def a_pause_ends_choosing(desk: Desk) -> None:
    desk.add("alice")
    desk.add("bob", b"another secret here!")
    desk.to_second(3)
    first = desk.click()
    desk.click(900)
    desk.click()
    desk.token.advance(4300)
    assert desk.note("the default account again", desk.click()) == first


def nothing_to_type(desk: Desk) -> None:
    assert desk.click() == []
    desk.note("status", desk.ask("status"))


def fast_presses(desk: Desk) -> None:
    """While a code is typed, presses mean nothing."""
    desk.add()
    desk.client.set_settings({"inter_key_ms": 60})
    desk.to_second(3)
    desk.token.clear_typed()
    for _ in range(4):
        desk.token.press(ms=50)
        desk.token.advance(50)
    desk.token.advance(1500)
    assert len(desk.note("one code", desk.keys)) in range(7, 10)


def settings_of_the_button(desk: Desk) -> None:
    desk.add()
    desk.note("settings", desk.ask("settings.set", debounce_ms=100, long_press_ms=400, menu="off"))
    desk.to_second(3)
    for ms in (70, 150, 600):
        desk.note(f"contact of {ms} ms", desk.click(ms))
