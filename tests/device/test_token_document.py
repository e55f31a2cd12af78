"""docs/protocol.md and the token say the same: methods, parameters, errors, settings, keys of replies."""

import base64

import pytest

from fob.rpc import errors
from fob.rpc.dispatch import NOUNS, methods_of
from fob.store.settings import TABLE
from support import protocol_document

KEY = base64.b64encode(bytes(range(64))).decode()
SALT = base64.b64encode(bytes(range(16))).decode()
METHODS = {
    name: method for noun in NOUNS for name, method in methods_of(noun).items() if name.split(".")[0] == noun
}


def test_every_method_is_documented_and_every_documented_one_is_there():
    assert sorted(protocol_document.methods()) == sorted(METHODS)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_its_parameters_too(method):
    documented, taken = protocol_document.methods()[method], METHODS[method][1]
    if taken is None:  # settings.set takes any setting
        assert (method, documented) == ("settings.set", set())
    else:
        assert documented == set(taken)


def test_every_method_is_in_the_table_of_who_may_do_what_once():
    named = [name for names, _, _ in protocol_document.who() for name in names]
    assert set(named) == set(METHODS)
    assert [name for name in set(named) if named.count(name) > 1] == ["pin.set"]  # the first, and another


def test_every_error_is_documented_by_its_code_and_name():
    known = {
        pair[0]: name.lower().replace("_", "-")
        for name, pair in vars(errors).items()
        if isinstance(pair, tuple) and name.isupper()
    }
    assert protocol_document.errors() == known


def test_every_setting_is_documented():
    assert protocol_document.settings() == [name for _, name, _, _ in TABLE]


def shape_of(value):
    return {key: shape_of(each) for key, each in value.items()} if isinstance(value, dict) else None


def test_hello_has_the_documented_keys(desk):
    assert shape_of(desk.call("hello")) == protocol_document.shape("`hello` →")


def test_status_has_the_documented_keys(alice):
    told = alice.call("status")
    clock, pin = told.pop("clock"), told.pop("pin")
    documented = protocol_document.shape("`status` →")
    assert (documented.pop("clock"), documented.pop("pin")) == (None, None)
    assert shape_of(told) == documented
    assert shape_of(clock) == shape_of(alice.call("clock.get")) == protocol_document.shape("CLOCK = `")
    assert shape_of(pin) == protocol_document.shape("PIN = `")


def test_pin_info_has_the_documented_keys(desk):
    assert shape_of(desk.call("pin.info")) == protocol_document.shape("PIN = `")


def test_pin_info_has_more_with_a_pin(make_desk):
    desk = make_desk(store_file=True)
    desk.pressed("pin.set", key=KEY, salt=SALT, memory=65536, passes=3, lanes=4)
    more = protocol_document.shape("if one is set, `")
    assert list(more) == ["salt", "memory", "passes", "lanes"]
    assert shape_of(desk.call("pin.info")) == {**protocol_document.shape("PIN = `"), **more}


def test_accounts_have_the_documented_keys(alice):
    assert shape_of(alice.call("account.list")) == protocol_document.shape('`account.list {"start": 0}` → `')
    documented = protocol_document.shape("ACCOUNT = ")
    usual = {name: documented[name] for name in ("id", "issuer", "name", "default")}
    assert shape_of(alice.call("account.list")["accounts"][0]) == usual
    alice.call("account.set", id=1, suffix="tab")
    assert shape_of(alice.call("account.list")["accounts"][0]) == documented


def test_a_proved_account_has_the_documented_keys(desk):
    secret = base64.b64encode(bytes(20)).decode()
    told = desk.pressed("account.add", name="a", secret=secret, prove=True)
    assert sorted(told) == ["code", "id", "remaining", "unix"]
    told = desk.pressed("account.add", name="b", secret=secret, prove=True, type="hotp")
    assert sorted(told) == ["code", "counter", "id"]
