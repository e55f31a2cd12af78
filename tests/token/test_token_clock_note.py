"""What the token remembers of a sync, its aging register, and the light that asks for a sync."""

import pytest
from virtual_desk import RpcFailure

NOTE = {
    "unix": 1_800_000_000,
    "since": 1_799_900_000,
    "before": -17_250,
    "after": 380,
    "doubt": 1_500,
    "temperature": 93,
    "aging": -5,
}
DAY_MS = 86_400_000


def test_a_new_token_has_no_note(desk):
    assert desk.call("clock.noted") == {"note": None}


@pytest.mark.parametrize("since", [None, 1_799_900_000])
@pytest.mark.parametrize("before", [None, 0, 2_147_483_647, -2_147_483_647])
def test_a_note_is_kept_without_power(desk, before, since):
    note = NOTE | {"before": before, "since": since}
    assert desk.call("clock.note", **note) == {}
    desk.replug()
    assert desk.call("clock.noted") == {"note": note}


def test_the_latest_note_counts_and_survives_a_rewrite(alice):
    alice.call("clock.note", **NOTE)
    later = NOTE | {"unix": 1_800_100_000, "temperature": -40}
    alice.call("clock.note", **later)
    number = alice.send("store.compact")
    alice.token.press_later(50)
    alice.result(number)
    assert alice.call("clock.noted") == {"note": later}
    alice.replug()
    assert alice.call("clock.noted") == {"note": later}
    assert alice.click() == alice.code()


def test_a_reset_forgets_it(desk):
    desk.call("clock.note", **NOTE)
    number = desk.send("store.reset")
    desk.token.press_later(50)
    desk.result(number)
    assert desk.call("clock.noted") == {"note": None}


@pytest.mark.parametrize(
    ("name", "value"),
    [("unix", -1), ("unix", 1 << 32), ("before", 1 << 31), ("after", None), ("doubt", -1), ("aging", 128)],
)
def test_a_note_that_cannot_be(desk, name, value):
    with pytest.raises(RpcFailure) as refused:
        desk.call("clock.note", **(NOTE | {name: value}))
    assert (refused.value.code, refused.value.data) == (-32602, name)
    assert desk.call("clock.noted") == {"note": None}


@pytest.mark.parametrize("aging", [-128, -1, 0, 127])
def test_the_aging_register(desk, aging):
    assert desk.call("clock.trim", aging=aging)["aging"] == aging
    assert desk.token.rtc.aging == aging
    start, clock = desk.token.unix, desk.clock
    desk.token.advance(600_000)
    gained = desk.clock - clock - (desk.token.unix - start)
    assert gained == pytest.approx(-aging * 0.1e-6 * 600, abs=1e-6)


@pytest.mark.parametrize("aging", [-129, 128, None, "0", 1.5])
def test_an_aging_it_does_not_hold(desk, aging):
    with pytest.raises(RpcFailure) as refused:
        desk.call("clock.trim", aging=aging)
    assert (refused.value.code, refused.value.data) == (-32602, "aging")


def test_no_chip_no_trim(desk):
    desk.token.rtc.present = False
    with pytest.raises(RpcFailure) as refused:
        desk.call("clock.trim", aging=1)
    assert refused.value.code == 4


def asks_for_a_sync(desk):
    """Whether the light flashes once every five seconds."""
    desk.token.advance(2_000)
    start = desk.token.ms
    desk.token.advance(20_000)
    return [round(on) for on, _ in desk.lit_spells(start)] in ([60] * 4, [60] * 3)


def test_the_light_asks_for_a_sync_that_is_due(desk):
    assert not asks_for_a_sync(desk)
    desk.call("settings.set", sync_days=30)
    assert asks_for_a_sync(desk), "it was never synchronised"
    desk.call("clock.note", **(NOTE | {"unix": int(desk.clock)}))
    assert not asks_for_a_sync(desk)
    desk.token.unplug()
    desk.token.advance(30 * DAY_MS)
    desk.plug()
    assert asks_for_a_sync(desk)
    desk.call("settings.set", sync_days=0)
    assert not asks_for_a_sync(desk)
