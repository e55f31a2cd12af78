"""Every method of docs/protocol.md, as its reader would use it."""

import base64
import json

import pytest

from support.virtual_desk import SECRET, SHOWN_MS, RpcFailure, hotp, steam

BASE64 = base64.b64encode(SECRET).decode()
DEFAULTS = {
    "digits": "auto",
    "layout": "us",
    "inter_key_ms": 0,
    "start_delay_ms": 0,
    "min_remaining_s": 2,
    "debounce_ms": 30,
    "long_press_ms": 800,
    "menu_timeout_ms": 4000,
    "menu": "hold",
    "max_pin_failures": 8,
    "sync_days": 0,
}
NO_PIN = {"set": False, "locked": False, "tries": None, "erases": True, "replug": False, "keys": False}


def names(desk):
    return [account["name"] for account in desk.call("account.list")["accounts"]]


def test_hello(desk):
    assert desk.call("hello") == {
        "protocol": 1,
        "product": "ticktap",
        "firmware": "0.1.0",
        "circuitpython": "10.0.3",
        "board": "raspberry_pi_pico",
        "serial": desk.token.serial,
        "name": "",
        "mode": "normal",
        "claimed": False,
        "locked": False,
        "limits": {"line": 1536, "reply": 4096, "text": 64, "secret": 128},
    }


def test_status(desk):
    status = desk.call("status")
    assert status.pop("free_heap") > 0
    assert status.pop("uptime") in (1, 2)
    assert status.pop("store")["state"] == "blank"
    assert status == {
        "clock": desk.call("clock.get") | {"ms": status["clock"]["ms"]},  # which has gone on meanwhile
        "accounts": 0,
        "default": None,
        "host": {"connected": True, "num_lock": True, "caps_lock": False, "digits": "keypad"},
        "access": {"claimed": False, "changes": "open"},  # the desk has pressed for that
        "pin": NO_PIN,
        "last": "none",
        "reset": "POWER_ON",
        "faults": 0,
        "fault": "",
        "fault_at": "",
        "form": "source",
    }


def test_the_store_in_status(desk):
    desk.add()
    desk.add("bob")
    desk.call("account.remove", id=1)
    store = desk.call("status")["store"]
    assert (store["state"], store["size"], store["damaged"]) == ("ok", 4032, 0)
    assert 0 < store["live"] < store["used"] < 400


def test_clock_get(desk):
    clock = desk.call("clock.get")
    least, most = clock.pop("ms")
    assert least <= desk.clock % 1 * 1000 <= most + 10
    assert clock == {
        **{"state": "ok", "unix": int(desk.clock), "temperature": 25.0, "aging": 0},
        **{"sets": 0, "moved_ms": 0, "adjustment_left_ms": 0},  # nobody has set it with a press yet
    }


def test_an_account_with_every_default(desk):
    assert desk.add() == 1
    assert desk.call("account.list") == {
        "accounts": [{"id": 1, "issuer": "", "name": "alice", "default": True}],
        "next": None,
    }


def test_an_account_with_everything(desk):
    desk.add()
    given = {
        "issuer": "Exämple",
        "name": 'al"ice\\ 🙂',
        "type": "hotp",
        "algorithm": "SHA512",
        "digits": 10,
        "counter": 2**64 - 1,
        "suffix": "tab",
    }
    assert desk.call("account.add", secret=BASE64, **given) == {"id": 2}
    listed = desk.call("account.list")["accounts"][1]
    assert listed == {**given, "id": 2, "period": 0}


def test_one_thing_that_is_not_usual_brings_all_of_its_kind(desk):
    desk.add(period=60)
    (listed,) = desk.call("account.list")["accounts"]
    kind = {"type": "totp", "algorithm": "SHA1", "digits": 6, "period": 60, "counter": 0, "suffix": "none"}
    assert listed == {"id": 1, "issuer": "", "name": "alice", "default": True, **kind}


def test_a_steam_account_has_five_letters(desk):
    desk.add(type="steam")
    listed = desk.call("account.list")["accounts"][0]
    assert (listed["type"], listed["digits"], listed["period"]) == ("steam", 5, 30)


@pytest.mark.parametrize("size", [10, 128])
def test_secrets_of_both_ends(desk, size):
    desk.add(secret=bytes(range(size)))
    assert desk.click() == desk.code(bytes(range(size)))


def test_rename_move_default_remove(desk):
    for name in ("a", "b", "c"):
        desk.add(name)
    assert desk.call("account.rename", id=2, issuer="I", name="B") == {}
    assert desk.call("account.move", id=3, position=1) == {}
    assert names(desk) == ["c", "a", "B"]
    assert desk.call("account.move", id=3, position=65535) == {}
    assert names(desk) == ["a", "B", "c"]
    assert desk.call("account.default", id=2) == {}
    assert desk.call("status")["default"] == 2
    assert desk.call("account.remove", id=2) == {}
    assert desk.call("status")["default"] == 1
    assert names(desk) == ["a", "c"]
    assert desk.call("account.set", id=3, suffix="enter") == {}
    desk.replug()
    assert names(desk) == ["a", "c"]
    assert desk.call("account.list")["accounts"][1]["suffix"] == "enter"


