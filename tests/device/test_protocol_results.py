"""Every method of the client, called on a simulated token: what it sends, and the type of what returns."""

from __future__ import annotations

import json
from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from support import firmware_protocol
from ticktap.device import pin, results
from ticktap.device.client import Client
from ticktap.device.protocol import METHODS
from ticktap.otp.account import Account

UNIX = 1_795_305_600
OWNER, KEY, OTHER_KEY = bytes(range(32)), bytes(range(64)), bytes(64)


class Recording(Client):
    """A client that keeps (method, parameters, result) of each request, and the methods of the lines sent."""

    def __init__(self, port: Any) -> None:
        super().__init__(port)
        self.exchanged: list[tuple[str, dict[str, Any], Any]] = []
        self.lines: set[str] = set()
        self.trace = self._keep

    def _keep(self, direction: str, line: bytes) -> None:
        if direction == ">":
            self.lines.add(json.loads(line)["method"])

    def _exchange(self, method, params, timeout):
        message = super()._exchange(method, params, timeout)
        self.exchanged.append((method, dict(params or {}), message.get("result")))
        return message


@pytest.fixture(scope="module")
def recorded():
    """A client after every one of its methods was called, most with every parameter."""
    from ticktap.simulator import VirtualToken

    with VirtualToken() as token:
        token.advance(1000)
        with Recording(token.open()) as client:
            converse(token, client)
        yield client


def converse(token: Any, client: Client) -> None:
    def press() -> None:
        token.press_later(1200)

    def press_twice() -> None:
        token.press_later(1200)
        token.press_later(2500)

    serial = client.hello()["serial"]
    client.status()
    press()
    client.allow_changes()
    client.add(Account("Example", "alice", bytes(20), suffix="tab").to_params())
    press()
    client.add_proved(Account("Example", "bob", bytes(20)).to_params())
    press()
    counted = client.add_proved(Account("", "carol", bytes(20), "hotp", counter=7).to_params())["id"]
    client.rename(1, "Example", "dora")
    client.set_suffix(1, "none")
    client.move(1, 2)
    client.default(1)
    client.accounts()
    press()
    client.code(1)
    press()
    client.code(counted)
    press()
    client.type(1)
    client.remove(counted)
    client.cancel()
    client.settings()
    client.set_settings({"inter_key_ms": 1})
    client.clock()
    client.noted_sync()
    client.note_sync("-")
    client.noted_sync()
    press()
    client.allow_clock()
    client.set_clock(UNIX)
    client.trim_clock(1)
    client.identify()
    client.rename_token("desk")
    kdf = pin.KdfParams.new()
    client.pin()
    press_twice()
    client.set_pin(KEY, kdf)
    client.pin()
    client.lock()
    client.unlock(KEY)
    press_twice()
    client.set_pin(OTHER_KEY, kdf, KEY)
    press_twice()
    client.set_pin_keys("2413")
    press_twice()
    client.claim(OWNER, serial)
    client.prove_owner(OWNER, serial)
    client.accounts()
    client.end_session()
    client.prove_owner(OWNER, serial)
    press_twice()
    client.remove_pin(OTHER_KEY)
    press()
    client.release()
    press()
    client.compact()
    press_twice()
    client.reset()
    client.status()


def test_the_client_has_a_method_for_every_one_of_the_firmware(recorded):
    """A new method needs one in host/ticktap/device/*_methods.py, and its call here."""
    assert sorted(recorded.lines | {method for method, _, _ in recorded.exchanged}) == sorted(
        firmware_protocol.METHODS
    )


@pytest.mark.parametrize(
    "method", [name for name, (_, taken, _) in firmware_protocol.METHODS.items() if taken is not None]
)
def test_the_client_can_give_every_parameter(recorded, method):
    sent = {name for called, params, _ in recorded.exchanged if called == method for name in params}
    if method != "session.call":  # Session.wrap makes its parameters; a wrong set of them would be refused
        assert sent == set(firmware_protocol.METHODS[method][1])


@pytest.mark.parametrize("method", [name for name, each in METHODS.items() if each.result is not None])
def test_its_results_have_the_declared_type(recorded, method):
    returned = [result for called, _, result in recorded.exchanged if called == method]
    assert returned
    assert [each for result in returned for each in differences(result, METHODS[method].result)] == []


@pytest.mark.parametrize("method", [name for name, each in METHODS.items() if each.result is not None])
def test_each_declared_key_is_returned_at_least_once(recorded, method):
    declared = results.keys(METHODS[method].result)
    returned = {
        name for called, _, result in recorded.exchanged if called == method for name in names(result)
    }
    assert declared - returned <= {"damaged"}  # only an account with a damaged record has it


def names(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(names, value))
    return set(value).union(*map(names, value.values())) if isinstance(value, dict) else set()


def differences(value: Any, kind: Any, at: str = "result") -> list[str]:
    """Where a JSON value is not of a type: a TypedDict, list, dict, Literal, union, or a plain type."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        if not isinstance(value, dict):
            return [f"{at}: {value!r} is no object"]
        hints = get_type_hints(kind)
        wrong = [f"{at}.{name} is missing" for name in sorted(required(kind) - set(value))]
        for name, each in value.items():
            wrong += (
                differences(each, hints[name], f"{at}.{name}") if name in hints else [f"{at}.{name}: extra"]
            )
        return wrong
    if origin in (Union, UnionType):
        found = [differences(value, each, at) for each in inner]
        return [] if [] in found else [f"{at}: {value!r} is not of {kind}"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{at}: {value!r} is no list"]
        return [wrong for n, each in enumerate(value) for wrong in differences(each, inner[0], f"{at}[{n}]")]
    if origin is dict:
        return [
            wrong for name, each in value.items() for wrong in differences(each, inner[1], f"{at}.{name}")
        ]
    if origin is Literal:
        return [] if value in inner else [f"{at}: {value!r} is not one of {inner}"]
    return [] if type(value) is kind else [f"{at}: {value!r} is not {kind.__name__}"]


def required(kind: Any) -> set[str]:
    """Like `__required_keys__`, which ignores NotRequired in annotations that are strings (PEP 563)."""
    hints = get_type_hints(kind, include_extras=True)
    return {name for name, each in hints.items() if get_origin(each) is not NotRequired}


@pytest.mark.parametrize(
    ("value", "kind", "wrong"),
    [
        ({"id": 1}, results.Added, []),
        ({"id": True}, results.Added, ["result.id: True is not int"]),
        ({}, results.Added, ["result.id is missing"]),
        ({"id": 1, "code": ""}, results.Added, ["result.code: extra"]),
        ([], results.Added, ["result: [] is no object"]),
        ({"accounts": [{}], "next": None}, results.AccountPage, 3),
        ({"typed": None}, results.Typed, 1),
        ({"a": 1.5}, results.Settings, 1),
    ],
)
def test_a_wrong_result_is_found(value, kind, wrong):
    found = differences(value, kind)
    assert (found if isinstance(wrong, list) else len(found)) == wrong
