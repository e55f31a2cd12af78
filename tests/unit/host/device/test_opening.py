"""A port on the way to an open token: what is waited for, how long, and what is said about it."""

import errno

import pytest

from support.fake_port import FakePort, FakeTime, FakeToken
from ticktap.device import connection_loss, device_node
from ticktap.device.opening import Opening, open_at
from ticktap.device.transport import Candidate
from ticktap.device.waiting import Waiting
from ticktap.errors import NoAnswer, PortShared, PortUnavailable, TokenError, TokenGone

PATH = "/dev/ttyACM0"


class Computer:
    """A computer with one port. Times are seconds since the port was first tried.

    Args:
        age: of the device at the beginning; None when the system does not tell.
        ready: when its token begins to read.
    """

    def __init__(self, age=None, ready=0.0):
        self.time = FakeTime(0.0)
        self.token = FakeToken(self.time)
        self.age, self.ready = age, ready
        self.refusals = []  # (until, reason)
        self.lost = []  # moments at which the port goes away
        self.candidates = []
        self.said = []
        self.ports = []
        self.waiting = Waiting(
            now=self.time.time,
            sleep=self.time.sleep,
            tell=self.said.append,
            age_s=self.age_s,
            node_age_s=self.age_s,
            find=lambda: self.candidates,
        )

    def age_s(self, path):
        return None if self.age is None else self.age + self.time.now

    def connect(self, path):
        for until, reason in self.refusals:
            if self.time.now < until:
                raise PortUnavailable(f"refused: {reason}", "a remedy", reason)
        self.ports.append(Starting(self))
        return self.ports[-1]

    def open(self, path=PATH):
        return open_at(path, self.waiting, self.connect)


class Starting(FakePort):
    """A port that keeps what is written until its token is ready, as USB does."""

    def __init__(self, computer):
        super().__init__(computer.token)
        self.computer = computer
        self.kept = []

    def write(self, data):
        self.kept.append(data)
        self._pass_on()

    def read_line(self, timeout):
        now = self.token.time.now
        if self.computer.lost and now >= self.computer.lost[0]:
            self.computer.lost.pop(0)
            raise OSError(errno.EIO, "gone")
        if not self.answers and now < self.computer.ready <= now + timeout:
            self.token.time.sleep(self.computer.ready - now)
        self._pass_on()
        return super().read_line(timeout)

    def _pass_on(self):
        while self.kept and self.token.time.now >= self.computer.ready:
            super().write(self.kept.pop(0))


def test_a_token_that_runs_answers_at_once():
    computer = Computer(age=3600.0)
    token = computer.open()
    assert (token.path, token.hello["name"], computer.said) == (PATH, "desk", [])
    assert computer.time.now < 0.1
    assert not computer.ports[0].closed


@pytest.mark.parametrize("ready", [2.0, 6.0, 10.0])
def test_a_token_that_is_starting_is_waited_for_and_that_is_said_once(ready):
    computer = Computer(age=0.5, ready=ready)
    assert computer.open().hello["name"] == "desk"
    assert computer.said == ["The token is starting."]
    assert computer.time.now == pytest.approx(ready, abs=0.1)
    assert len(computer.ports) == 1


def test_nothing_is_said_of_a_start_that_is_nearly_over():
    computer = Computer(age=5.0, ready=0.8)
    computer.open()
    assert computer.said == []


def test_a_device_that_was_there_for_long_is_not_starting():
    computer = Computer(age=3600.0, ready=1e9)
    with pytest.raises(NoAnswer, match="did not answer hello") as failure:
        computer.open()
    assert computer.time.now == pytest.approx(3.0, abs=0.3)
    assert computer.said == []
    assert "firmware check" in failure.value.remedy
    assert computer.ports[0].closed


def test_a_young_device_is_given_the_rest_of_its_start():
    computer = Computer(age=5.0, ready=1e9)
    with pytest.raises(NoAnswer, match=r"did not answer hello in 7 s"):
        computer.open()
    assert computer.time.now == pytest.approx(7.0, abs=0.3)


def test_where_the_age_is_not_known_a_whole_start_is_waited_for_and_said_after_a_moment():
    computer = Computer(ready=11.0)
    computer.open()
    (said,) = computer.said
    assert "No response yet from /dev/ttyACM0" in said
    assert "12 s" in said
    computer = Computer(ready=1e9)
    with pytest.raises(NoAnswer, match="in 12 s"):
        computer.open()


def test_a_quick_answer_is_nothing_to_speak_of_where_the_age_is_not_known():
    computer = Computer(ready=2.5)
    computer.open()
    assert computer.said == []


