"""The clock chip: what makes the token refuse, how it says so, and that it comes back by itself."""

import pytest

from support.virtual_desk import SECRET, SHOWN_MS, RpcFailure, hotp

BUILT = 1795305600  # the release date in fob/version.py, said again


def absent(token):
    token.rtc.present = False


def stopped(token):
    token.rtc.osf = True


def no_pull_ups(token):
    token.bus.pull_ups = False


def held_low(token):
    token.bus.held_low = True


def early(token):
    token.rtc.set(BUILT - 3600)


def write(token, *at_and_values):
    """Bytes to the chip's registers, as another program on the bus would write them."""
    assert token.bus.write(0x68, bytes(at_and_values), stop=True)


def nonsense(token):
    write(token, 0, 0x7F, 0x7F, 0x3F, 7, 0x3F, 0x1F, 0xFF)


def no_date(token):
    write(token, 4, 0, 0)


def disabled(token):
    write(token, 0x0E, 0x80)


def twelve_hours(token):
    write(token, 2, 0x40 | 0x11)


CAUSES = {
    absent: "absent",
    stopped: "stopped",
    no_pull_ups: "bus",
    held_low: "bus",
    early: "early",
    nonsense: "early",
    no_date: "early",
    disabled: "stopped",
    twelve_hours: "stopped",
}


def undo(token):
    token.rtc.present = token.bus.pull_ups = True
    token.bus.held_low = False
    write(token, 0x0E, 0x1C)
    write(token, 2, 0)
    token.rtc.set(token.unix)


causes = pytest.mark.parametrize(("cause", "state"), CAUSES.items(), ids=[cause.__name__ for cause in CAUSES])


@causes
def test_it_refuses_says_so_and_recovers(alice, cause, state):
    alice.add("counted", type="hotp")
    cause(alice.token)
    alice.token.advance(5000)
    before = alice.token.ms
    assert alice.click(wait=900) == ""
    assert [on for on, _ in alice.lit_spells(before) if on >= 100] == pytest.approx([120] * 3, abs=10)
    now = alice.status()
    assert (now["clock"]["state"], now["last"], now["faults"]) == (state, "clock", 0)
    assert alice.call("clock.get") | {"ms": now["clock"]["ms"]} == now["clock"]

    for method in ("code.get", "code.type"):
        number = alice.send(method, id=1)
        alice.token.advance(SHOWN_MS)
        alice.token.press_later(50)
        with pytest.raises(RpcFailure) as refused:
            alice.result(number)
        assert (refused.value.code, refused.value.data) == (4, state)

    alice.call("account.default", id=2)
    assert alice.click() == hotp(SECRET, 0)  # HOTP needs no clock
    alice.call("account.default", id=1)

    undo(alice.token)
    alice.token.advance(3000)
    assert alice.status()["clock"]["state"] == "ok"
    assert alice.click() == alice.code()
    assert alice.token.chip.reset_reason == "POWER_ON"


@causes
def test_the_light_says_it_without_a_press(alice, cause, state):
    cause(alice.token)
    alice.token.advance(6000)
    before = alice.token.ms
    alice.token.advance(6000)
    assert sum(on == 60 for on, _ in alice.lit_spells(before)) in (5, 6)  # three each 3 s
    undo(alice.token)
    alice.token.advance(4000)
    before = alice.token.ms
    alice.token.advance(4000)
    assert alice.lit_spells(before) == []


@causes
def test_it_starts_with_any_clock(make_desk, cause, state):
    desk = make_desk(plugged=False)
    cause(desk.token)
    desk.plug()
    assert desk.status()["clock"]["state"] == state
    undo(desk.token)
    desk.token.advance(2000)
    assert desk.status()["clock"]["state"] == "ok"


