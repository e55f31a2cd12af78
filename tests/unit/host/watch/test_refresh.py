"""A view kept true to a token: looks, codes after a press only, requests taken back, unplugging."""

import json

import pytest

from support.fake_port import FakePort
from ticktap.device.client import Client
from ticktap.device.token_choice import Token
from ticktap.errors import NoToken, NotOwner, TicktapError
from ticktap.otp.account import Listed
from ticktap.watch.refresh import CARE, POLLS, UNSURE, Care, Watcher

SECRET = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="


class Patient(FakePort):
    """A port whose token gives no code before `press`, and that can be pulled."""

    def __init__(self):
        super().__init__()
        self.held = []
        self.pulled = False

    def write(self, data):
        self._look()
        message = json.loads(data)
        if message["method"] == "code.get":
            self.written.append(data)
            self.held.append(data)
        elif message["method"] == "press.cancel" and self.held:
            self.written.append(data)
            number = json.loads(self.held.pop())["id"]
            self.answers.append(self._reply(number, error={"code": 6, "message": "", "data": None}))
            self.answers.append(self._reply(message["id"], result={"cancelled": True}))
        else:
            super().write(data)

    def read_line(self, timeout):
        self._look()
        return super().read_line(timeout)

    def press(self):
        """A finger."""
        super().write(self.held.pop())

    def _look(self):
        if self.pulled:
            raise OSError

    @staticmethod
    def _reply(number, **what):
        return json.dumps({"jsonrpc": "2.0", "id": number} | what).encode()

    @property
    def methods(self):
        """What was asked."""
        return [json.loads(data)["method"] for data in self.written]


class Desk:
    """A watcher's means, and what a test does with the token."""

    def __init__(self):
        self.port = Patient()
        self.there = True
        self.starting = 0  # looks at which it does not answer yet
        self.refusal = None
        self.cared = 0
        for name in ("alice", "bob"):
            self.port.token.do_account_add(name=name, secret=SECRET)
        self.watcher = Watcher(self.open(), self, self.port.token.time)
        self.now = 0.0

    def open(self):
        """The token, opened."""
        client = Client(self.port)
        return Token(client, client.hello(), "fake")

    def reopen(self):
        if not self.there:
            raise NoToken("no token found")
        if self.starting:
            self.starting -= 1
            return None
        self.port.pulled, self.port.closed, self.port.answers = False, False, []
        return self.open()

    def accounts(self, token):
        if self.refusal:
            raise self.refusal
        return [Listed.from_reply(each) for each in token.client.accounts()]

    def care(self, token, clock, offset):
        self.cared += 1
        return Care(None, [f"looked {self.cared}"])

    def step(self, seconds=1.0):
        """Time passes."""
        self.now += seconds
        self.watcher.step(self.now)
        return self.watcher.view

    def pull(self):
        """The cable out."""
        self.port.pulled, self.there = True, False


@pytest.fixture
def desk():
    made = Desk()
    made.step()
    return made


def test_a_look(desk):
    view = desk.watcher.view
    assert (view.name, view.clock, view.default, view.last) == ("desk", "ok", 1, "none")
    assert [each.name for each in view.accounts] == ["alice", "bob"]
    assert view.warnings == ["looked 1"]


def test_it_looks_each_second_and_lists_again_only_when_something_has_changed(desk):
    for _ in range(20):
        desk.step(0.5)
    assert desk.port.methods.count("status") == 11
    assert desk.port.methods.count("account.list") == 1
    desk.port.token.do_account_add(name="carol", secret=SECRET)
    assert [each.name for each in desk.step().accounts] == ["alice", "bob", "carol"]


def test_the_offset_follows_the_clocks(desk):
    for _ in range(POLLS * 2):
        desk.port.token.time.sleep(0.93)
        view = desk.step()
    assert abs(view.offset.seconds) <= view.offset.uncertainty < 0.1
    desk.port.token.clock_state = "stopped"
    view = desk.step()
    assert (view.clock, view.offset) == ("stopped", None)


@pytest.mark.parametrize(("fine", "seconds"), [(True, CARE), (False, UNSURE)])
def test_the_record_of_the_clock_is_read_again_sooner_while_little_is_known(fine, seconds):
    desk = Desk()
    desk.port.token.fine = fine
    desk.step()
    desk.step(seconds - 1)
    assert desk.cared == 1
    assert desk.step(2).warnings == ["looked 2"]


