"""What --log-level shows of the protocol's lines, and what it must not."""

import json
import logging

import pytest

from conformance.enrol import allow_changes
from ticktap.device import wire_log
from ticktap.device.client import Client
from ticktap.device.connection import Connection
from ticktap.simulator import VirtualToken

SECRET = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="


@pytest.fixture
def log(caplog, monkeypatch):
    """The log's messages while lines are logged at level "debug"."""
    monkeypatch.setattr(Connection, "trace", None)
    wire_log.begin("debug")
    yield lambda: [record.getMessage() for record in caplog.records if record.name == "ticktap.wire"]
    logging.getLogger("ticktap.wire").setLevel(logging.NOTSET)


def line(**members):
    return json.dumps({"jsonrpc": "2.0", "id": 7, **members}).encode()


def test_a_request_is_logged_without_its_texts(log):
    params = {"issuer": "Example", "name": "alice", "secret": SECRET, "digits": 6, "type": "totp"}
    wire_log.log_line(">", line(method="account.add", params=params))
    summary, whole = log()
    assert summary == "> 7 account.add"
    assert json.loads(whole.removeprefix("> "))["params"] == {
        "issuer": "<7 characters>",
        "name": "<5 characters>",
        "secret": "<28 characters>",
        "digits": 6,
        "type": "totp",
    }


def test_a_sealed_call_is_logged_with_its_method_only(log):
    call = json.dumps({"method": "pin.set", "params": {"pin": "correct horse"}})
    wire_log.log_line(">", line(method="session.call", params={"seq": 1, "call": call, "mac": "qqqq"}))
    summary, whole = log()
    assert summary == "> 7 session.call (pin.set)"
    assert "correct horse" not in whole and "qqqq" not in whole


@pytest.mark.parametrize(
    "reply",
    [
        {"result": {"code": "123456"}},
        {"result": {SECRET: 1}},
        {"result": [SECRET, {"accounts": [{"name": SECRET}]}]},
        {"result": {"state": SECRET + " and more"}},
        {"result": {"call": SECRET}},
        {"error": {"code": 5, "message": SECRET, "data": SECRET}},
        {"method": SECRET},
    ],
)
def test_what_a_token_sends_back_is_not_logged(log, reply):
    wire_log.log_line("<", line(**reply))
    assert log() and not any(SECRET in each or "123456" in each for each in log())


def test_bytes_that_are_no_message_are_counted(log):
    wire_log.log_line("<", SECRET.encode())
    wire_log.log_line("<", b"[1]")
    assert log() == ["< 28 bytes that are not a message", "< 3 bytes that are not a message"]


def test_every_name_of_a_real_conversation_is_known(log):
    """What a token says about itself is what support needs: no member's name is missing from NAMES."""
    with VirtualToken() as token:
        client = Client(token.open())
        allow_changes(token, client)
        client.hello()
        client.add({"name": "alice", "secret": SECRET})
        for method in ("account.list", "settings.get", "pin.info", "clock.get"):
            client.call(method)
    messages = [json.loads(each[2:]) for each in log() if each[2] == "{"]
    assert len(messages) > 10 and not [name for each in messages for name in names(each) if name[0] == "<"]


def names(value):
    """The names of all members in a JSON value."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        yield from (str(name) for name in value)
        for each in value.values():
            yield from names(each)
