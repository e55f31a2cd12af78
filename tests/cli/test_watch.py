"""ticktap watch at a pseudo-terminal, once with the real firmware on simulated parts; and as JSON lines."""

import json
import os
import re
import signal
import subprocess
import termios
import time
from contextlib import contextmanager

import pytest

from cli import shapes
from cli.command import PIN, SECRET, URI, Command
from cli.guarded import give_owner, give_pin
from cli.simulated import Simulated
from cli.test_terminal import Terminal
from ticktap.otp import code_check
from ticktap.otp.account import Account

LEFT_IN_STEP = re.compile(r"(\d+) s left in this step")
LONGEST_S = 90  # seconds after which a text is not expected any more
ENTERED, LEFT = "\x1b[?1049h", "\x1b[?1049l"
STYLE = re.compile(r"\x1b\[[\d;]*m")
DRAWN = re.compile(r"\x1b\[(\d+);1H([^\x1b]*)|(\x1b\[2J)")


class Watched(Terminal):
    """A view at a terminal, and what is on its screen."""

    def __init__(self, ticktap, *words):
        super().__init__(ticktap, "watch", *words, picture=True)
        self.before = fresh_modes()

    @property
    def rows(self):
        """The rows of the screen, as they were drawn over each other."""
        rows = {}
        for number, text, wiped in DRAWN.findall(STYLE.sub("", self.seen)):
            rows = {} if wiped else rows | {int(number): text.rstrip()}
        return [rows[number] for number in sorted(rows)]

    def until(self, words, there=True):
        """Reads until `words` are on the screen, or are not any more."""
        give_up = time.monotonic() + LONGEST_S
        while (words in "\n".join(self.rows)) != there:
            assert time.monotonic() < give_up, self.rows
            self.more()

    def ask(self):
        """Asks for a code when enough of the step is left to look at it."""
        while not (left := LEFT_IN_STEP.findall("\n".join(self.rows))) or int(left[0]) < 5:
            self.more()
        self.type("\r")

    def left(self):
        """Ends; checks that the terminal is as it was, and that nothing of the view is on it."""
        assert self.process.wait(30) == 0
        assert termios.tcgetattr(self.master) == self.before
        self.end()
        assert (self.seen.count(ENTERED), self.seen.count(LEFT)) == (1, 1)
        last = self.seen.index(LEFT)
        assert self.seen[:last].endswith("\x1b[2J\x1b[H\x1b[?25h")
        assert self.seen[last + len(LEFT) :] == ""


def fresh_modes():
    """Those of a terminal that nobody has used."""
    ends = os.openpty()
    try:
        return termios.tcgetattr(ends[0])
    finally:
        for end in ends:
            os.close(end)


