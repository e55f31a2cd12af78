"""A token with an owner: who may do what on every method, and sessions with somebody in between."""

import base64

import pytest

from support.owner_desk import OWNER_KEY, SALT, Owner, base64_of, claim
from support.pin_desk import DERIVED, OTHER, RIGHT, key, set_pin, unlock
from support.protocol_document import methods, who
from support.record_scan import records_in
from support.virtual_desk import SECRET, Desk, RpcFailure
from ticktap.simulator import VirtualToken

SECRET64 = base64.b64encode(SECRET).decode()
# Parameters with which a method does what it is for, as far as that is allowed.
GOOD = {
    "hello": {},
    "status": {},
    "clock.get": {},
    "clock.set": {"unix": 2_000_000_000},
    "clock.allow": {},
    "clock.trim": {"aging": 5},
    "clock.note": {"note": "- 0 - 250 3000 93 0"},
    "clock.noted": {},
    "account.list": {},
    "account.add": {"name": "mallory", "secret": SECRET64},
    "account.rename": {"id": 1, "issuer": "", "name": "mallory"},
    "account.set": {"id": 1, "suffix": "tab"},
    "account.move": {"id": 2, "position": 1},
    "account.default": {"id": 2},
    "account.remove": {"id": 1},
    "code.get": {"id": 1},
    "code.type": {"id": 1},
    "press.cancel": {},
    "settings.get": {},
    "settings.set": {"inter_key_ms": 9},
    "token.rename": {"name": "mallory"},
    "token.identify": {},
    "token.claim": {"key": base64_of(bytes(32)), "salt": base64_of(bytes(16))},
    "token.release": {},
    "store.compact": {},
    "store.reset": {},
    "session.allow": {"key": base64_of(bytes(32))},
    "session.open": {"nonce": base64_of(bytes(16))},
    "session.prove": {"mac": base64_of(bytes(32))},
    "session.call": {"seq": 1, "call": '{"method":"account.list"}', "mac": base64_of(bytes(16))},
    "session.close": {},
    "pin.info": {},
    "pin.unlock": {"key": key(RIGHT)},
    "pin.lock": {},
    "pin.set": {"key": key(OTHER), **DERIVED},
    "pin.remove": {"old": key(RIGHT)},
    "pin.keys": {"digits": "1234"},
}
CLAIM = {"key": base64_of(OWNER_KEY), "salt": base64_of(SALT)}
WAITS = "waits for a press"


def waiting(desk, method, params=None):
    """Whether the call waits for a press; it is then cancelled."""
    number = desk.send(method, **(GOOD[method] if params is None else params))
    reply = desk.reply(0.3)
    if reply is not None:
        assert reply["id"] == number
        return reply["error"]["code"] if "error" in reply else reply["result"]
    desk.send("press.cancel")
    answers = [desk.reply(), desk.reply()]
    assert {"cancelled": True} in [answer.get("result") for answer in answers]
    assert 6 in [answer.get("error", {}).get("code") for answer in answers]
    return WAITS


def refused(act, *args, **params):
    with pytest.raises(RpcFailure) as failure:
        act(*args, **params)
    return failure.value.code


@pytest.fixture
def owned(make_desk):
    """A claimed token with two accounts; the port was opened anew."""
    desk = make_desk(store_file=True)
    desk.add()
    desk.add("bob", b"another secret")
    claim(desk)
    desk.close()
    desk.open()
    return desk


# --- the table of docs/protocol.md, row by row


def test_every_method_is_tried():
    assert set(GOOD) == set(methods())


@pytest.fixture(scope="module")
def tokens(drive):
    """One token without an owner and one with, for the whole table: nothing in it may leave a trace."""
    with VirtualToken(drive) as free, VirtualToken(drive) as claimed:
        desks = {}
        for name, token in (("free", free), ("claimed", claimed)):
            token.advance(1000)
            desk = Desk(token)
            desk.add()
            desk.add("bob", b"another secret")
            if name == "claimed":
                claim(desk)
            desks[name] = desk
        yield desks


