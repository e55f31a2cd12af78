"""From a choice to a token: what is opened, what is closed again, and how long is waited."""

import pytest

from support.fake_port import FakePort, FakeTime, FakeToken
from ticktap.device import token_choice, transport
from ticktap.device.known_tokens import KnownTokens, NotTheToken
from ticktap.device.transport import Candidate
from ticktap.device.waiting import Waiting
from ticktap.errors import NoToken, TicktapError, TokenError


@pytest.fixture
def bus(monkeypatch):
    """Ports by path; `find` sees those that are there."""
    ports = {}
    monkeypatch.setattr(
        transport, "find", lambda: [Candidate(path, product="ticktap") for path in sorted(ports)]
    )
    monkeypatch.setattr(token_choice, "connect", lambda path: ports[path])
    return ports


def plug(bus, path, **hello):
    token = FakeToken()
    token.hello |= hello
    bus[path] = FakePort(token)
    return bus[path]


def test_the_only_one(bus):
    port = plug(bus, "/dev/a")
    token = token_choice.open_token(env={})
    assert (token.path, token.hello["name"], port.closed) == ("/dev/a", "desk", False)


def test_the_others_are_closed_again(bus):
    first, second = plug(bus, "/dev/a", serial="1"), plug(bus, "/dev/b", serial="2")
    assert token_choice.open_token("2", env={}).path == "/dev/b"
    assert (first.closed, second.closed) == (True, False)


def test_refusing_closes_all(bus):
    ports = plug(bus, "/dev/a", serial="1"), plug(bus, "/dev/b", serial="2")
    with pytest.raises(NoToken, match="several"):
        token_choice.open_token(env={})
    assert [port.closed for port in ports] == [True, True]


def test_the_argument_comes_before_the_environment(bus):
    plug(bus, "/dev/a", serial="1")
    plug(bus, "/dev/b", serial="2")
    assert token_choice.open_token("1", env={"TICKTAP_DEVICE": "2"}).path == "/dev/a"
    assert token_choice.open_token("", env={"TICKTAP_DEVICE": "2"}).path == "/dev/b"


def test_one_that_does_not_answer_counts_when_nothing_was_chosen(bus):
    plug(bus, "/dev/a", serial="1")
    plug(bus, "/dev/b", product="asleep")
    with pytest.raises(NoToken, match="does not answer at /dev/b"):
        token_choice.open_token(env={})
    assert token_choice.open_token("1", env={}).path == "/dev/a"


def test_a_chosen_one_that_does_not_answer_says_why(bus, monkeypatch):
    plug(bus, "/dev/a", serial="1")
    plug(bus, "/dev/b", product="asleep")
    ports = [Candidate("/dev/a", "1", "ticktap"), Candidate("/dev/b", "2", "ticktap")]
    monkeypatch.setattr(transport, "find", lambda: ports)
    with pytest.raises(NoToken, match="not a ticktap"):
        token_choice.open_token("2", env={})


def test_the_console_of_a_token_that_answers_is_no_second_token(bus, monkeypatch):
    plug(bus, "/dev/a", serial="de1")
    plug(bus, "/dev/b", product="console")
    ports = [Candidate("/dev/a", "DE1", "ticktap"), Candidate("/dev/b", "DE1", "ticktap")]
    monkeypatch.setattr(transport, "find", lambda: ports)
    assert token_choice.open_token(env={}).path == "/dev/a"


def test_a_port_with_another_device_is_closed_again(bus):
    port = plug(bus, "/dev/a", product="other")
    with pytest.raises(NoToken, match="not a ticktap"):
        token_choice.open_token(env={})
    with pytest.raises(TokenError, match="not a ticktap"):
        token_choice.open_token("/dev/a", env={})
    assert port.closed


def test_a_token_that_was_just_plugged_in_is_waited_for(bus):
    naps = []

    def nap(seconds):
        naps.append(seconds)
        if len(naps) == 3:
            plug(bus, "/dev/a")

    assert token_choice.open_token(env={}, wait=60, waiting=Waiting(sleep=nap)).path == "/dev/a"
    assert len(naps) == 3


def test_none_is_waited_for_only_so_long(bus):
    time = FakeTime(0.0)
    with pytest.raises(NoToken, match="no token found") as failure:
        token_choice.open_token(env={}, wait=5, waiting=Waiting(now=time.time, sleep=time.sleep))
    assert "doctor" in failure.value.remedy
    assert time.now == pytest.approx(5.0, abs=0.2)


def test_a_survey_asks_all_and_keeps_none_open(bus):
    ports = plug(bus, "/dev/a"), plug(bus, "/dev/b", product="other")
    (first, hello), (second, nothing) = token_choice.list_devices(env={})
    assert (first.why_rejected, hello["name"], nothing) == ("", "desk", None)
    assert "not a ticktap" in second.why_rejected
    assert all(port.closed for port in ports)


@pytest.mark.parametrize("choice", [None, "DE6312", "/dev/a"])
def test_a_device_that_states_another_serial_number_is_refused(bus, monkeypatch, choice):
    """Its USB descriptor has its own one."""
    port = plug(bus, "/dev/a")
    monkeypatch.setattr(transport, "find", lambda: [Candidate("/dev/a", "FFFF", "ticktap")])
    with pytest.raises(TicktapError, match="USB descriptor has FFFF"):
        token_choice.open_token(choice, env={}, wait=0)
    assert port.closed
    assert {name for name, _ in port.token.calls} == {"hello"}


def test_a_token_that_has_lost_its_owner_is_refused(bus, monkeypatch, tmp_path):
    monkeypatch.setenv("TICKTAP_HOME", str(tmp_path))
    KnownTokens().note_owned("DE6312")
    port = plug(bus, "/dev/a")
    for choice in (None, "/dev/a"):
        with pytest.raises(NotTheToken):
            token_choice.open_token(choice, env={}, wait=0)
        assert port.closed
