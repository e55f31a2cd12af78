"""Sign-ins and what admins do go to the syslog receiver: once, and only when they are durable."""

import socket

import pytest

from signin.desk import Desk
from ticktap.errors import Refused
from ticktap.registry import Actor, Registry
from ticktap.registry.syslog import Address, Syslog
from ticktap.verifier.sign_in import SignIn


class Collector:
    """In place of a Syslog: keeps what it is given."""

    def __init__(self):
        self.events = []

    def send(self, user, event):
        self.events.append((user, event.what, dict(event.detail)))

    def flush(self):
        pass

    def taken(self):
        """User and event of all since the last time, without anchors."""
        events, self.events = self.events, []
        return [(user, what) for user, what, _ in events if what != "anchor"]


@pytest.fixture
def heard(desk: Desk):
    """What the desk's registry sends."""
    desk.registry.syslog = Collector()
    return desk.registry.syslog


def test_each_event_is_sent_once(desk, heard):
    users = desk.registry.users
    desk.add()
    assert heard.taken() == [("ann", "user-added"), ("ann", "account-added")]
    desk.verify(desk.code())
    desk.verify(desk.wrong())
    desk.verify("123456", "hunter2")
    assert [(user, what) for user, what, _ in heard.events] == [
        ("ann", "signed-in"), ("ann", "sign-in-refused"), (None, "sign-in-refused"),
    ]  # fmt: skip
    assert "hunter2" not in str(heard.events)
    heard.taken()
    desk.registry.set_policy("tries", 5)
    users.rename("ann", "anna")
    users.delete("anna")
    desk.registry.audit.add("backup-made", user=None, who="cron", origin="vm")
    assert heard.taken() == [
        (None, "setting"), ("anna", "user-renamed"), ("anna", "user-deleted"), (None, "backup-made"),
    ]  # fmt: skip


def test_what_was_undone_is_not_sent(desk, heard):
    desk.add()
    heard.taken()
    with pytest.raises(Refused):
        desk.registry.users.add("ann")
    with pytest.raises(ZeroDivisionError), desk.registry.writing() as work:
        desk.registry.note(
            work, desk.registry.ensure_system_rows(work), "setting", {"name": "tries", "value": 1}
        )
        raise ZeroDivisionError
    assert heard.taken() == []


@pytest.mark.parametrize("place", ["/nowhere/log", "udp://127.0.0.1:1", "tcp://127.0.0.1:1"])
def test_a_receiver_that_is_gone_stops_no_sign_in(desk, place):
    desk.add()
    desk.registry.syslog = Syslog(Address.of(place))
    assert desk.verify(desk.code()).ok
    assert desk.verify(desk.code()).reason == "used"
    desk.registry.close()


def test_an_address_can_be_given_when_a_registry_is_opened(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "log"))
        receiver.settimeout(20)
        monkeypatch.setenv("TICKTAP_SYSLOG", str(tmp_path / "log"))
        with Registry.open(tmp_path / "registry.db", actor=Actor("admin", "desk")) as registry:
            registry.users.add("ann")
            SignIn(registry).verify("ann", "000000", origin="192.0.2.7")
        messages = [receiver.recv(4096).decode() for _ in range(3)]
        assert " anchor user=" in messages.pop(1)
    assert messages[0].endswith(
        'user-added user="ann" by="admin" from="desk"'
        ' methods="token,backup-code,issued-code,app-password" networks=""'
    )
    assert messages[1].endswith('sign-in-refused user="ann" by="ann" from="192.0.2.7" reason="no-match"')
