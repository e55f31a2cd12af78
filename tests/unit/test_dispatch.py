"""Lines to methods and back, with a method table of our own: envelopes, errors, notifications."""

import json

import pytest

from fob.journal import Full
from fob.rpc import dispatch, errors
from fob.rpc.errors import RpcError
from fob.rpc.lines import TOO_LONG
from fob.store import Unusable
from fob.timekeeper import Untrusted


class Token:
    """As much of a token as dispatch asks for."""

    class store:  # noqa: N801
        free = 12

    def __init__(self):
        self.noted = []

    def note(self, error):
        self.noted.append(error)


def raising(error):
    def method(token, id, given):
        raise error

    return method


METHODS = {
    "echo": (lambda token, id, given: given, None),
    "later": (lambda token, id, given: None, {}),
    "full": (raising(Full()), {}),
    "unusable": (raising(Unusable("newer")), {}),
    "untrusted": (raising(Untrusted("bus")), {}),
    "refused": (raising(RpcError(errors.NOT_FOUND, 7)), {}),
    "broken": (raising(ZeroDivisionError("secret words")), {}),
    "memory": (raising(MemoryError()), {}),
}


@pytest.fixture(autouse=True)
def methods(monkeypatch):
    monkeypatch.setattr(dispatch, "METHODS", METHODS)


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


@pytest.mark.parametrize(
    ("method", "code", "data"),
    [("full", 2, {"free": 12}), ("unusable", 3, "newer"), ("untrusted", 4, "bus"), ("refused", 1, 7)],
)
def test_errors_that_were_foreseen(token, method, code, data):
    error = answer(token, call(method))["error"]
    assert (error["code"], error["data"]) == (code, data)
    assert token.noted == []


@pytest.mark.parametrize(("method", "name"), [("broken", "ZeroDivisionError"), ("memory", "MemoryError")])
def test_errors_that_were_not_are_noted_and_told_by_type_only(token, method, name):
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
