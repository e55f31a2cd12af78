"""Lines to methods and back, with a method table of our own: envelopes, errors, notifications."""

import json
from types import SimpleNamespace

import pytest

from fob.clock.timekeeper import AdjustmentTooLarge, ClockInvalid
from fob.rpc import dispatch, errors
from fob.rpc.access import CHANGE, PRESSED, READ, Denied
from fob.rpc.errors import RpcError
from fob.rpc.framing import TOO_LONG
from fob.store.keystore import Locked
from fob.store.log import StoreFull
from fob.store.pin_attempts import PinNotSet, ReplugRequired, WrongPin
from fob.store.record_store import NoStoreFile, Unusable
from fob.store.token_store import Damaged


class Token:
    """As much of a token as dispatch asks for."""

    class store:  # noqa: N801
        records = SimpleNamespace(free=12)
        locked = True

    now = 5000

    def __init__(self):
        self.noted = []
        self.access = self
        self.checked = []
        self.denied = None

    def record_error(self, error):
        self.noted.append(error)

    def check(self, level, in_session):
        self.checked.append((level, in_session))
        if self.denied:
            raise self.denied


def raising(error):
    def method(token, id, given):
        raise error

    return method


METHODS = {
    "echo": (lambda token, id, given: given, None, READ),
    "depends": (lambda token, id, given: given, None, lambda token, given: PRESSED if given else CHANGE),
    "later": (lambda token, id, given: None, {}, READ),
}
FORESEEN = {
    "refused": (RpcError(errors.NOT_FOUND, 7), 1, 7),
    "full": (StoreFull(), 2, {"free": 12}),
    "unusable": (Unusable("newer"), 3, "newer"),
    "untrusted": (ClockInvalid("bus"), 4, "bus"),
    "locked": (Locked(), 10, None),
    "denied to all but the owner": (Denied(True), 11, None),
    "denied without a press": (Denied(False), 12, None),
    "too far": (AdjustmentTooLarge(70), 13, 70),
    "wrong": (WrongPin(5), 14, 5),
    "wrong without a limit": (WrongPin(None), 14, None),
    "wrong for the last time": (WrongPin(0), 15, 0),
    "damaged": (Damaged(), 16, None),
    "no store file": (NoStoreFile(), 17, None),
    "replug": (ReplugRequired(), 18, None),
    "not set": (PinNotSet(), 19, None),
}
UNFORESEEN = {"broken": ZeroDivisionError("secret words"), "memory": MemoryError()}
METHODS.update({name: (raising(error), {}, READ) for name, (error, _, _) in FORESEEN.items()})
METHODS.update({name: (raising(error), {}, READ) for name, error in UNFORESEEN.items()})


@pytest.fixture(autouse=True)
def methods(monkeypatch):
    monkeypatch.setattr(dispatch, "methods_of", lambda noun: METHODS)


@pytest.fixture
def token():
    return Token()


def answer(token, request):
    line = request if isinstance(request, bytes) or request is TOO_LONG else json.dumps(request).encode()
    reply = dispatch.answer(line, token)
    if reply is None:
        return None
    assert reply.endswith(b"\n")
    assert reply.count(b"\n") == 1
    return json.loads(reply)


def call(method, id=1, **params):
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


@pytest.mark.parametrize("id", [0, -5, 2**63 - 1, -(2**63), "", "a", "é" * 32])
def test_a_result(token, id):
    assert answer(token, call("echo", id, x=[1, {"y": None}])) == {
        "jsonrpc": "2.0",
        "id": id,
        "result": {"x": [1, {"y": None}]},
    }


@pytest.mark.parametrize("method", FORESEEN)
def test_errors_that_were_foreseen(token, method):
    _, code, data = FORESEEN[method]
    error = answer(token, call(method))["error"]
    assert (error["code"], error.get("data")) == (code, data)
    assert ("data" in error) == (data is not None)
    assert token.noted == []


@pytest.mark.parametrize("method", FORESEEN)
def test_the_same_for_what_a_press_carries_out(token, method):
    error, code, data = FORESEEN[method]

    def act():
        raise error

    result, failure = dispatch.execute(act, token)
    assert (result, failure.code, failure.data) == (None, code, data)


def test_the_level_is_asked_for_before_the_method(token):
    answer(token, call("echo"))
    answer(token, call("depends"))
    answer(token, call("depends", x=1))
    dispatch.call(call("echo"), 1, token, True)
    assert token.checked == [
        (READ, False), (CHANGE, False), (PRESSED, False), (READ, True)
    ]  # fmt: skip
    for owner, code in ((True, 11), (False, 12)):
        token.denied = Denied(owner)
        assert answer(token, call("broken"))["error"]["code"] == code
    assert token.noted == []


def test_wrong_parameters_are_reported_before_missing_permissions(token):
    token.denied = Denied(True)
    assert answer(token, call("later", x=1))["error"]["code"] == -32602
    assert answer(token, call("no.such"))["error"]["code"] == -32601
    assert token.checked == []


@pytest.mark.parametrize(("method", "name"), [("broken", "ZeroDivisionError"), ("memory", "MemoryError")])
def test_unexpected_errors_are_recorded_and_reported_by_type_only(token, method, name):
    reply = answer(token, call(method))
    assert (reply["error"]["code"], reply["error"]["data"]) == (-32603, name)
    assert "secret" not in json.dumps(reply)
    assert [type(error).__name__ for error in token.noted] == [name]


@pytest.mark.parametrize("request_", [call("later"), call("echo", None), call("broken", None), b"", b"\r"])
def test_no_answer(token, request_):
    assert answer(token, request_) is None


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (TOO_LONG, -32001),
        (b"x", -32700),
        (b"\xff", -32700),
        (b"1", -32700),
        (b"[" * 5000, -32700),
        (b"[]", -32600),
        (b"{}", -32600),
        (b'{"id":1.5}', -32600),
        (b'{"id":' + b"9" * 500 + b"}", -32600),
        (json.dumps(call("echo", "x" * 65)).encode(), -32600),
        (json.dumps(call("echo", False)).encode(), -32600),
    ],
)
def test_lines_that_are_no_requests(token, line, code):
    reply = answer(token, line)
    assert (reply["id"], reply["error"]["code"]) == (None, code)
    assert token.noted == []


def test_a_wrong_method_is_quoted_in_part_only(token):
    error = answer(token, call("m" * 500))["error"]
    assert (error["code"], error["data"]) == (-32601, "m" * 40)


def test_an_unknown_parameter_is_named(token):
    error = answer(token, call("later", x=1))["error"]
    assert (error["code"], error["data"]) == (-32602, "x")