@pytest.mark.parametrize("cause", [stopped, early, nonsense, no_date, disabled, twelve_hours])
def test_setting_the_clock_puts_it_right(alice, cause):
    cause(alice.token)
    alice.token.advance(2000)
    with pytest.raises(RpcFailure) as refused:
        alice.call("clock.set", unix=int(alice.token.unix))
    assert (refused.value.code, refused.value.data) == (13, 0)  # nobody knows by how much: a press first
    assert alice.pressed("clock.allow", timeout=30) == {}
    now = int(alice.token.unix)
    told = alice.call("clock.set", unix=now)
    assert told.pop("ms")[1] <= 10, "the second has just begun"
    assert told == {
        "state": "ok",
        "unix": now,
        "temperature": 25.0,
        "aging": 0,
        "sets": 1,
        "moved_ms": 0,
        "adjustment_left_ms": 2000,
    }
    assert abs(alice.clock - alice.token.unix) < 1.1
    alice.token.advance(1000)
    assert alice.click() == alice.code()


@pytest.mark.parametrize(("cause", "state"), [(absent, "absent"), (no_pull_ups, "bus")])
def test_a_clock_that_cannot_be_set(alice, cause, state):
    cause(alice.token)
    alice.token.advance(3000)
    alice.pressed("clock.allow", timeout=30)
    with pytest.raises(RpcFailure) as refused:
        alice.call("clock.set", unix=BUILT)
    assert (refused.value.code, refused.value.data) == (4, state)


@pytest.mark.parametrize("unix", [BUILT, 2**31 - 9, 2**31, 4_000_000_000, 4102444780, 4102444799])
def test_times_that_can_be_set(alice, unix):
    alice.pressed("clock.allow", timeout=30)
    assert alice.call("clock.set", unix=unix)["unix"] == unix
    assert alice.token.rtc.unix == pytest.approx(unix, abs=1)
    if unix % 30 < 28:
        assert alice.click() == alice.code()


@pytest.mark.parametrize("unix", [0, BUILT - 1, 4102444800, 2**33 + 1, -1, 1.5, "1800000000", None, True])
def test_times_that_cannot(alice, unix):
    alice.pressed("clock.allow", timeout=30)
    before = alice.clock
    with pytest.raises(RpcFailure) as refused:
        alice.call("clock.set", unix=unix)
    assert (refused.value.code, refused.value.data) == (-32602, "unix")
    assert alice.clock - before < 1


def test_the_end_of_the_century_is_not_typed_past(alice):
    alice.set_clock(4102444799)
    assert alice.click(wait=100) == ""  # one second left: it would wait for a step in 2100
    alice.token.advance(3000)
    assert alice.token.typed == ""
    assert alice.status()["clock"]["state"] == "early"


def test_temperature_and_aging(alice):
    alice.token.rtc.temperature = -3.25
    write(alice.token, 0x10, 0xFB)
    clock = alice.call("clock.get")
    assert (clock["temperature"], clock["aging"]) == (-3.25, -5)


def test_a_chip_that_comes_late(make_desk):
    desk = make_desk(plugged=False)
    absent(desk.token)
    desk.plug()
    desk.add()
    for _ in range(3):
        desk.token.rtc.present = True
        desk.token.advance(1500)
        assert desk.click() == desk.code()
        absent(desk.token)
        desk.token.advance(1500)
        assert desk.click() == ""
    assert desk.status()["faults"] == 0


def test_the_clock_goes_on_without_power(alice):
    alice.token.unplug()
    alice.token.advance(86_400_000)
    alice.plug()
    assert alice.clock == pytest.approx(alice.token.unix)
    assert alice.click() == alice.code()


def test_a_flat_battery(alice):
    alice.token.rtc.battery = False
    alice.replug()
    assert alice.status()["clock"] == {
        "ms": None,
        **{"state": "stopped", "unix": None, "temperature": None, "aging": None},
        **{"sets": 0, "moved_ms": 0, "adjustment_left_ms": 0},
    }
    assert alice.click() == ""
