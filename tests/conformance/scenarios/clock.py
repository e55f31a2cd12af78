"""The clock chip: set, lost, broken and back."""

from __future__ import annotations

from conformance.desk import NOON, Desk


def set_by_the_host(desk: Desk) -> None:
    for unix in (NOON, NOON + 30, 4_102_444_799, 2_147_483_647, 2_147_483_648):
        desk.note(f"set to {unix}, without a press", desk.ask("clock.set", unix=unix))
        desk.note("a press", desk.waiting("clock.allow"))
        desk.note(f"set to {unix}", desk.ask("clock.set", unix=unix))
    desk.note("read", desk.ask("clock.get"))


def broken_and_back(desk: Desk) -> None:
    desk.add()
    for how in ("absent", "stopped", "unpulled"):
        desk.to_second(3)
        desk.break_clock(how)
        desk.token.advance(1500)
        assert desk.note(f"a press, clock {how}", desk.click()) == []
        desk.note(f"status, clock {how}", desk.ask("status"))
        desk.break_clock("ok")
        desk.to_second(3)
        desk.token.advance(1200)
        assert len(desk.note(f"a press, after {how}", desk.click())) >= 7


def before_the_release(desk: Desk) -> None:
    desk.add()
    desk.set_clock(1_000_000_000)
    desk.token.advance(1500)
    assert desk.note("a press, clock early", desk.click()) == []
    desk.note("status", desk.ask("status"))


def runs_while_unplugged(desk: Desk) -> None:
    desk.add()
    desk.set_clock(NOON)
    desk.replug(away_ms=86_400_000)
    unix = desk.client.clock()["unix"]
    assert 0 <= unix - NOON - 86_400 < 10