def stranger(tokens, which):
    desk = tokens[which]
    desk.close()
    desk.open()
    return desk


ROWS = [(name, free, claimed) for names, free, claimed in who() for name in names]
TO_A_STRANGER = {
    # what the cell of a token without an owner says -> what a stranger's call comes to
    "anyone": None,
    "a press": WAITS,
    "after `clock.allow`": 13,
    "`session.allow`, or with `prove` its press": 12,
    "the old PIN and a press": None,
}
TO_A_STRANGER_CLAIMED = {
    "anyone": None,
    "the owner, or a connection that unlocked the PIN": 11,
    "a press": WAITS,
    "the owner": 11,
    "the owner and a press": 11,
    "the owner, after `clock.allow`": 11,
    "refused": 19,
    "the old PIN and a press": None,
}
# Anyone may call these, and they have their own reasons to refuse.
OTHERWISE = {
    ("free", "clock.set"): 13,
    ("free", "pin.unlock"): 19,
    ("free", "pin.lock"): 19,
    ("free", "pin.remove"): 19,
    ("free", "pin.keys"): 19,
    ("free", "token.release"): 19,
    ("free", "session.prove"): 11,
    ("free", "session.allow"): WAITS,
    ("claimed", "clock.set"): 13,
    ("claimed", "pin.unlock"): 19,
    ("claimed", "pin.lock"): 19,
    ("claimed", "session.prove"): 11,
    ("claimed", "session.call"): 11,
    ("claimed", "session.allow"): 11,
}


@pytest.mark.parametrize(("method", "free", "claimed"), ROWS)
def test_what_a_stranger_may_do(tokens, method, free, claimed):
    for which, cell, table in (
        ("free", free, TO_A_STRANGER),
        ("claimed", claimed, TO_A_STRANGER_CLAIMED),
    ):
        if cell == "the old PIN and a press":
            continue  # there is none here: test_a_pin_is_changed_by_whoever_knows_it
        desk = stranger(tokens, which)
        expected = OTHERWISE.get((which, method), table[cell])
        got = waiting(desk, method)
        if expected is None:
            assert isinstance(got, dict), (which, got)
        else:
            assert got == expected, which


def test_none_of_that_left_a_trace(tokens):
    for which in ("free", "claimed"):
        desk = stranger(tokens, which)
        caller = Owner(desk) if which == "claimed" else desk
        accounts = caller.call("account.list")["accounts"]
        assert [(each["id"], each["name"], "suffix" in each, "default" in each) for each in accounts] == [
            (1, "alice", False, True),
            (2, "bob", False, False),
        ]
        told = desk.call("hello")
        assert (told["name"], told["claimed"], told["locked"]) == ("", which == "claimed", False)
        assert caller.call("settings.get")["inter_key_ms"] == 0
        told = desk.call("clock.get")
        assert (told["sets"], told["aging"]) == (0, 0)
        assert desk.status()["faults"] == 0


CHANGES = {"account.add", "account.rename", "account.set", "account.move", "account.default"} | {
    *("settings.set", "token.rename"),
}
SESSIONS = {"session.allow", "session.open", "session.prove", "session.call"}


@pytest.mark.parametrize("method", sorted(set(GOOD) - CHANGES - SESSIONS - {"token.claim"}))
def test_what_the_owner_may_do(tokens, method):
    """All of it (changes: below); what the table gives only after a press waits for one."""
    claimed = {name: cell for name, _, cell in ROWS}
    desk = stranger(tokens, "claimed")
    owner = Owner(desk)
    got = waiting(desk, "session.call", owner.seal(method, **GOOD[method]))
    if method in ("clock.set", "clock.trim"):
        assert got == 13
    elif method in ("pin.unlock", "pin.lock", "pin.remove", "pin.keys"):
        assert got == 19  # there is none
    elif "press" in claimed[method] or method == "pin.set":
        assert got == WAITS
    else:
        assert isinstance(got, dict)


