"""Client: one reply to one request, errors as classes with remedies, and nothing secret in any of them."""

import base64
import json

import pytest

from ticktap import wire
from ticktap.client import Client
from ticktap.errors import BadInput, ClockUntrusted, NotFound, Refused, TokenError
from unit.fake_port import FakePort, Fault

SECRET = base64.b64encode(b"12345678901234567890").decode()


@pytest.fixture
def port():
    return FakePort()


@pytest.fixture
def client(port):
    return Client(port)


def add(client, name, **fields):
    return client.add({"name": name, "secret": SECRET, **fields})


def test_requests_are_json_rpc_lines_with_new_ids(client, port):
    client.status()
    client.identify()
    first, second = (json.loads(line) for line in port.written)
    assert first == {"jsonrpc": "2.0", "id": first["id"], "method": "status"}
    assert second["method"] == "token.identify"
    assert second["id"] == first["id"] + 1
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in port.written)


@pytest.mark.parametrize(
    "stale",
    [
        b'{"jsonrpc":"2.0","id":-1,"result":{"unix":1}}',
        b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse"}}',
        b"Adafruit CircuitPython 10.0.3",
        b"\xff\xfe\x00",
        b"[]",
        b'{"id":1}',
        b"",
    ],
)
def test_lines_that_are_no_answer_are_skipped(client, port, stale):
    port.extra = [stale, stale]
    assert client.clock()["unix"] == int(port.token.time.now)


def test_silence_is_an_error_with_a_remedy(client, port, monkeypatch):
    monkeypatch.setattr(port, "write", lambda data: None)
    with pytest.raises(TokenError, match="did not answer clock.get") as failure:
        client.clock()
    assert "plug it in again" in failure.value.remedy


def test_a_port_that_goes_away_is_an_error_with_a_remedy(client, port):
    def gone(timeout):
        raise OSError(5, "Input/output error")

    port.read_line = gone
    with pytest.raises(TokenError, match="gone") as failure:
        client.clock()
    assert "Plug it in" in failure.value.remedy


def test_hello_is_asked_again_when_the_first_line_was_lost(client, port):
    send, lost = port.write, []

    def write(data):
        if not lost:
            lost.append(data)
        else:
            send(data)

    port.write = write
    assert client.hello()["name"] == "desk"


def test_hello_refuses_a_newer_protocol(client, port):
    port.token.hello["protocol"] = 2
    with pytest.raises(TokenError, match="protocol 2") as failure:
        client.hello()
    assert "Update" in failure.value.remedy


@pytest.mark.parametrize("answer", [{"product": "other", "protocol": 1}, {}, [], "hello", None])
def test_hello_refuses_what_is_no_ticktap(client, port, answer):
    port.token.hello = answer
    with pytest.raises(TokenError, match="not a ticktap"):
        client.hello()


def test_accounts_turns_every_page(client):
    names = [f"user{number}" for number in range(5)]
    for name in names:
        add(client, name)
    assert [account["name"] for account in client.accounts()] == names


def test_a_list_without_end_is_an_error(client, port):
    port.token.do_account_list = lambda start: {"accounts": [], "next": 0}
    with pytest.raises(TokenError, match="no end"):
        client.accounts()


def test_account_calls_change_what_they_say(client, port):
    first, second = add(client, "alice"), add(client, "bob", issuer="Example")
    client.rename(first, "Firm", "alice2")
    client.set_suffix(first, "tab")
    client.default(second)
    client.move(second, 1)
    assert [(a["issuer"], a["name"], a["suffix"], a["default"]) for a in client.accounts()] == [
        ("Example", "bob", "none", True),
        ("Firm", "alice2", "tab", False),
    ]
    client.remove(second)
    assert [a["name"] for a in client.accounts()] == ["alice2"]


