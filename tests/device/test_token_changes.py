"""A token without an owner: a press before changes, what it allows and for how long; adding with proof."""

import base64

import pytest

from support.virtual_desk import SECRET, SHOWN_MS, RpcFailure, hotp, steam

SECRET64 = base64.b64encode(SECRET).decode()
KEY = "A" * 43 + "="  # of a session
ADD = {"name": "alice", "secret": SECRET64}
CHANGES = {
    "account.add": ADD,
    "account.rename": {"id": 1, "issuer": "", "name": "x"},
    "account.set": {"id": 1, "suffix": "tab"},
    "account.move": {"id": 1, "position": 2},
    "account.default": {"id": 1},
    "settings.set": {"inter_key_ms": 5},
    "token.rename": {"name": "x"},
}


def refused(desk, method, **params):
    with pytest.raises(RpcFailure) as failure:
        desk.call(method, **params)
    return failure.value.code


def listed(desk):
    return desk.call("account.list")["accounts"]


@pytest.fixture
def stranger(desk):
    """A token with one account; the port was opened anew, and nobody has pressed."""
    desk.add()
    desk.close()
    desk.open()
    assert desk.status()["access"] == {"claimed": False, "changes": "press"}
    return desk


@pytest.mark.parametrize("method", CHANGES)
def test_every_change_is_refused_before_a_press(stranger, method):
    before = listed(stranger), stranger.call("settings.get"), stranger.token.nvm.operations
    assert refused(stranger, method, **CHANGES[method]) == 12
    assert (listed(stranger), stranger.call("settings.get"), stranger.token.nvm.operations) == before
    assert stranger.call("hello")["name"] == ""
    assert stranger.pressed("session.allow") == {}
    assert isinstance(stranger.call(method, **CHANGES[method]), dict)


def test_a_press_for_something_else_allows_nothing(stranger):
    stranger.to_second(1)
    assert stranger.click() == stranger.code()
    assert stranger.pressed("code.get", id=1)["code"] == stranger.code()
    assert stranger.pressed("clock.allow") == {}
    assert stranger.pressed("store.compact") == {}
    stranger.session = None
    assert refused(stranger, "account.add", **ADD) == 12


def test_no_press_no_leave(stranger):
    assert refused(stranger, "session.allow", key=KEY, timeout=1) == 5
    assert refused(stranger, "account.add", **ADD) == 12
    number = stranger.send("session.allow", key=KEY)
    stranger.token.advance(SHOWN_MS)
    stranger.token.advance(30)
    stranger.token.press(1, 1000)  # a hold refuses it
    assert stranger.reply()["error"]["code"] == 6
    assert number
    assert refused(stranger, "account.add", **ADD) == 12


@pytest.mark.parametrize("how", ["close", "replug", "host"])
def test_leave_ends_with_the_connection(stranger, how):
    stranger.pressed("session.allow")
    assert stranger.status()["access"]["changes"] == "open"
    if how == "close":
        stranger.close()
    elif how == "replug":
        stranger.token.unplug()
        stranger.token.plug()
    else:
        stranger.token.host.connected = False
        stranger.token.advance(500)
        stranger.token.host.connected = True
        stranger.token.advance(500)
    stranger.open()
    assert refused(stranger, "account.add", **ADD) == 12


def test_leave_ends_a_minute_after_the_last_change(stranger):
    stranger.pressed("session.allow")
    mine = stranger.add("mine")
    stranger.token.advance(20_000)
    stranger.call("account.default", id=1)
    stranger.token.advance(59_000)
    assert stranger.status()["access"]["changes"] == "open"  # to ask is no change
    stranger.token.advance(1500)
    assert refused(stranger, "account.default", id=1) == 12
    assert refused(stranger, "account.remove", id=mine, timeout=1) == 5  # what was added here needs a press


def test_the_press_that_was_parked_is_for_who_asked(stranger):
    """The port is closed before the press: it allows nothing to the next one who opens it."""
    stranger.send("session.allow", key=KEY)
    stranger.token.advance(SHOWN_MS)
    stranger.token.advance(30)
    stranger.close()
    stranger.open()
    stranger.token.press()
    stranger.token.advance(300)
    assert refused(stranger, "account.add", **ADD) == 12


# --- adding with proof


def test_nothing_is_written_before_the_press(stranger):
    before = bytes(stranger.token.flash.data)
    number = stranger.send("account.add", **ADD, prove=True)
    stranger.token.advance(SHOWN_MS)
    stranger.token.advance(500)
    assert stranger.status()["accounts"] == 1
    assert bytes(stranger.token.flash.data) == before
    stranger.to_second(3)
    stranger.token.press()
    told = stranger.result(number)
    unix = int(stranger.clock)
    assert told == {"id": 2, "code": stranger.code(), "unix": unix, "remaining": 30 - unix % 30}
    assert stranger.token.typed == ""
    assert [account["id"] for account in listed(stranger)] == [1, 2]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"type": "hotp", "counter": 41}, {"code": hotp(SECRET, 41), "counter": 41}),
        ({"type": "hotp", "digits": 8}, {"code": hotp(SECRET, 0, digits=8), "counter": 0}),
    ],
)
def test_the_first_code_of_a_counter_is_spent(stranger, more, expected):
    told = stranger.pressed("account.add", **ADD, prove=True, **more)
    assert told == {"id": 2, **expected}
    assert listed(stranger)[1]["counter"] == more.get("counter", 0) + 1
    stranger.call("account.default", id=2)
    assert stranger.click() == hotp(SECRET, more.get("counter", 0) + 1, digits=more.get("digits", 6))