def test_the_owner_changes_things(owned):
    owner = Owner(owned)
    assert owner.call("account.add", name="carol", secret=SECRET64) == {"id": 3}
    assert owner.call("account.rename", id=1, issuer="I", name="älice") == {}
    assert owner.call("account.set", id=1, suffix="tab") == {}
    assert owner.call("account.move", id=3, position=1) == {}
    assert owner.call("account.default", id=1) == {}
    assert owner.call("settings.set", inter_key_ms=3)["inter_key_ms"] == 3
    assert owner.call("token.rename", name="desk") == {}
    assert owner.pressed("account.remove", id=2) == {}
    assert owner.call("account.remove", id=3) == {}  # added on this connection
    assert owner.pressed("store.compact") == {}
    assert owner.pressed("clock.allow") == {}
    assert owner.call("clock.set", unix=2_000_000_000)["unix"] == 2_000_000_000
    assert refused(owned.call, "clock.trim", aging=7) == 11  # the press was for the owner's session
    assert owner.call("clock.trim", aging=7)["aging"] == 7
    owned.replug()
    owner = Owner(owned)
    accounts = owner.call("account.list")["accounts"]
    assert [(each["issuer"], each["name"], each["suffix"]) for each in accounts] == [("I", "älice", "tab")]


def test_the_owner_adds_with_proof(owned):
    owner = Owner(owned)
    told = owner.pressed("account.add", name="carol", secret=SECRET64, prove=True)
    assert (told["id"], told["code"]) == (3, owned.code())
    assert refused(owned.call, "account.rename", id=3, issuer="", name="x") == 11  # only in the session


# --- claim and release


def test_claiming_needs_a_press(desk):
    assert refused(desk.call, "token.claim", **CLAIM, timeout=1) == 5
    assert desk.call("hello")["claimed"] is False
    assert desk.pressed("token.claim", **CLAIM) == {}
    assert desk.call("hello")["claimed"] is True
    assert desk.status()["access"] == {"claimed": True, "changes": "owner"}
    assert refused(desk.call, "account.add", name="x", secret=SECRET64) == 11  # the desk's own press is over
    desk.replug()
    assert desk.status()["access"] == {"claimed": True, "changes": "owner"}


def test_no_second_owner(owned):
    assert refused(owned.call, "token.claim", **GOOD["token.claim"]) == 19
    owner = Owner(owned)
    assert refused(owner.call, "token.claim", **GOOD["token.claim"]) == 19


def test_two_who_claim_at_once(desk):
    """The first one's press decides; the other's request never waits beside it."""
    number = desk.send("token.claim", **CLAIM)
    desk.token.advance(20)
    assert refused(desk.call, "token.claim", **GOOD["token.claim"]) == 7
    desk.press("token.claim")
    assert desk.result(number) == {}
    Owner(desk)


def test_releasing_needs_the_owner_and_a_press(owned):
    assert refused(owned.call, "token.release") == 11
    owner = Owner(owned)
    assert refused(owner.call, "token.release", timeout=1) == 5
    assert owned.call("hello")["claimed"] is True
    assert owner.pressed("token.release") == {}
    assert owned.status()["access"] == {"claimed": False, "changes": "press"}
    assert refused(owner.call, "account.rename", **GOOD["account.rename"]) == 12  # its session is over
    owned.replug()
    assert owned.call("hello")["claimed"] is False
    assert len(owned.call("account.list")["accounts"]) == 2
    claim(owned, bytes(32))
    Owner(owned, bytes(32))


def test_a_reset_frees_it(owned):
    assert Owner(owned).pressed("store.reset") == {}
    assert (owned.call("hello")["claimed"], owned.status()["accounts"]) == (False, 0)


def test_the_owners_key_is_sealed_on_the_flash_and_gone_after_release(owned):
    from fob.store.record_types import OWNER

    image = bytes(owned.token.nvm.data)
    kept = {bytes(body) for _, kind, body, _ in records_in(image) if kind == OWNER}
    assert len(kept) == 1
    flash = owned.token.flash.data
    assert (OWNER_KEY in flash, OWNER_KEY[:16] in flash, kept.pop() in flash) == (False, False, True)
    kept = {bytes(body) for _, kind, body, _ in records_in(image) if kind == OWNER}
    Owner(owned).pressed("token.release")
    owned.token.advance(1500)
    flash = owned.token.flash.data
    assert [body for body in kept if body in flash] == []


