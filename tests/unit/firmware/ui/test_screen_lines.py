"""What the token is doing, in; lines of text, out. No display, no clock."""

from types import SimpleNamespace

import pytest

from fob.app.press_request import PressRequest
from fob.app.token import Token
from fob.rpc import press_reason
from fob.store.token_store import Damaged
from fob.ui.screen import Screen

STEP_START = 1_800_000_000  # a multiple of 30


class Display:
    """Keeps what it is shown; `works` False: it does not answer."""

    def __init__(self, columns=21, rows=2):
        self.columns, self.rows = columns, rows
        self.lines = None
        self.big = ""
        self.shows = 0
        self.works = True

    def show(self, lines, big):
        self.shows += 1
        if self.works:
            assert len(lines) == self.rows
            assert len(big) <= self.columns // 2
            assert not big or lines[1:3] == ["", ""]
            self.lines, self.big = [line[: self.columns].rstrip() for line in lines], big
        return self.works


class TokenStore:
    """Accounts by id: (issuer, name), or None for one that is damaged."""

    def __init__(self, accounts):
        self.accounts = accounts
        self.order = list(accounts)
        self.name = ""
        self.locked = False
        self.usable = True
        self.opened = 0

    @property
    def key_loaded(self):
        return not self.locked

    def __len__(self):
        return len(self.order)

    def __contains__(self, id):
        return id in self.accounts

    def account(self, id):
        assert not self.locked
        self.opened += 1
        if self.accounts[id] is None:
            raise Damaged()
        issuer, name = self.accounts[id]
        return SimpleNamespace(id=id, issuer=issuer, name=name, period=30)


class Scene:
    """A token made of what a screen looks at, and its screen."""

    def __init__(self, accounts=None, **display):
        self.display = Display(**display)
        self.screen = Screen(self.display)
        self.token = SimpleNamespace(
            now=0,
            maintenance=False,
            requests=SimpleNamespace(waiting=None, is_pressed=False),
            store=TokenStore({1: ("Example", "alice"), 2: ("", "bob")} if accounts is None else accounts),
            account_menu=SimpleNamespace(is_open=False, position=None),
            button_pin=SimpleNamespace(is_open=False, is_checking=False, count=0),
            delivery=SimpleNamespace(waiting=None, typing=False, last="none"),
            gestures=SimpleNamespace(undecided=False),
            time=SimpleNamespace(state="ok"),
        )
        self.token._button_pin = self.token.button_pin
        self.token.mode = lambda: Token.mode(self.token)

    def after(self, ms):
        """What is on the screen so much later; the token steps every 5 ms."""
        for _ in range(ms // 5):
            self.token.now += 5
            self.screen.step(self.token)
        return self.display.lines

    @property
    def now(self):
        return self.after(200)

    def press(self):
        """A button goes down and up again."""
        self.token.gestures.undecided = True
        self.after(60)
        self.token.gestures.undecided = False

    def code(self, second=0, code="123456", id=1, hotp=False):
        """A code is made at a second of its step."""
        unix = None if hotp else STEP_START + second
        self.screen.show_code(self.token.store.account(id), code, unix, self.token.now)


@pytest.fixture
def scene():
    return Scene()


def test_it_begins_with_who_it_is(scene):
    assert scene.now == ["ticktap", "2 accounts"]
    scene.token.store.name = "desk"
    scene.token.store.order = [1]
    assert scene.now == ["desk", "1 account"]


def test_it_draws_what_has_changed_only(scene):
    scene.after(10_000)
    assert scene.display.shows == 1


def test_a_minute_after_the_last_press_it_is_dark(scene):
    assert scene.after(59_900) == ["ticktap", "2 accounts"]
    assert scene.after(200) == ["", ""]
    scene.press()
    assert scene.after(59_900) == ["ticktap", "2 accounts"]
    assert scene.after(200) == ["", ""]


def test_a_code_with_the_seconds_that_are_surely_left(scene):
    assert "123 456" not in scene.now[1]
    scene.code(second=3)
    assert scene.after(100) == ["Example alice", "123 456           26s"]
    assert scene.after(10_000) == ["Example alice", "123 456           16s"]


@pytest.mark.parametrize("second", [0, 3, 27, 28])
def test_it_is_gone_when_the_next_step_may_have_begun(scene, second):
    scene.code(second=second)
    shown = (30 - second - 1) * 1000
    assert "123 456" in scene.after(shown - 200)[1]
    assert scene.after(400) == ["ticktap", "2 accounts"]


def test_a_counted_code_stays_half_a_minute(scene):
    scene.code(hotp=True, id=2)
    assert scene.after(29_800) == ["bob", "123 456            1s"]
    assert scene.after(400)[0] == "ticktap"


@pytest.mark.parametrize(
    ("code", "shown"), [("2T5GB", "2T5 GB"), ("12345678", "1234 5678"), ("1234567890", "12345 67890")]
)
def test_codes_of_other_lengths(scene, code, shown):
    scene.code(code=code)
    assert scene.now[1].startswith(shown + " ")


def test_a_taller_screen_has_the_code_large_and_a_bar():
    scene = Scene(rows=5)
    scene.code(second=0)
    assert scene.now == ["Example alice", "", "", "===============   29s", ""]
    assert scene.display.big == "123 456"
    assert scene.after(20_000)[3] == "====               9s"
    assert scene.after(10_000) == ["ticktap", "2 accounts", "", "", ""]
    assert scene.display.big == ""


def test_a_code_that_is_too_long_to_be_large():
    scene = Scene(rows=5)
    scene.code(code="1234567890")
    assert scene.now[:2] == ["Example alice", "12345 67890       29s"]
    assert scene.display.big == ""


@pytest.mark.parametrize("change", [{"accounts": {}}, {"accounts": {2: ("", "bob")}, "order": [2]}])
def test_the_code_of_an_account_that_goes_goes_too(scene, change):
    scene.code()
    assert "123 456" in scene.now[1]
    for name, value in change.items():
        setattr(scene.token.store, name, value)
    assert "123 456" not in scene.now[1]


def test_a_locked_token_says_nothing_of_its_accounts(scene):
    scene.code()
    scene.after(100)
    scene.token.store.locked = True
    assert scene.now == ["Locked", ""]
    scene.token.requests.waiting = PressRequest(1, None, 30_000, press_reason.CODE, 1)
    assert scene.now == ["Press for a code", "                  30s"]
    scene.token.requests.waiting = None
    scene.token.store.locked = False
    assert scene.now == ["ticktap", "2 accounts"]


def test_a_pin_is_stars(scene):
    scene.token.store.locked = True
    pin = scene.token.button_pin
    pin.is_open, pin.count = True, 3
    assert scene.now == ["PIN", "***"]
    pin.is_checking = True
    assert scene.now == ["PIN", "..."]


@pytest.mark.parametrize(
    ("reason", "account", "said"),
    [
        (press_reason.CODE, 1, ["Press for a code", "Example alice     28s"]),
        (press_reason.CHANGE, None, ["Press to change", "desk              28s"]),
        (press_reason.DESTRUCTIVE, None, ["Press: no way back", "desk              28s"]),
    ],
)
def test_what_the_computer_asks_for_shows_however_long_nobody_was_there(scene, reason, account, said):
    scene.token.store.name = "desk"
    assert scene.after(70_000) == ["", ""]
    scene.token.requests.waiting = PressRequest(1, None, scene.token.now + 28_100, reason, account)
    assert scene.now == said


def test_choosing_shows_the_account_and_its_place(scene):
    scene.token.account_menu = SimpleNamespace(is_open=True, position=1)
    assert scene.now == ["bob", "                  2/2"]


def test_waiting_for_the_next_step(scene):
    scene.token.delivery.waiting = 1
    assert scene.now == ["Example alice", "Next code..."]


@pytest.mark.parametrize(("in_time", "said"), [(False, "Next code..."), (True, "Waking the host")])
def test_a_request_whose_press_came_asks_for_no_other(scene, in_time, said):
    request = scene.token.requests.waiting = PressRequest(1, None, 30_000, press_reason.CODE, 1)
    request.pressed = not in_time
    scene.token.requests.is_pressed = True
    assert scene.now == ["Example alice", said]


def test_an_invalid_clock_is_said_on_a_locked_token_too(scene):
    scene.token.store.locked = True
    scene.token.time.state = "stopped"
    assert scene.now == ["", "Clock is not set"]


def test_a_clock_that_is_not_set(scene):
    scene.token.time.state = "stopped"
    assert scene.now == ["", "Clock is not set"]


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("no-account", "No account here"),
        ("store", "Store: see the host"),
        ("host-stopped", "Host stopped reading"),
        ("typed", "2 accounts"),
    ],
)
def test_what_became_of_the_press(scene, last, said):
    scene.token.delivery.last = last
    assert scene.now[1] == said


