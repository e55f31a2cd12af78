"""Commands send events to a syslog receiver, and go on without one."""

import socket

import pytest

from ticktap.registry import Registry


@pytest.fixture
def receiver(tmp_path):
    """A receiver of datagrams; its name is its path."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "log"))
        receiver.settimeout(20)
        yield receiver


def test_a_sign_in_is_told(ticktap, receiver):
    place = receiver.getsockname()
    assert ticktap("user", "add", "ann", "--syslog", place).code == 0
    assert b' user-added user="ann" by=' in receiver.recv(4096).partition(b"]")[2]
    assert b" anchor user=" in receiver.recv(4096)
    done = ticktap("verify", "--user", "ann", stdin="000000", TICKTAP_SYSLOG=place)
    assert done.code == 7 and "syslog" not in done.err
    data = receiver.recv(4096)
    assert data.startswith(b"<84>1 ") and b'reason="no-match"' in data and b"000000" not in data


def test_a_receiver_that_is_gone_is_told_and_changes_nothing(ticktap):
    with Registry.open(ticktap.home / "kept" / "registry.db") as registry:
        registry.users.add("ann")
        code, _ = registry.factors.issue_code("ann")
    done = ticktap("verify", "--user", "ann", "--syslog", "/nowhere/log", stdin=code)
    assert done.code == 0 and done.out == "Accepted.\n"
    assert "the syslog receiver /nowhere/log did not get all events (No such file or directory)" in done.err


def test_an_address_that_is_none(ticktap):
    done = ticktap("user", "add", "ann", "--syslog", "logs.example")
    assert done.code == 2 and "Give /dev/log, udp://HOST[:PORT] or tcp://HOST[:PORT]." in done.err
    assert ticktap("user", "list").code == 5