def test_one_damaged_record_of_the_owner_changes_nothing(owned):
    from fob.store.record_types import OWNER

    owned.token.unplug()
    places = [at for at, kind, _, _ in records_in(bytes(owned.token.nvm.data)) if kind == OWNER]
    assert len(places) == 2  # kept twice, for this
    for at in places:
        image = bytes(owned.token.nvm.data)
        owned.token.nvm.data[at + 20] ^= 1
        owned.plug()
        assert owned.call("hello")["claimed"] is True
        Owner(owned)
        owned.token.unplug()
        owned.token.nvm.data[:] = image


def test_a_record_of_the_owner_that_somebody_rewrote_frees_nothing(owned):
    """With a right check value and other bytes: not this chip's key. Nobody proves anything any more."""
    from fob.store.log import encode_record
    from fob.store.record_types import OWNER

    owned.token.unplug()
    for at, kind, body, behind in records_in(bytes(owned.token.nvm.data)):
        if kind == OWNER:
            owned.token.nvm.data[at:behind] = encode_record(at, OWNER, body[:-1] + bytes([body[-1] ^ 1]))
    owned.plug()
    assert owned.call("hello")["claimed"] is True
    assert refused(Owner, owned) == 11
    assert refused(Owner, owned, bytes(32)) == 11
    assert refused(owned.call, "account.list") == 11
    owned.to_second(1)
    assert owned.click() == owned.code()
    assert owned.status()["faults"] == 0


def test_codes_need_the_press_only(owned):
    owned.to_second(1)
    assert owned.click() == owned.code()
    assert owned.pressed("code.get", id=1)["code"] == owned.code()
    assert owned.pressed("code.type", id=1) == {"typed": True}


def test_small_corrections_of_the_clock_are_for_anyone(owned):
    owner = Owner(owned)
    owner.pressed("clock.allow")
    owner.call("clock.set", unix=int(owned.token.unix))
    owned.close()
    owned.open()
    owned.token.advance(13_000)
    assert owned.call("clock.set", unix=int(owned.token.unix))["sets"] == 2
    assert refused(owned.call, "clock.set", unix=int(owned.token.unix) + 10) == 13
    assert refused(owned.call, "clock.allow") == 11


# --- the PIN and the owner


def test_who_unlocked_it_reads_and_changes_nothing(owned):
    owner = Owner(owned)
    number = owner.send("pin.set", key=key(RIGHT), **DERIVED)
    owned.press_later("pin.set")
    owned.result(number)
    owned.replug()
    assert refused(owned.call, "account.list") == 11
    unlock(owned)
    assert len(owned.call("account.list")["accounts"]) == 2
    assert owned.call("settings.get")["inter_key_ms"] == 0
    for method in ("account.rename", "settings.set", "token.rename", "account.remove", "token.release"):
        assert refused(owned.call, method, **GOOD[method]) == 11
    owned.close()
    owned.open()
    assert refused(owned.call, "account.list") == 11  # another connection
    unlock(owned)
    owned.call("pin.lock")
    assert refused(owned.call, "account.list") == 11


def test_a_pin_is_changed_by_whoever_knows_it(owned):
    number = Owner(owned).send("pin.set", key=key(RIGHT), **DERIVED)
    owned.press_later("pin.set")
    owned.result(number)
    owned.close()
    owned.open()
    assert refused(owned.call, "pin.set", key=key(OTHER), **DERIVED) == -32602
    assert refused(owned.call, "pin.set", key=key(OTHER), **DERIVED, old=key(OTHER)) == 14
    assert waiting(owned, "pin.set", {"key": key(OTHER), **DERIVED, "old": key(RIGHT)}) == WAITS
    assert set_pin(owned, OTHER, RIGHT)["set"] is True
    assert refused(owned.call, "pin.remove", old=key(OTHER)) == 11
    assert refused(owned.call, "pin.keys", digits="1234") == 11
