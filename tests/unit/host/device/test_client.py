"""Client: one reply to one request, errors as classes with remedies, and nothing secret in any of them."""

import base64
import json

import pytest

from support.fake_port import FakePort, Fault
from ticktap.device import jsonrpc
from ticktap.device.client import Client
from ticktap.device.connection import PressInterrupted
from ticktap.errors import (
    BadInput,
    ClockGuarded,
    ClockUntrusted,
    Locked,
    NotFound,
    NotOwner,
    NotPressed,
    PressRequired,
    Refused,
    TokenError,
    WrongPin,
)

SECRET = base64.b64encode(b"12345678901234567890").decode()


@pytest.fixture
def port():
    return FakePort()


@pytest.fixture
def client(port):
    port.token.allowed = True
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
    assert client.set_settings({"inter_key_ms": 9})["inter_key_ms"] == 9
    assert client.settings()["inter_key_ms"] == 9
    client.rename_token("shelf")
    assert client.hello()["name"] == "shelf"
    client.compact()
    assert client.cancel() is False
    client.reset()
    assert client.accounts() == []
    assert client.status()["access"]["changes"] == "press"
    client.allow_changes(timeout=9)
    assert port.token.calls[-1][0] == "session.allow"
    assert port.token.calls[-1][1]["timeout"] == 9
    assert client.status()["access"]["changes"] == "open"
    client.close()
    assert port.closed


@pytest.mark.parametrize(
    ("code", "data", "kind", "exit_code", "words"),
    [
        (-32700, None, TokenError, 1, "could not parse"),
        (-32600, None, TokenError, 1, "form"),
        (-32601, None, TokenError, 1, "does not support the method status"),
        (-32602, "issuer", BadInput, 2, "issuer"),
        (-32603, "MemoryError", TokenError, 1, "MemoryError"),
        (-32001, None, BadInput, 2, "too long"),
        (1, None, NotFound, 5, "no such account"),
        (2, {"free": 12}, Refused, 6, "bytes free: 12"),
        (3, None, Refused, 6, "newer format"),
        (3, "no-key", Refused, 6, "key of the accounts is damaged"),
        (3, "unread", Refused, 6, "ran out of memory"),
        (4, "stopped", ClockUntrusted, 8, "stopped"),
        (5, None, NotPressed, 6, "not pressed in time"),
        (6, None, Refused, 6, "cancelled"),
        (7, None, Refused, 6, "already waits"),
        (8, None, Refused, 6, "maintenance"),
        (9, "asleep", Refused, 6, "asleep"),
        (10, None, Locked, 4, "locked"),
        (11, None, NotOwner, 6, "only the owner"),
        (12, None, PressRequired, 6, "press"),
        (13, 1800, ClockGuarded, 8, "left: 1800 ms"),
        (14, 7, WrongPin, 4, "tries left: 7"),
        (15, 0, Locked, 4, "erased its accounts"),
        (16, None, TokenError, 1, "damaged"),
        (17, None, Refused, 6, "store file"),
        (18, None, Locked, 4, "unplugged"),
        (19, None, Refused, 6, "does not allow this"),
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
    error = jsonrpc.exception({"code": 4, "data": state}, "code.get")
    assert ("wires" in error.remedy) == (state in ("absent", "bus"))
    assert ("clock sync" in error.remedy) == (state in ("stopped", "early"))


@pytest.mark.parametrize("data", ["\x1b[2J", "x" * 50, {"a": 1}, ["\n"], "", 1.5])
def test_a_token_cannot_write_to_the_terminal_through_an_error(data):
    assert "unknown" in str(jsonrpc.exception({"code": -32603, "data": data}, "status"))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (10, "'ticktap unlock'"),
        (11, "--owner FILE or TICKTAP_OWNER"),
        (13, "press the button"),
        (14, "before the last try"),
        (16, "'ticktap account remove'"),
        (18, "Unplug the token"),
    ],
)
def test_the_remedies_name_what_to_do(code, words):
    assert words in jsonrpc.exception({"code": code, "data": 1}, "x").remedy


@pytest.mark.parametrize("tries", range(8))
def test_a_small_number_is_told_though_it_is_in_what_was_sent(tries):
    sent = {"key": "0123456789" * 8, "unix": 1234567890}
    assert (
        f"tries left: {tries}" in jsonrpc.exception({"code": 14, "data": tries}, "pin.unlock", sent).message
    )


@pytest.mark.parametrize("data", ["345", 34567, "xx0123456789xx", 1012345678900])
def test_a_piece_of_what_was_sent_is_not_told(data):
    sent = {"key": "0123456789"}
    assert "unknown" in jsonrpc.exception({"code": 14, "data": data}, "pin.unlock", sent).message


def test_an_error_without_a_code_is_an_error():
    assert isinstance(jsonrpc.exception({"message": "?"}, "status"), TokenError)


def test_a_request_that_is_too_long_is_not_sent(client, port):
    with pytest.raises(BadInput, match="too long"):
        client.rename(1, "x" * 800, "y" * 800)
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
    with pytest.raises(PressInterrupted) as error:
        client.code(number)
    assert (error.value.result or {}).get("code") is not None, "this token pressed itself before that"
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


def methods(port):
    return [json.loads(line)["method"] for line in port.written]


def test_a_client_that_was_allowed_something_says_good_bye(client, port):
    client.allow_changes()
    client.close()
    assert methods(port) == ["session.allow", "session.close"]
    assert port.closed


def test_a_client_that_only_looked_just_closes(client, port):
    client.hello()
    client.close()
    assert methods(port) == ["hello"]
    assert port.closed


def test_good_bye_to_a_token_that_is_gone(client, port):
    client.allow_changes()

    def gone(data):
        raise OSError("gone")

    port.write = gone
    client.close()
    assert port.closed
