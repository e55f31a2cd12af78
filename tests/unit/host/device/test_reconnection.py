"""A connection that is lost: whether the token came back, what is repeated, and what is not known."""

import errno

import pytest

from support.fake_port import FakePort, FakeTime, FakeToken
from ticktap.device import connection_loss, device_node, opening
from ticktap.device.reconnection import recoverable
from ticktap.device.transport import Candidate, SharedRead
from ticktap.device.waiting import Waiting
from ticktap.errors import ConnectionInterrupted, PortShared, PortUnavailable, TokenGone

PATH, OTHER = "/dev/ttyACM0", "/dev/ttyACM1"


class Cable:
    """A token whose port is lost when `cut` is asked for. `when` seconds later it is at those in `back`."""

    def __init__(self):
        self.time = FakeTime(0.0)
        self.token = FakeToken(self.time)
        self.cut = None  # a method
        self.error = OSError(errno.EIO, "gone")
        self.back, self.when = {PATH: self.token}, 0.5
        self.candidates = []
        self.lost_at = None
        self.said, self.ports = [], []
        self.waiting = Waiting(
            now=self.time.time,
            sleep=self.time.sleep,
            tell=self.said.append,
            age_s=lambda path: 3600.0,
            find=lambda: self.candidates,
        )
        self.client = self._open().client

    def _open(self):
        return recoverable(opening.open_at(PATH, self.waiting, self.connect), self.waiting, self.connect)

    def connect(self, path):
        token = self.token
        if self.lost_at is not None:
            token = self.back.get(path)
            if token is None or self.time.now < self.lost_at + self.when:
                raise PortUnavailable(f"there is no port {path}", "", "absent")
        self.ports.append(Wire(self, token))
        self.ports[-1].name = path
        return self.ports[-1]


class Wire(FakePort):
    def __init__(self, cable, token):
        super().__init__(token)
        token.time = cable.time
        self.cable = cable

    def write(self, data):
        if self.closed:
            raise OSError("closed")
        cable = self.cable
        if cable.cut and f'"{cable.cut}"'.encode() in data.replace(b"\\", b""):
            cable.cut, cable.lost_at = None, cable.time.now
            if isinstance(cable.error, SharedRead):
                cable.lost_at = None
            raise cable.error
        super().write(data)


@pytest.fixture
def cable():
    return Cable()


def test_a_read_is_repeated_over_a_port_that_came_back(cable):
    cable.cut = "status"
    assert cable.client.status()["accounts"] == 0
    assert cable.said == ["The USB connection was interrupted. The request is repeated."]
    assert cable.ports[0].closed
    assert not cable.ports[-1].closed
    assert cable.time.now == pytest.approx(0.6, abs=0.2)
    assert cable.client.status()["accounts"] == 0
    cable.client.close()
    assert all(port.closed for port in cable.ports)


def test_a_port_that_came_back_under_another_name_is_found_by_the_serial_number(cable):
    cable.back = {OTHER: cable.token}
    cable.candidates = [Candidate(OTHER, "de6312", "ticktap")]
    cable.cut = "status"
    cable.client.status()
    assert cable.client.port.name == OTHER


def test_a_port_that_stays_away_is_a_token_that_is_gone(cable):
    cable.back, cable.cut = {}, "status"
    with pytest.raises(TokenGone) as failure:
        cable.client.status()
    assert type(failure.value) is TokenGone
    assert (failure.value.message, failure.value.remedy) == (
        "the token at /dev/ttyACM0 is gone",
        "Plug it in and repeat the command.",
    )
    assert cable.time.now == pytest.approx(2.1, abs=0.3)


def test_after_a_loss_nothing_waits_a_second_time(cable):
    cable.back, cable.cut = {}, "status"
    with pytest.raises(TokenGone):
        cable.client.status()
    before = cable.time.now
    with pytest.raises(TokenGone):
        cable.client.status()
    cable.client.close()
    assert cable.time.now == before


def test_another_token_in_its_place_is_not_asked(cable):
    stranger = FakeToken(cable.time)
    stranger.hello["serial"] = "FF00"
    cable.back, cable.cut = {PATH: stranger}, "status"
    with pytest.raises(ConnectionInterrupted, match="is back") as failure:
        cable.client.status()
    assert "cable" in failure.value.remedy
    assert [name for name, _ in stranger.calls] == ["hello"]
    assert all(port.closed for port in cable.ports)


def change(client):
    client.allow_changes()
    client.rename_token("shelf")


@pytest.mark.parametrize(
    ("method", "call", "remedy"),
    [
        ("account.add", lambda client: client.add_proved({"name": "a", "secret": "MTIz"}), "account list"),
        ("settings.set", lambda client: client.set_settings({"inter_key_ms": 5}), "settings show"),
        ("clock.set", lambda client: client.set_clock(1800000000), "clock show"),
        ("code.get", lambda client: client.code(1), "Repeat the command"),
        ("pin.unlock", lambda client: client.unlock(bytes(32)), "tries left"),
        ("token.rename", change, "info"),
    ],
)
@pytest.mark.parametrize("back", [True, False])
def test_what_changes_something_is_not_repeated_and_what_is_not_known_is_said(
    cable, method, call, remedy, back
):
    cable.cut = method
    if not back:
        cable.back = {}
    with pytest.raises(ConnectionInterrupted if back else TokenGone) as failure:
        call(cable.client)
    assert f"it is not known whether it carried out {method}" in failure.value.message
    assert ("is back" in failure.value.message) == back
    assert remedy in failure.value.remedy
    assert ("Plug it in" in failure.value.remedy) != back
    assert method not in [name for name, _ in cable.token.calls]


def test_a_read_is_not_repeated_when_the_connection_was_allowed_something(cable):
    """The token forgets what a connection was allowed, so the next request might be refused."""
    cable.client.allow_changes()
    cable.cut = "status"
    with pytest.raises(ConnectionInterrupted, match="is back"):
        cable.client.status()


def test_a_second_loss_ends_it(cable):
    cable.cut = "status"
    write = Wire.write

    def again(port, data):
        if len(cable.ports) > 1 and b'"status"' in data:
            raise OSError("gone")
        write(port, data)

    Wire.write = again
    try:
        with pytest.raises(ConnectionInterrupted):
            cable.client.status()
    finally:
        Wire.write = write


def test_a_port_that_another_program_reads_is_told_apart(cable, monkeypatch):
    cable.error = SharedRead()
    cable.cut = "status"
    with pytest.raises(PortShared, match="another program reads /dev/ttyACM0 too") as failure:
        cable.client.status()
    assert "serial monitor" in failure.value.remedy
    monkeypatch.setattr(
        connection_loss.device_node, "programs", lambda path: [device_node.Program(12, "cat")]
    )
    cable.cut = "code.get"
    with pytest.raises(PortShared, match=r"cat \(process 12\) reads .* not known .* code.get") as failure:
        cable.client.code(1)
    assert failure.value.remedy.startswith("Close that program. Repeat the command")
