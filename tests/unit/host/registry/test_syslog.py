"""Events as RFC 5424 messages, and on their way to a receiver that is there, slow, or gone."""

import contextlib
import re
import socket
import threading

import pytest

from ticktap.errors import BadInput
from ticktap.registry import syslog
from ticktap.registry.audit_chain import Event
from ticktap.registry.syslog import Address, Syslog

REFUSED = Event(1_795_003_600, "ann", "192.0.2.7", "sign-in-refused", {"reason": "no-match"})
# RFC 5424 section 6, with the parts that are used here.
MESSAGE = re.compile(
    rb"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) "
    rb"([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) "
    rb'(\[origin software="ticktap" swVersion="[^"\\\]]+"\]) (.*)',
    re.DOTALL,
)


def parts(user, event, host="desk"):
    return [each.decode() for each in MESSAGE.fullmatch(syslog.message(user, event, host, 7)).groups()]


def event(what="signed-in", **detail):
    return Event(1_795_003_600, "ann", "192.0.2.7", what, detail)


def test_a_message_has_the_fields_of_the_rfc():
    *head, _, body = parts("ann", REFUSED)
    assert head == ["84", "2026-11-18T12:06:40Z", "desk", "ticktap", "7", "sign-in-refused"]
    assert body == 'sign-in-refused user="ann" by="ann" from="192.0.2.7" reason="no-match"'


@pytest.mark.parametrize(
    ("what", "priority"), [("signed-in", "86"), ("sign-in-refused", "84"), ("user-added", "85"), ("x", "85")]
)
def test_facility_and_severity(what, priority):
    assert parts(None, event(what))[0] == priority


def test_values_cannot_look_like_others():
    body = parts(
        None, event("a-b", name='x" by="eve', path="a\\b", line="1\n<34>1 2", many=["x", 1], none=None)
    )[-1]
    assert body == (
        'a-b user="" by="ann" from="192.0.2.7" name="x\\" by=\\"eve" path="a\\\\b" '
        'line="1?<34>1 2" many="x,1" none=""'
    )


def test_other_letters_are_utf_8_with_a_mark():
    assert parts("zo\u00eb", event())[-1].startswith('\ufeffsigned-in user="zo\u00eb"')
    assert (
        syslog.message("\udcff", event(), "desk", 7).decode().endswith('user="?" by="ann" from="192.0.2.7"')
    )


def test_what_cannot_be_in_the_head_is_left_out():
    fields = parts(None, event("two words"), host="a host")
    assert (fields[2], fields[5]) == ("-", "-")
    assert parts(None, event("x" * 99))[5] == "x" * 32


def test_a_message_is_never_too_long():
    data = syslog.message("ann", event(text="\u00e9" * 4000), "desk", 7)
    assert 2000 < len(data) <= 2048
    data.decode()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("/dev/log", Address("unix", "/dev/log")),
        ("udp://logs.example", Address("udp", "logs.example", 514)),
        ("tcp://[2001:db8::1]:6514", Address("tcp", "2001:db8::1", 6514)),
        ("tcp://192.0.2.1/", Address("tcp", "192.0.2.1", 601)),
    ],
)
def test_addresses(text, address):
    assert Address.of(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "logs.example", "udp://", "http://x", "udp://a:99999", "udp://a:b", "tcp://u:p@a", "tcp://a/b"],
)
def test_what_is_no_address(text):
    with pytest.raises(BadInput, match="not the address") as caught:
        Address.of(text)
    assert "/dev/log, udp://" in caught.value.remedy


# --- receivers


@contextlib.contextmanager
def datagrams(family, place):
    """A receiver of datagrams, and where it is."""
    with socket.socket(family, socket.SOCK_DGRAM) as receiver:
        receiver.bind(place)
        receiver.settimeout(20)
        yield receiver


def test_datagrams_to_this_computer(tmp_path):
    place = str(tmp_path / "log")
    with datagrams(socket.AF_UNIX, place) as receiver:
        sender = Syslog(Address.of(place))
        for _ in range(3):
            sender.send("ann", REFUSED)
        assert [MESSAGE.fullmatch(receiver.recv(4096))[6] for _ in range(3)] == [b"sign-in-refused"] * 3
        sender.flush()
        assert sender.problem == ""


def test_datagrams_over_the_network():
    with datagrams(socket.AF_INET, ("127.0.0.1", 0)) as receiver:
        sender = Syslog(Address("udp", "127.0.0.1", receiver.getsockname()[1]))
        sender.send("ann", REFUSED)
        assert MESSAGE.fullmatch(receiver.recv(4096))[1] == b"84"


def counted(stream):
    """The next message of RFC 6587's octet counting."""
    size = b""
    while (digit := stream.read(1)) != b" ":
        size += digit
    return stream.read(int(size))


def test_tcp_counts_and_connects_again():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        sender = Syslog(Address("tcp", "127.0.0.1", server.getsockname()[1]))
        for _ in range(2):  # the second time the receiver has been started anew
            sender.send("zo\u00eb", REFUSED)
            sender.send("bob", REFUSED)
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as stream:
                assert b'user="zo\xc3\xab"' in MESSAGE.fullmatch(counted(stream))[8]
                assert b'user="bob"' in MESSAGE.fullmatch(counted(stream))[8]
        sender.flush()
        assert sender.problem == ""


def test_a_receiver_that_is_not_there_is_no_error(tmp_path, monkeypatch):
    place = tmp_path / "log"
    sender = Syslog(Address("unix", str(place)))
    sender.send("ann", REFUSED)
    sender.flush()
    assert "No such file" in sender.problem
    with datagrams(socket.AF_UNIX, str(place)) as receiver:
        sender.send("ann", REFUSED)  # dropped: so soon after a failure nothing is tried
        sender.flush()
        monkeypatch.setattr(syslog, "_PAUSE", 0.0)
        sender.send("bob", REFUSED)
        assert b'user="bob"' in receiver.recv(4096)


@pytest.mark.parametrize(
    "place", ["/", "udp://127.0.0.1:1", "tcp://127.0.0.1:1", f"udp://{'x' * 70}.example"]
)
def test_nothing_raises(place):
    sender = Syslog(Address.of(place))
    for _ in range(3):
        sender.send("ann", REFUSED)
        sender.flush()
    assert sender.problem


def test_a_receiver_that_hangs_keeps_nobody_waiting(monkeypatch):
    """The thread waits for a receiver that never comes to an end; who sends does not."""
    asked, released = threading.Event(), threading.Event()
    sender = Syslog(Address("tcp", "192.0.2.1", 601))

    def hang():
        asked.set()
        released.wait()
        raise OSError("gone")

    monkeypatch.setattr(sender, "_connect", hang)
    sender.send("ann", REFUSED)
    assert asked.wait(20)
    for _ in range(1100):
        sender.send("ann", REFUSED)
    assert "faster" in sender.problem
    sender.flush(0.01)
    assert sender.problem == "it takes too long"
    released.set()
    sender.flush()