def test_a_code_comes_with_a_press_and_not_before(desk):
    desk.watcher.ask(desk.now)
    desk.watcher.ask(desk.now)
    view = desk.step(0.1)
    assert (view.wanted.label, view.shown) == ("alice", None)
    assert desk.port.methods.count("code.get") == 1
    desk.port.press()
    view = desk.step(0.1)
    assert view.wanted is None
    assert view.shown.code == desk.port.token.first_code(1)["code"]
    assert desk.step(30).shown is None


@pytest.mark.parametrize("way", [Watcher.take_back, lambda watcher: watcher.choose(1), Watcher.close])
def test_a_request_is_taken_back(desk, way):
    desk.watcher.ask(desk.now)
    desk.step(0.1)
    way(desk.watcher)
    assert "press.cancel" in desk.port.methods
    assert desk.port.held == []
    assert desk.watcher.view.wanted is None


def test_a_code_that_comes_while_it_is_taken_back_is_not_shown(desk):
    desk.watcher.ask(desk.now)
    desk.port.press()
    desk.watcher.choose(1)
    view = desk.step()
    assert view.shown is None
    desk.watcher.ask(desk.now)
    desk.port.press()
    assert desk.step(0.1).shown.label == "bob"


def test_closing_while_nothing_is_asked_closes_the_port(desk):
    desk.watcher.close()
    assert desk.port.closed
    assert "press.cancel" not in desk.port.methods


def test_staying_at_the_same_account_takes_nothing_back(desk):
    desk.watcher.ask(desk.now)
    desk.watcher.choose(-1)
    assert desk.port.held


@pytest.mark.parametrize(("code", "words"), [(5, "not pressed in time"), (6, "cancelled"), (16, "damaged")])
def test_a_refusal_is_told_and_the_view_goes_on(desk, code, words):
    desk.watcher.ask(desk.now)
    number = json.loads(desk.port.held.pop())["id"]
    desk.port.answers.append(desk.port._reply(number, error={"code": code, "message": "", "data": None}))
    view = desk.step(0.1)
    assert words in view.message
    assert (view.plugged, view.wanted) == (True, None)
    desk.watcher.ask(desk.now)
    assert desk.port.held


def test_a_token_that_never_answers_is_opened_anew(desk):
    desk.watcher.ask(desk.now)
    assert desk.step(89).wanted, "30 s for the press, and 60 for the next step of the code"
    assert not desk.step(2).plugged
    assert desk.step().plugged


@pytest.mark.parametrize("asked", [False, True])
def test_unplugged_and_back(desk, asked):
    desk.watcher.choose(1)
    if asked:
        desk.watcher.ask(desk.now)
    desk.pull()
    view = desk.step()
    assert (view.plugged, view.wanted, view.entry, view.clock) == (False, None, None, "")
    assert not desk.step().plugged
    desk.there = True
    view = desk.step()
    assert (view.plugged, view.entry.label) == (True, "bob")
    assert view.document()["clock"] == "ok"


def test_a_code_is_gone_when_the_token_is(desk):
    desk.watcher.ask(desk.now)
    desk.port.press()
    assert desk.step(0.1).shown
    desk.pull()
    assert desk.step().shown is None


def test_locked_and_unlocked(desk):
    token = desk.port.token
    token.pin_key, token.locked = b"key", True
    view = desk.step()
    assert (view.locked, view.entry) == (True, None)
    desk.watcher.unlock(lambda _: setattr(token, "locked", False))
    view = desk.step(0.1)
    assert (view.locked, view.entry.label) == (False, "alice")
    desk.watcher.unlock(lambda _: pytest.fail("nothing is locked"))


def test_another_owner(desk):
    desk.refusal = NotOwner("it has another owner", "Give the right key.")
    desk.port.token.owner = b"k" * 32
    view = desk.step()
    assert view.accounts is None
    assert view.message == "It has another owner. Give the right key."
    assert [each.id for each in view.entries] == [1]


def test_an_odd_answer_is_told(desk):
    desk.refusal = TicktapError("that was odd", "Look.")
    desk.port.token.do_account_add(name="carol", secret=SECRET)
    assert desk.step().message == "That was odd. Look."


def test_a_token_that_is_starting_is_looked_at_again_at_once_and_that_is_shown(desk):
    desk.pull()
    assert not desk.step().plugged
    desk.there, desk.starting = True, 3
    for _ in range(3):
        view = desk.step(0.5 if desk.starting == 3 else 0.05)
        assert (view.plugged, view.message) == (False, "The token is starting.")
    view = desk.step(0.05)
    assert (view.plugged, view.message) == (True, "")


def test_a_watched_token_is_not_waited_for_in_the_middle_of_a_look(desk):
    assert desk.watcher._token.client.recovery is None