def test_ids_are_never_used_twice(desk):
    assert [desk.add(), desk.add()] == [1, 2]
    desk.call("account.remove", id=2)
    desk.replug()
    assert desk.add() == 3
    desk.call("account.remove", id=3)
    number = desk.send("store.compact")
    desk.token.advance(SHOWN_MS)
    desk.token.press_later(20)
    desk.result(number)
    desk.replug()
    assert desk.add() == 4


def test_code_get(alice):
    number = alice.send("code.get", id=1)
    alice.token.advance(SHOWN_MS)
    alice.token.press_later(500)
    shown = alice.result(number)
    unix = int(alice.clock)
    assert shown == {"code": alice.code(), "unix": unix, "remaining": 30 - unix % 30}
    assert alice.token.typed == ""


def test_code_get_of_the_other_kinds(desk):
    desk.add(type="hotp", counter=41)
    desk.add(type="steam")
    for counter in (41, 42):
        number = desk.send("code.get", id=1)
        desk.token.advance(SHOWN_MS)
        desk.token.press_later(20)
        assert desk.result(number) == {"code": hotp(SECRET, counter), "counter": counter}
    number = desk.send("code.get", id=2)
    desk.token.advance(SHOWN_MS)
    desk.token.press_later(20)
    assert desk.result(number)["code"] == steam(SECRET, int(desk.clock) // 30)
    assert desk.click() == hotp(SECRET, 43)


def test_code_type(alice):
    alice.add("bob", b"another secret", suffix="enter")
    number = alice.send("code.type", id=2)
    alice.token.advance(SHOWN_MS)
    alice.token.press_later(20)
    assert alice.result(number) == {"typed": True}
    assert alice.token.typed == alice.code(b"another secret") + "\n"
    assert alice.click() == alice.code()


def test_settings(desk):
    assert desk.call("settings.get") == DEFAULTS
    changed = {
        **DEFAULTS,
        "layout": "fr",
        "digits": "row",
        "min_remaining_s": 30,
        "inter_key_ms": 200,
        "menu": "off",
    }
    assert (
        desk.call("settings.set", layout="fr", digits="row", min_remaining_s=30, inter_key_ms=200, menu="off")
        == changed
    )
    desk.replug()
    assert desk.call("settings.get") == changed
    assert desk.call("settings.set") == changed


def test_the_name_of_the_token(desk):
    assert desk.call("token.rename", name="désk") == {}
    assert desk.call("hello")["name"] == "désk"
    desk.replug()
    assert desk.call("hello")["name"] == "désk"
    desk.call("token.rename", name="")
    desk.replug()
    assert desk.call("hello")["name"] == ""


def test_identify(desk):
    before = desk.token.ms
    assert desk.call("token.identify") == {}
    desk.token.advance(4000)
    spells = desk.lit_spells(before)
    assert len(spells) == 30
    assert {on for on, _ in spells} <= {40, 50, 60}


@pytest.mark.parametrize("id", [0, 7, -1, 2**63 - 1, "", "abc", "é" * 32, "x" * 64])
def test_kinds_of_id(desk, id):
    desk.raw({"jsonrpc": "2.0", "id": id, "method": "settings.get"})
    assert desk.reply() == {"jsonrpc": "2.0", "id": id, "result": DEFAULTS}


@pytest.mark.parametrize("id", [{}, {"id": None}])
def test_without_an_id_it_is_done_and_not_answered(desk, id):
    call = desk.session.seal("token.rename", name="quiet")
    request = {"jsonrpc": "2.0", "method": "session.call", "params": call, **id}
    desk.raw(request)
    desk.raw({"jsonrpc": "2.0", "method": "no.such", **id})
    assert desk.reply(1) is None
    assert desk.call("hello")["name"] == "quiet"


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        ("i" * 64, "n" * 64),
        ("é" * 32, "ü" * 32),
        ("🙂" * 16, "🙂" * 16),
        ('"' * 64, "\\" * 64),
        ('"' + "é" * 31, "ü" * 31 + '"'),
        ("", "x"),
    ],
)
def test_pages_of_accounts(desk, issuer, name):
    for _ in range(20):
        desk.add(name, secret=bytes(10), issuer=issuer, type="hotp", algorithm="SHA512", counter=2**64 - 1)
    seen, start = [], 0
    while start is not None:
        desk.raw({"jsonrpc": "2.0", "id": '"' * 64, "method": "account.list", "params": {"start": start}})
        page = desk.reply()["result"]
        assert page["accounts"]
        seen += page["accounts"]
        start = page["next"]
    assert [account["id"] for account in seen] == list(range(1, 21))
    assert {(account["issuer"], account["name"]) for account in seen} == {(issuer, name)}
    assert max(len(line) + 1 for line in desk.replies) <= 4096
    assert desk.call("account.list", start=20) == {"accounts": [], "next": None}
    assert desk.call("account.list", start=65535) == {"accounts": [], "next": None}


def test_replies_are_one_line_of_utf8_json(desk):
    desk.call("token.rename", name="日本")
    desk.call("hello")
    for line in desk.replies:
        assert isinstance(json.loads(line.decode("utf-8")), dict)


def test_the_token_never_speaks_first(alice):
    alice.token.press()
    alice.token.advance(5000)
    assert alice.line(1) == b""


def test_a_failed_addition_changes_nothing(desk):
    with pytest.raises(RpcFailure):
        desk.add(digits=11)
    assert desk.call("account.list") == {"accounts": [], "next": None}
    assert desk.call("status")["store"]["used"] == 0