def test_a_store_of_somebody_else(scene):
    scene.token.store.usable = False
    assert scene.now == ["", "Store: see the host"]


def test_maintenance(scene):
    scene.token.maintenance = True
    assert scene.now == ["Maintenance", ""]


def test_long_names_and_damaged_accounts_fit():
    scene = Scene({1: ("A rather long issuer", "somebody@example.org"), 2: None}, columns=21)
    scene.token.requests.waiting = PressRequest(1, None, 30_000, press_reason.CODE, 1)
    assert scene.now == ["Press for a code", "A rather long iss 30s"]
    scene.token.requests.waiting = PressRequest(1, None, 30_000, press_reason.CODE, 2)
    assert scene.now == ["Press for a code", "damaged           30s"]


def test_an_account_is_opened_once_while_it_shows(scene):
    scene.token.account_menu = SimpleNamespace(is_open=True, position=0)
    scene.after(3000)
    assert scene.token.store.opened == 1


def test_a_new_name_shows_the_next_time(scene):
    scene.token.account_menu = SimpleNamespace(is_open=True, position=1)
    assert scene.now[0] == "bob"
    scene.token.store.accounts[2] = ("", "robert")
    scene.token.account_menu = SimpleNamespace(is_open=False, position=None)
    scene.after(200)
    scene.token.account_menu = SimpleNamespace(is_open=True, position=1)
    assert scene.now[0] == "robert"


def test_nothing_is_drawn_between_a_press_and_its_code(scene):
    scene.after(200)
    scene.token.store.name = "changed"
    scene.token.gestures.undecided = True
    scene.after(500)
    scene.token.gestures.undecided = False
    scene.token.delivery.typing = True
    scene.after(500)
    assert scene.display.shows == 1
    scene.token.delivery.typing = False
    assert scene.now[0] == "changed"


def test_a_screen_that_does_not_answer_is_tried_once_a_second(scene):
    scene.display.works = False
    scene.after(5000)
    assert scene.display.shows == 5
    scene.display.works = True
    assert scene.after(1000) == ["ticktap", "2 accounts"]


def test_it_can_be_cleared_at_once(scene):
    scene.code()
    assert "123 456" in scene.now[1]
    scene.screen.clear()
    assert scene.display.lines == ["", ""]