def test_the_first_code_of_the_other_kinds(stranger):
    stranger.to_second(1)
    told = stranger.pressed("account.add", **ADD, prove=True, type="steam")
    assert told["code"] == steam(SECRET, int(stranger.clock) // 30)
    told = stranger.pressed("account.add", **ADD, prove=True, algorithm="SHA512", digits=8, period=60)
    assert told["code"] == stranger.code(period=60, algorithm="SHA512", digits=8)


def test_its_press_allows_other_changes_too(stranger):
    stranger.pressed("account.add", **ADD, prove=True)
    assert stranger.status()["access"]["changes"] == "open"
    assert stranger.call("account.add", **ADD) == {"id": 3}


def test_without_the_press_nothing_is_there(stranger):
    before = bytes(stranger.token.flash.data)
    assert refused(stranger, "account.add", **ADD, prove=True, timeout=1) == 5
    stranger.send("account.add", **ADD, prove=True)
    stranger.token.advance(SHOWN_MS)
    stranger.token.press_later(30, 1000)
    assert stranger.reply()["error"]["code"] == 6  # a hold
    stranger.send("account.add", **ADD, prove=True)
    stranger.token.advance(SHOWN_MS)
    stranger.token.advance(30)
    stranger.close()
    stranger.token.press()
    stranger.token.advance(300)
    stranger.open()
    assert stranger.status()["accounts"] == 1
    assert bytes(stranger.token.flash.data) == before


def test_wrong_parameters_do_not_wait_for_a_press(stranger):
    assert refused(stranger, "account.add", **ADD, prove=True, digits=4) == -32602
    assert refused(stranger, "account.add", **ADD, prove=1) == -32602


def test_a_clock_that_is_not_to_be_trusted_leaves_nothing_behind(stranger):
    before = bytes(stranger.token.flash.data)
    stranger.token.rtc.osf = True
    number = stranger.send("account.add", **ADD, prove=True)
    stranger.token.advance(SHOWN_MS)
    stranger.token.press_later(30)
    reply = stranger.reply()
    assert (reply["id"], reply["error"]["code"], reply["error"]["data"]) == (number, 4, "stopped")
    assert bytes(stranger.token.flash.data) == before
    told = stranger.pressed("account.add", **ADD, prove=True, type="hotp")  # needs no clock
    assert told["code"] == hotp(SECRET, 0)


def test_a_clock_that_is_lost_while_the_account_is_written(stranger):
    """It is taken off again, and its id is not used a second time."""
    write, token = stranger.token.nvm.write, stranger.token

    def lost(start, values, spend):
        write(start, values, spend)
        token.rtc.present = False

    token.nvm.write = lost
    number = stranger.send("account.add", **ADD, prove=True)
    token.advance(SHOWN_MS)
    token.press_later(30)
    reply = stranger.reply()
    assert (reply["id"], reply["error"]["code"], reply["error"]["data"]) == (number, 4, "bus")
    token.nvm.write, token.rtc.present = write, True
    token.advance(2000)
    assert [account["id"] for account in listed(stranger)] == [1]
    assert stranger.pressed("account.add", **ADD, prove=True)["id"] == 3
    stranger.replug()
    assert [account["id"] for account in listed(stranger)] == [1, 3]


def test_unplugged_around_the_press(stranger):
    """Whoever saw the code has the account; nobody has half of one."""
    there = 1
    for ms in range(0, 140, 4):
        stranger.send("account.add", **ADD, prove=True)
        stranger.token.advance(SHOWN_MS)
        stranger.token.press_later(20)
        stranger.token.advance(20 + ms)
        answered = bool(stranger.line(0))
        stranger.token.unplug()
        stranger.token.plug()
        stranger.open()
        now = stranger.status()["accounts"]
        assert now == there + 1 if answered else now in (there, there + 1)
        there = now
    assert there > 3
    ids = [account["id"] for account in listed(stranger)]
    assert ids == sorted(set(ids))
    assert {account["name"] for account in listed(stranger)} == {"alice"}
    assert stranger.status()["faults"] == 0


# --- removing


def test_what_was_added_on_this_connection_is_removed_without_a_press(desk):
    mine = desk.add("mine")
    assert desk.call("account.remove", id=mine) == {}
    mine = desk.pressed("account.add", **ADD, prove=True)["id"]
    assert desk.call("account.remove", id=mine) == {}
    assert listed(desk) == []


@pytest.mark.parametrize("how", ["close", "replug"])
def test_any_other_needs_one(desk, how):
    id = desk.add()
    if how == "close":
        desk.close()
        desk.connect()
    else:
        desk.replug()
    assert desk.status()["access"]["changes"] == "open"
    assert refused(desk, "account.remove", id=id, timeout=1) == 5
    assert len(listed(desk)) == 1
    assert desk.pressed("account.remove", id=id) == {}
    assert listed(desk) == []


def test_a_removal_that_waits_is_of_the_account_that_was_named(desk):
    for name in ("a", "b", "c"):
        desk.add(name)
    desk.close()
    desk.connect()
    number = desk.send("account.remove", id=2)
    desk.token.advance(SHOWN_MS)
    desk.token.advance(30)
    desk.call("account.move", id=3, position=1)
    desk.call("account.rename", id=2, issuer="", name="still b")
    desk.token.press()
    assert desk.result(number) == {}
    assert [account["name"] for account in listed(desk)] == ["c", "a"]
