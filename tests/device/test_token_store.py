"""Accounts, settings and counters on the token: many, full, rewritten, foreign, and after losing power."""

import base64
import binascii
import struct

import pytest

from fob.store.record_types import WRAPPED_KEY
from support.encrypted_records import encrypted_records
from support.record_scan import records_in
from support.virtual_desk import SECRET, SHOWN_MS, RpcFailure, hotp

FORTY = [(f"person{n}@example.com", SECRET[:19] + bytes([n])) for n in range(40)]


def listed(desk):
    accounts, start = [], 0
    while start is not None:
        page = desk.call("account.list", start=start)
        accounts, start = accounts + page["accounts"], page["next"]
    return accounts


def refusal(desk, method, **params):
    with pytest.raises(RpcFailure) as refused:
        desk.call(method, **params)
    return refused.value.code, refused.value.data


def test_no_account_lies_open_on_the_flash(desk):
    """Neither in the log nor anywhere else on the chip; in its log there is something that is sealed."""
    desk.add("zanzibar-name", SECRET, issuer="Zanzibar Ltd")
    assert len(encrypted_records(desk.token.nvm.data, 1)) == 1
    desk.call("account.rename", id=1, issuer="Zanzibar Inc", name="zanzibar-again")
    desk.click()
    assert len(encrypted_records(desk.token.nvm.data, 1)) == 2
    flash = desk.token.flash.data
    assert [word for word in (SECRET, SECRET[:8], b"zanzibar", b"Zanzibar") if word in flash] == []


def test_forty_accounts(desk):
    for name, secret in FORTY:
        desk.add(name, secret, issuer="Example Company")
    assert desk.token.nvm.erases == 0
    before = listed(desk)
    assert [account["name"] for account in before] == [name for name, _ in FORTY]
    desk.replug()
    assert listed(desk) == before
    for place in (0, 20, 39):
        desk.call("account.default", id=place + 1)
        assert desk.click() == desk.code(FORTY[place][1])
    assert desk.token.nvm.erases == 0


def fill(desk):
    """Adds accounts until there is no room; returns how many there are."""
    secret = base64.b64encode(bytes(128)).decode()
    for n in range(100):
        try:
            desk.call("account.add", name="x" * 64, issuer="y" * 64, secret=secret, type="hotp")
        except RpcFailure as full:
            assert full.code == 2
            assert 0 <= full.data["free"] < 300
            return n
    raise AssertionError("never full")


def test_a_full_store(desk):
    desk.add(type="hotp")
    count = fill(desk) + 1
    assert count > 10
    for method, params in {  # the smaller, the longer there is room for it
        "account.rename": {"id": 2, "issuer": "", "name": "z"},
        "token.rename": {"name": "desk"},
        "settings.set": {"inter_key_ms": 5},
    }.items():
        for _ in range(100):
            try:
                desk.call(method, **params)
            except RpcFailure as full:
                assert full.code == 2
                break
        else:
            raise AssertionError("never full")
    assert desk.click() == hotp(SECRET, 0)  # the reserve is for this
    desk.call("account.move", id=3, position=1)
    desk.call("account.remove", id=2)
    desk.replug()
    assert len(listed(desk)) == count - 1
    assert desk.click() == hotp(SECRET, 1)
    assert desk.token.nvm.erases == 0


def test_no_room_for_a_counter(desk):
    desk.add("counted", type="hotp")
    desk.add("other", type="hotp")
    fill(desk)
    with pytest.raises(RpcFailure):
        for _ in range(200):
            desk.call("account.move", id=2, position=1)
            desk.call("account.default", id=2)
    before = desk.token.ms
    assert desk.click(wait=1500) == ""
    assert desk.status()["last"] == "store"
    assert [on for on, _ in desk.lit_spells(before)] == [120] * 4
    assert desk.pressed("store.compact") == {}
    assert desk.click() == hotp(SECRET, 0)


def test_compacting_keeps_everything_and_makes_room(desk):
    desk.add("counted", type="hotp", suffix="tab")
    desk.add("other")
    desk.call("token.rename", name="desk")
    desk.call("settings.set", menu_timeout_ms=5000)
    for counter in range(3):
        assert desk.click() == hotp(SECRET, counter) + "\t"
    for n in range(30):
        desk.call("account.rename", id=2, issuer="Some issuer", name=f"name {n}")
    before, used = listed(desk), desk.status()["store"]["used"]
    assert refusal(desk, "store.compact", timeout=1)[0] == 5
    assert desk.pressed("store.compact") == {}
    for _ in range(2):
        assert listed(desk) == before
        assert desk.call("hello")["name"] == "desk"
        assert desk.call("settings.get")["menu_timeout_ms"] == 5000
        assert desk.status()["store"]["used"] == desk.status()["store"]["live"] < used / 3
        desk.replug()
    assert desk.click() == hotp(SECRET, 3) + "\t"


