"""The owner's session under attack: lines replayed, reordered, changed; a second client; its end."""

import json

import pytest

from support.owner_desk import OWNER_KEY, Owner, base64_of, claim
from support.pin_desk import locked, names, two_accounts, unlock
from support.virtual_desk import SHOWN_MS, RpcFailure


def refused(act, *args, **params):
    with pytest.raises(RpcFailure) as failure:
        act(*args, **params)
    return failure.value.code


@pytest.fixture
def owned(make_desk):
    """A claimed token with two accounts; the port was opened anew."""
    desk = make_desk()
    desk.add()
    desk.add("bob", b"another secret")
    claim(desk)
    desk.close()
    desk.open()
    return desk


def changed(params, **more):
    return {**params, **more}


def test_replayed_reordered_and_tampered_lines_do_nothing(owned):
    owner = Owner(owned)
    first, second = owner.seal("token.rename", name="one"), owner.seal("token.rename", name="two")
    assert refused(owned.call, "session.call", **second) == 11  # before the first
    assert owned.call("session.call", **first) == {}
    assert refused(owned.call, "session.call", **first) == 11  # again
    text = second["call"].replace("two", "bad")
    for line in (
        changed(second, call=text),
        changed(second, call=second["call"] + " "),
        changed(second, seq=3),
        changed(second, mac=first["mac"]),
        changed(second, mac=base64_of(bytes(16))),
        changed(first, seq=2),
    ):
        assert refused(owned.call, "session.call", **line) == 11
    assert owned.call("hello")["name"] == "one"
    assert owned.call("session.call", **second) == {}  # none of that disturbed it
    assert owned.call("hello")["name"] == "two"


def test_a_second_client_on_the_port(owned):
    """Two programs write to one port: the one without the key reads the public and disturbs nothing."""
    owner = Owner(owned)
    assert owner.call("token.rename", name="one") == {}
    assert refused(owned.call, "account.list") == 11
    assert refused(owned.call, "token.rename", name="bad") == 11
    owned.call("session.open", nonce=base64_of(bytes(16)))
    assert refused(owned.call, "session.prove", mac=base64_of(bytes(32))) == 11
    assert owner.call("token.rename", name="two") == {}
    number = owner.send("account.remove", id=1)
    owned.token.advance(SHOWN_MS)
    owned.token.advance(20)
    assert refused(owned.call, "code.get", id=1) == 7
    owned.token.press()
    assert owned.result(number) == {}
    assert owned.call("hello")["name"] == "two"


def test_what_the_owners_press_allowed_for_the_clock_is_the_owners(owned):
    owner = Owner(owned)
    assert owner.pressed("clock.allow") == {}
    before = owned.clock
    for unix in (int(owned.clock), 2_000_000_000):
        assert refused(owned.call, "clock.set", unix=unix) == 11
    assert owned.clock - before < 1
    assert owner.call("clock.set", unix=2_000_000_000)["unix"] == 2_000_000_000


def test_a_recorded_session_opens_nothing_later(owned):
    owner = Owner(owned)
    recorded = owner.seal("token.rename", name="bad")
    owned.close()
    owned.open()
    assert refused(owned.call, "session.call", **recorded) == 11
    owned.call("session.open", nonce=base64_of(bytes(range(16))))  # the same nonce again
    assert refused(owned.call, "session.prove", mac=base64_of(owner.proofs.host)) == 11
    assert refused(owned.call, "session.call", **recorded) == 11
    assert owned.call("hello")["name"] == ""


@pytest.mark.parametrize("how", ["port", "close", "replug"])
def test_the_end_of_a_session(owned, how):
    owner = Owner(owned)
    assert len(owner.call("account.list")["accounts"]) == 2
    if how == "close":
        assert owned.call("session.close") == {}
    elif how == "replug":
        owned.replug()
    else:
        owned.close()
        owned.open()
    assert refused(owner.call, "account.list") == 11


def test_a_suspended_port_does_not_end_a_session(owned):
    """The computer suspended it, and the program still has it open (decision 20)."""
    owner = Owner(owned)
    owned.token.host.suspended = True
    owned.token.advance(100)
    owned.token.host.suspended = False
    owned.token.advance(100)
    assert len(owner.call("account.list")["accounts"]) == 2


def test_a_session_ends_after_ten_minutes_of_nothing(owned):
    owner = Owner(owned)
    for _ in range(2):
        owned.token.advance(300_500)
        assert owned.status()["accounts"] == 2  # that is no call of it
    assert refused(owner.call, "account.list") == 11


def test_closing_ends_what_a_press_allowed(make_desk):
    """For a program that goes: the next one may have the port before the token sees it closed."""
    desk = make_desk()
    desk.add()
    assert desk.call("account.rename", id=1, issuer="", name="ann") == {}
    assert desk.call("session.close") == {}
    assert refused(desk.call, "account.rename", id=1, issuer="", name="bob") == 12


def test_closing_ends_what_a_pin_showed(make_desk):
    desk = two_accounts(make_desk(store_file=True))
    locked(desk)
    claim(desk)
    unlock(desk)
    assert names(desk) == ["alice", "counted"]
    assert desk.call("session.close") == {}
    assert refused(desk.call, "account.list") == 11


def test_another_proof_begins_another_session(owned):
    first = Owner(owned)
    line = first.seal("token.rename", name="bad")
    second = Owner(owned, nonce=bytes(16))
    assert refused(owned.call, "session.call", **line) == 11
    assert second.call("token.rename", name="good") == {}


def test_a_press_that_was_waited_for_when_the_session_ended(owned):
    number = Owner(owned).send("account.remove", id=1)
    owned.token.advance(SHOWN_MS)
    owned.token.advance(20)
    owned.close()
    owned.open()
    owned.token.press()
    owned.token.advance(300)
    assert owned.status()["accounts"] == 2
    assert number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no json", -32700),
        ("[]", -32600),
        ("17", -32700),
        ("{}", -32600),
        ('{"method": 7}', -32600),
        ('{"method": "hello", "params": []}', -32600),
        ('{"method": "no.such"}', -32601),
        ('{"method": "hello", "params": {"x": 1}}', -32602),
        ('{"method": "session.call", "params": {}}', -32600),
        ('{"method": "code.get", "params": {"id": 9}}', 1),
    ],
)
def test_calls_that_are_no_requests(owned, text, code):
    owner = Owner(owned)
    mac = base64_of(owner.proofs.call(1, text))
    assert refused(owned.call, "session.call", seq=1, call=text, mac=mac) == code
    owner.sequence = 1
    assert owner.call("hello")["claimed"] is True
    assert owned.status()["faults"] == 0


def test_the_longest_call(owned):
    owner = Owner(owned)
    secret = base64_of(bytes(range(128)))
    line = owner.seal("account.add", name="n" * 64, issuer="i" * 64, secret=secret, algorithm="SHA512")
    assert len(json.dumps(line)) < 1400
    assert owned.call("session.call", **line) == {"id": 3}


def test_the_owners_key_never_comes_back(owned):
    owner = Owner(owned)
    for method in ("hello", "account.list", "settings.get", "pin.info", "clock.get"):
        owner.call(method)
    said = b"".join(owned.replies)
    assert base64_of(OWNER_KEY)[:20].encode() not in said
    assert OWNER_KEY.hex().encode() not in said.lower()