@pytest.mark.parametrize("reason", ["denied", "busy", "failed"])
def test_a_new_port_that_may_not_be_opened_yet_is_tried_again(reason):
    computer = Computer(age=0.1)
    computer.refusals = [(0.4, reason)]
    assert computer.open().path == PATH
    assert computer.time.now == pytest.approx(0.4, abs=0.2)


@pytest.mark.parametrize("reason", ["denied", "busy"])
def test_a_new_port_that_stays_closed_is_an_error_after_a_moment(reason):
    computer = Computer(age=0.1)
    computer.refusals = [(1e9, reason)]
    with pytest.raises(PortUnavailable, match=reason):
        computer.open()
    assert computer.time.now == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize("age", [3600.0, None])
@pytest.mark.parametrize("reason", ["denied", "busy", "address"])
def test_another_port_that_may_not_be_opened_is_an_error_at_once(reason, age):
    computer = Computer(age)
    computer.refusals = [(1e9, reason)]
    with pytest.raises(PortUnavailable, match=reason):
        computer.open()
    assert computer.time.now == 0


def test_a_node_that_is_being_made_again_is_waited_for():
    """As in a USB reset: the device is old, its node goes, and udev gives the rights to the new one."""
    computer = Computer(age=3600.0)
    computer.waiting.node_age_s = lambda path: computer.time.now
    computer.refusals = [(0.2, "failed"), (0.5, "absent"), (0.7, "denied")]
    computer.open()
    assert computer.time.now == pytest.approx(0.7, abs=0.2)


def test_a_port_that_is_not_there_yet_is_waited_for():
    """As the link that udev makes some time after the port itself."""
    computer = Computer(age=0.1)
    computer.refusals = [(0.5, "absent"), (0.9, "denied")]
    assert computer.open("/dev/serial/by-id/usb-ticktap").hello["name"] == "desk"
    computer = Computer()
    computer.refusals = [(1e9, "absent")]
    with pytest.raises(PortUnavailable, match="absent"):
        computer.open()
    assert computer.time.now == pytest.approx(1.0, abs=0.2)


def test_a_network_address_is_not_waited_for():
    computer = Computer()
    computer.refusals = [(1e9, "absent")]
    with pytest.raises(PortUnavailable):
        computer.open("socket://host:7")
    assert computer.time.now == 0


def test_a_port_that_goes_away_while_the_token_starts_is_opened_again():
    computer = Computer(age=0.1, ready=5.0)
    computer.lost = [1.0]
    computer.refusals = []
    computer.open()
    assert [port.closed for port in computer.ports] == [True, False]
    computer = Computer(age=0.1, ready=1e9)
    computer.lost = [0.5] * 10
    with pytest.raises(TokenGone):
        computer.open()
    assert all(port.closed for port in computer.ports)


def test_a_device_that_is_no_ticktap_is_not_asked_twice():
    computer = Computer()
    computer.token.hello["product"] = "other"
    with pytest.raises(TokenError, match="not a ticktap"):
        computer.open()
    assert len(computer.ports[0].written) == 1
    assert computer.ports[0].closed


@pytest.mark.parametrize(
    ("candidate", "remedy"),
    [
        (Candidate(PATH, "1", "ticktap", "CircuitPython CDC control", "not the data channel"), "console"),
        (
            Candidate(PATH, "1", "Arduino", why_rejected="its name is Arduino"),
            "This may not be a token: its name is",
        ),
        (Candidate("/dev/other", "1", "ticktap"), "button held"),
    ],
)
def test_the_remedy_fits_what_is_silent(candidate, remedy):
    computer = Computer(age=3600.0, ready=1e9)
    computer.candidates = [candidate]
    with pytest.raises(NoAnswer) as failure:
        computer.open()
    assert remedy in failure.value.remedy


def test_a_program_that_may_have_taken_the_answer_is_named(monkeypatch):
    monkeypatch.setattr(
        connection_loss.device_node, "programs", lambda path: [device_node.Program(12, "cat")]
    )
    computer = Computer(age=3600.0, ready=1e9)
    with pytest.raises(PortShared, match=r"cat \(process 12\) has the port open") as failure:
        computer.open()
    assert "Close that program" in failure.value.remedy


def test_an_opening_goes_on_in_small_steps_and_can_be_left():
    computer = Computer(age=0.1, ready=5.0)
    opening = Opening(PATH, computer.waiting, computer.connect)
    for _ in range(10):
        before = computer.time.now
        assert opening.step(0.05) is None
        assert computer.time.now - before <= 0.06
    opening.close()
    assert computer.ports[0].closed