def test_resetting_needs_a_press_and_forgets_everything(alice):
    alice.call("token.rename", name="desk")
    alice.call("settings.set", long_press_ms=2000, inter_key_ms=100)
    assert refusal(alice, "store.reset", timeout=1)[0] == 5
    assert alice.status()["accounts"] == 1
    (gone,) = encrypted_records(alice.token.nvm.data, 1)
    assert alice.pressed("store.reset") == {}
    assert listed(alice) == []
    assert (alice.call("hello")["name"], alice.call("settings.get")["long_press_ms"]) == ("", 800)
    assert gone not in alice.token.nvm.data
    assert alice.click() == ""
    alice.add("bob", b"another secret")
    assert alice.click() == alice.code(b"another secret")  # and at the usual pace
    times = [report.ms for report in alice.token.reports]
    assert times[-1] - times[0] < 100
    alice.replug()
    assert [account["name"] for account in listed(alice)] == ["bob"]


def format_record(version):
    """The first record of a store of that version (fob/store/log.py), put together here by hand."""
    record = struct.pack("<BH", 1, 14) + b"ticktap" + struct.pack("<BIH", version, 1, 1)
    return record + struct.pack("<I", binascii.crc32(b"\0\0" + record))


def test_the_format_record_is_as_it_was(alice):
    assert alice.token.nvm.data.startswith(format_record(3))


@pytest.mark.parametrize(
    ("bytes_", "state"),
    [
        (b"another program's settings " * 8, "foreign"),
        (b"\0" * 4096, "foreign"),
        (b"\x01" + b"\0" * 99, "foreign"),
        (format_record(2), "foreign"),
        (format_record(4), "newer"),
    ],
    ids=["text", "zeros", "noise", "older", "newer"],
)
def test_another_programs_bytes(make_desk, bytes_, state):
    desk = make_desk(plugged=False)
    desk.token.nvm.data[: len(bytes_)] = bytes_
    before = bytes(desk.token.nvm.data)
    desk.plug()
    assert desk.status()["store"]["state"] == state
    for method, params in {
        "account.add": {"name": "x", "secret": base64.b64encode(SECRET).decode()},
        "token.rename": {"name": "x"},
        "settings.set": {"inter_key_ms": 1},
    }.items():
        assert refusal(desk, method, **params) == (3, state)
    start = desk.token.ms
    desk.token.advance(3100)
    assert [on for on, _ in desk.lit_spells(start)].count(60) == 4
    assert bytes(desk.token.nvm.data) == before
    number = desk.send("store.compact")
    desk.token.advance(SHOWN_MS)
    desk.token.press_later(20)
    with pytest.raises(RpcFailure) as refused:
        desk.result(number)
    assert refused.value.code == 3
    assert desk.pressed("store.reset") == {}
    desk.add()
    assert desk.click() == desk.code()
    desk.replug()
    assert desk.status()["store"]["state"] == "ok"


@pytest.mark.parametrize(
    "parts", [{}, {"oled": (128, 32), "settings": {"TICKTAP_SCREEN": "128x32"}}], ids=["plain", "screen"]
)
def test_a_damaged_key_is_said_and_is_no_fault(make_desk, parts):
    desk = make_desk(**parts)
    desk.add()
    desk.token.unplug()
    keys = [at for at, kind, _, _ in records_in(bytes(desk.token.nvm.data)) if kind == WRAPPED_KEY]
    assert len(keys) == 2  # kept twice: damage to one costs nothing
    for at in keys:
        desk.token.nvm.data[at + 20] ^= 1
    desk.plug()
    desk.token.advance(3000)
    assert desk.click() == ""
    desk.token.press(ms=900)  # chooses an account
    desk.token.advance(200)
    desk.token.press(ms=900)
    desk.token.advance(200)
    assert refusal(desk, "account.list") == (3, "no-key")
    number = desk.send("code.type", id=1)
    desk.token.advance(SHOWN_MS)
    desk.token.press_later(20)
    with pytest.raises(RpcFailure) as refused:
        desk.result(number)
    assert (refused.value.code, refused.value.data) == (3, "no-key")
    status = desk.status()
    assert (status["store"]["state"], status["last"], status["faults"]) == ("no-key", "store", 0)
    assert desk.pressed("store.reset") == {}
    desk.add()
    assert desk.click() == desk.code()


@pytest.mark.parametrize("operation", range(2))
@pytest.mark.parametrize("fraction", [0.2, 0.9])
def test_power_that_goes_while_an_account_is_added(alice, operation, fraction):
    alice.token.nvm.cut_at(operation, fraction)
    secret = base64.b64encode(bytes(128)).decode()
    alice.in_session("account.add", name="bob", secret=secret, issuer="x" * 64)
    alice.token.advance(500)
    assert not alice.token.plugged
    alice.plug()
    assert [account["name"] for account in listed(alice)] == ["alice"]
    assert alice.click() == alice.code()
    assert alice.add("carol") in (2, 3)
    alice.replug()
    assert listed(alice)[-1]["name"] == "carol"


def test_normal_use_writes_nothing(alice):
    alice.click()
    before = alice.token.nvm.operations
    for _ in range(3):
        assert alice.click() == alice.code()
        alice.status()
        alice.token.advance(2000)
    alice.replug()
    assert alice.token.nvm.operations == before
