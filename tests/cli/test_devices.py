"""Which token: none, one, several; by serial number, name and port; list, info and doctor."""

import json
import sys
from pathlib import Path

import pytest

from cli.command import Command
from cli.served import ServedToken

REAL = {
    "product": "ticktap",
    "manufacturer": "ticktap",
    "interface": "CircuitPython CDC2 data",
    "description": "ticktap",
}


def port(path, **fields):
    return REAL | {"device": path, "serial_number": "X"} | fields


def port_of(token, **fields):
    """The port of a token, with the token's serial number in its USB descriptor."""
    return port(token.path, serial_number=token.hello["serial"], **fields)


@pytest.fixture
def second():
    """Another token."""
    served = ServedToken(serial="DE7000", name="shelf")
    yield served
    served.close()


@pytest.fixture
def desk(tmp_path):
    """The command on a computer with the ports it is given."""

    class OnDesk(Command):
        ports = []

        def environment(self, **more):
            return super().environment(TICKTAP_TEST_PORTS=json.dumps(self.ports), **more)

    command = OnDesk(tmp_path)
    command.python = [sys.executable, str(Path(__file__).with_name("ports.py"))]
    return command


def test_the_only_token_needs_no_choice(desk, token):
    console = port("/dev/ttyS99", interface="CircuitPython CDC control")
    desk.ports = [
        port("/dev/ttyS98", product="Printer", description="", manufacturer=""),
        console,
        port_of(token),
    ]
    assert desk("info", "--json").data["port"] == token.path


def test_several_tokens_and_no_choice_are_listed_and_refused(desk, token, second):
    desk.ports = [port_of(token), port_of(second)]
    done = desk("info")
    assert done.code == 3
    assert done.err == (
        "Several tokens are plugged in:\n"
        + "".join(
            sorted(
                [f"  desk  serial DE6312  at {token.path}\n", f"  shelf  serial DE7000  at {second.path}\n"],
                key=lambda line: line.split(" at ")[1],
            )
        )
        + "Choose one with --device SERIAL, or set TICKTAP_DEVICE.\n"
    )
    assert "account.list" not in [method for method, _ in token.calls + second.calls]


@pytest.mark.parametrize("choice", ["DE7000", "de7000", "shelf", "Shelf"])
@pytest.mark.parametrize("by_environment", [False, True])
def test_a_choice_by_serial_number_or_name(desk, token, second, choice, by_environment):
    desk.ports = [port_of(token), port_of(second)]
    done = (
        desk("info", "--json", TICKTAP_DEVICE=choice)
        if by_environment
        else desk("--device", choice, "info", "--json")
    )
    assert done.data["port"] == second.path


def test_a_choice_by_port_looks_at_no_other(desk, token, second):
    desk.ports = [port_of(token), port_of(second)]
    assert desk("info", "--device", second.path, TICKTAP_DEVICE=token.path).code == 0
    assert token.calls == []


def test_a_choice_that_is_not_there_lists_what_is(desk, token):
    desk.ports = [port_of(token)]
    done = desk("info", "--device", "attic")
    assert done.code == 3
    assert "No token is called 'attic'. Connected tokens:\n  desk  serial DE6312" in done.err


def test_two_of_one_name_are_refused(desk, token, second):
    second.hello["name"] = "desk"
    desk.ports = [port_of(token), port_of(second)]
    done = desk("info", "--device", "desk")
    assert done.code == 3
    assert "Several tokens are called 'desk'" in done.err


def test_no_token_at_all(desk):
    assert desk("info").code == 3
    assert desk("list").out == "No token found. 'ticktap doctor' shows what was checked.\n"
    assert desk("list", "--json").data == []


def test_a_port_that_cannot_be_opened_is_named(desk):
    desk.ports = [port("/dev/ticktap-none")]
    done = desk("info")
    assert done.code == 3
    assert "There is no port /dev/ticktap-none." in done.err


def test_a_device_that_states_another_serial_number_is_not_used(desk, token, second):
    desk.ports = [port(token.path, serial_number="DE0001"), port_of(second)]
    for choice, code, words in (
        ("DE6312", 3, "No token is called 'DE6312'"),
        (token.path, 1, "its USB descriptor has DE0001"),
    ):
        done = desk("info", "--device", choice)
        assert done.code == code
        assert words in done.err
        assert {method for method, _ in token.calls} == {"hello"}
        token.calls.clear()
    assert [each["name"] for each in desk("list", "--json").data] == ["shelf"]


def test_list_shows_tokens_and_nothing_else(desk, token, second):
    desk.ports = [port_of(token), port_of(second), port("/dev/ttyS98", product="Printer")]
    assert {each["name"]: each["port"] for each in desk("list", "--json").data} == {
        "desk": token.path,
        "shelf": second.path,
    }
    assert "DE7000" in desk("list").out


def test_a_token_that_speaks_a_newer_protocol_is_told(ticktap, token):
    token.hello["protocol"] = 2
    done = ticktap("info")
    assert done.code == 1
    assert "protocol 2" in done.err


def test_doctor_says_why_ports_were_rejected(desk, token):
    desk.ports = [
        port_of(token),
        port("/dev/ttyS97", interface="CircuitPython CDC control"),
        port("/dev/ttyS98", product="Printer", manufacturer="", description=""),
    ]
    token.do_account_add(name="alice", secret="")
    done = desk("doctor")
    assert done.code == 0, done.out
    assert f"ok  port: {token.path}: token desk" in done.out
    assert "-   port: /dev/ttyS97: it is not the data channel (CircuitPython CDC control)" in done.out
    assert "-   port: /dev/ttyS98: its product name is not 'ticktap' (Printer)" in done.out
    assert "num lock: not reported" in done.out


def test_doctor_without_a_token_still_reports(desk):
    done = desk("doctor", "--json")
    assert done.code == 9
    assert [check["name"] for check in done.document["data"]] == ["ticktap", "port", "host clock", "token"]