def right_codes(unix):
    """The codes of the step at `unix` and of its neighbours."""
    account = Account("Example", "alice", SECRET)
    return {code_check.code_at(account, int(unix - back) // 30) for back in (-30, 0, 30)}


def test_a_code_after_a_press_and_the_terminal_as_it_was(tmp_path):
    simulated = Simulated(Command(tmp_path), tmp_path)
    ticktap = simulated.ticktap
    with simulated.running():
        assert simulated.pressing("clock", "sync")["ok"]
        assert simulated.pressing("account", "add", stdin=URI)["ok"]

        run = Watched(ticktap)
        run.until("> Example:alice  default")
        assert ticktap("info").code == 3, "the port is the view's"
        run.ask()
        run.until("Press the button on the token for the code of Example:alice (28 s)")  # shown for a second
        simulated.send("press")
        run.until("expires in ")
        code = next(row for row in run.rows if row.endswith("  Example:alice")).split()[0]
        assert code in right_codes(simulated.send("status")["clock"])
        simulated.send("unplug")
        run.until("The token is unplugged")
        assert code not in "\n".join(run.rows)
        simulated.send("plug")
        run.ask()
        run.until("Press the button")
        os.killpg(run.process.pid, signal.SIGINT)
        run.left()
        assert ticktap("info").code == 0, "the port is free"
        assert simulated.send("typed") == {"typed": ""}, "shown, not typed"


@pytest.fixture
def stocked(ticktap, token):
    """The command, and a token with an account."""
    token.do_account_add(name="alice", issuer="Example", secret="MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=")
    return ticktap


def start(ticktap):
    run = Watched(ticktap)
    run.until("q leaves")
    return run


@pytest.mark.parametrize("key", ["q", "\x04"])
def test_leaving_by_a_key(stocked, key):
    run = start(stocked)
    run.ask()
    run.until("expires in ")
    run.type(key)
    run.left()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(stocked, number):
    run = start(stocked)
    os.kill(run.process.pid, number)
    assert run.process.wait(30) == 128 + number
    assert termios.tcgetattr(run.master) == run.before
    run.end()
    assert run.seen.endswith(LEFT)


def test_an_unforeseen_error_leaves_the_terminal_as_it_was(stocked, token):
    token.do_status = lambda: {"clock": {"state": "ok"}}
    run = Watched(stocked)
    assert run.process.wait(30) == 1
    assert termios.tcgetattr(run.master) == run.before
    run.end()
    assert run.seen.index(LEFT) < run.seen.index("Unexpected error (KeyError)")


def test_the_code_can_be_wiped(stocked):
    run = start(stocked)
    run.ask()
    run.until("expires in ")
    run.type("\x1b")
    run.until("expires in ", there=False)
    assert "has expired" not in "\n".join(run.rows)
    run.type("q")
    run.left()


def test_it_is_drawn_again_when_the_terminal_changes(stocked):
    run = start(stocked)
    termios.tcsetwinsize(run.master, (5, 20))
    run.until("q leaves", there=False)
    run.until("> Example:alice")
    assert len(run.rows) <= 5
    assert max(map(len, run.rows)) <= 20
    run.type("q")
    run.left()


def test_a_locked_token_is_unlocked_from_the_view(stocked, token):
    give_pin(token)
    run = Watched(stocked)
    run.until("'ticktap unlock'")
    assert "alice" not in run.seen
    run.type("u")
    run.expect("PIN (8 tries left): ")
    run.type(PIN + "\n")
    run.until("> Example:alice")
    assert PIN not in run.seen
    run.type("q")
    assert run.process.wait(30) == 0
    run.end()


@pytest.mark.parametrize("here", [True, False])
def test_a_token_with_an_owner(stocked, token, here):
    key = give_owner(token, stocked)
    if not here:
        key.rename(key.with_name("away"))
    run = Watched(stocked)
    run.until("> Example:alice" if here else "to its owner only")
    if here:
        assert token.session is None, "a view that is left open holds no owner's session"
    run.type("q")
    run.left()


def test_without_a_terminal_it_is_refused(stocked, token):
    done = stocked("watch")
    assert done.code == 2
    assert done.err == (
        "A live view needs a terminal that can move its cursor.\n"
        "Run it at a terminal, or with --json for one document per change.\n"
    )
    assert token.calls == []


def undated(warning):
    """Without its date: two looks a moment apart may be on either side of midnight."""
    return re.sub(r"\d{4}-\d\d-\d\d", "DATE", warning)


@contextmanager
def closing(process):
    """Whatever happens, the process is not waited for in vain."""
    try:
        yield
    except BaseException:
        process.kill()
        raise


def test_changes_as_lines_of_json(stocked, token):
    token.clock_error = 10.0  # sign-ins may soon fail
    warnings = stocked("clock", "show", "--json").data["warnings"]
    assert any("sign-ins may begin to fail" in each for each in warnings)
    process = subprocess.Popen(
        [*stocked.python, "watch", "--json"], stdout=subprocess.PIPE, env=stocked.environment()
    )
    with process, closing(process):

        def line():
            document = json.loads(process.stdout.readline())
            assert document.keys() == {"ok", "schema", "command", "data"}
            assert (document["command"], document["ok"]) == ("watch", True)
            assert shapes.fits(document["data"], shapes.DATA["watch"]), document["data"]
            return document["data"]

        first = line()
        assert [each["name"] for each in first["accounts"]] == ["alice"]
        assert list(map(undated, first["warnings"])) == list(map(undated, warnings))
        token.clock_state = "stopped"
        assert line() == first | {"clock": "stopped"}
        token.locked = True
        assert line() == first | {"clock": "stopped", "locked": True, "accounts": None}
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == b""
    assert process.returncode == 0
    assert "code.get" not in [method for method, _ in token.calls]