def test_other_calls(client, port):
    number = add(client, "alice")
    assert set(client.code(number)) == {"code", "unix", "remaining"}
    assert client.type(number, timeout=7) == {"typed": True}
    assert port.token.calls[-1] == ("code.type", {"id": number, "timeout": 7})
    assert client.set_settings({"pace": 9})["pace"] == 9
    assert client.settings()["pace"] == 9
    client.rename_token("shelf")
    assert client.hello()["name"] == "shelf"
    client.compact()
    assert client.cancel() is False
    client.reset()
    assert client.accounts() == []
    client.close()
    assert port.closed


@pytest.mark.parametrize(
    ("code", "data", "kind", "exit_code", "words"),
    [
        (-32700, None, TokenError, 1, "could not read"),
        (-32600, None, TokenError, 1, "form"),
        (-32601, None, TokenError, 1, "does not know status"),
        (-32602, "issuer", BadInput, 2, "issuer"),
        (-32603, "MemoryError", TokenError, 1, "MemoryError"),
        (-32001, None, BadInput, 2, "too long"),
        (1, None, NotFound, 5, "no such account"),
        (2, 12, Refused, 6, "bytes free: 12"),
        (3, None, Refused, 6, "newer format"),
        (4, "stopped", ClockUntrusted, 8, "stopped"),
        (5, None, Refused, 6, "nobody pressed"),
        (6, None, Refused, 6, "cancelled"),
        (7, None, Refused, 6, "already waits"),
        (8, None, Refused, 6, "maintenance"),
        (9, "asleep", Refused, 6, "asleep"),
        (77, None, TokenError, 1, "error 77"),
    ],
)
def test_every_error_code_has_its_class_and_remedy(client, port, code, data, kind, exit_code, words):
    def fail():
        raise Fault(code, data)

    port.token.do_status = fail
    with pytest.raises(kind, match=words) as failure:
        client.status()
    assert type(failure.value) is kind
    assert failure.value.exit_code == exit_code
    assert failure.value.remedy
    assert "for people" not in str(failure.value)


@pytest.mark.parametrize("state", ["absent", "bus", "stopped", "early"])
def test_a_bad_clock_says_what_to_do(state):
    error = wire.exception({"code": 4, "data": state}, "code.get")
    assert ("wires" in error.remedy) == (state in ("absent", "bus"))
    assert ("clock sync" in error.remedy) == (state in ("stopped", "early"))


@pytest.mark.parametrize("data", ["\x1b[2J", "x" * 50, {"a": 1}, ["\n"], "", 1.5])
def test_a_token_cannot_write_to_the_terminal_through_an_error(data):
    assert "unknown" in str(wire.exception({"code": -32603, "data": data}, "status"))


def test_an_error_without_a_code_is_an_error():
    assert isinstance(wire.exception({"message": "?"}, "status"), TokenError)


def test_a_request_that_is_too_long_is_not_sent(client, port):
    with pytest.raises(BadInput, match="too long"):
        client.rename(1, "x" * 600, "y" * 600)
    assert port.written == []


def test_no_exception_holds_the_secret(client, port):
    def fail(**params):
        raise Fault(-32603, params["secret"])

    port.token.do_account_add = fail
    with pytest.raises(TokenError) as failure:
        add(client, "alice")
    assert SECRET not in repr(failure.value) + failure.value.message + failure.value.remedy


def test_leaving_while_waiting_for_a_press_takes_the_request_back(client, port):
    number = add(client, "alice")
    read = port.read_line

    def interrupted(timeout):
        port.read_line = read
        raise KeyboardInterrupt

    port.read_line = interrupted
    with pytest.raises(KeyboardInterrupt):
        client.code(number)
    assert [method for method, _ in port.token.calls[-2:]] == ["code.get", "press.cancel"]


def test_leaving_when_the_token_is_gone_still_leaves(client, port):
    def interrupted(timeout):
        raise KeyboardInterrupt

    def gone(data):
        raise OSError("gone")

    number = add(client, "alice")
    port.read_line = interrupted
    write = port.write
    sent = []

    def once(data):
        if sent:
            gone(data)
        sent.append(data)
        write(data)

    port.write = once
    with pytest.raises(KeyboardInterrupt):
        client.type(number)
