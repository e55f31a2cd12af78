"""At a terminal: hidden prompts, questions on stderr, results alone on stdout."""

import os
import pty
import select
import subprocess
import threading

import pytest

from cli.command import BASE32, URI
from ticktap.enrolment import backup


class Terminal:
    """A command whose stdin and stderr are a terminal; stdout is a pipe, as in code=$(ticktap code).

    With `picture` stdout is the terminal too.
    """

    def __init__(self, ticktap, *args, picture=False):
        self.master, slave = pty.openpty()
        self.seen = ""
        self.process = subprocess.Popen(
            [*ticktap.python, *args],
            stdin=slave,
            stderr=slave,
            stdout=slave if picture else subprocess.PIPE,
            env=ticktap.environment(),
            start_new_session=True,
        )
        os.close(slave)

    def expect(self, words):
        """Reads the terminal until `words` are there."""
        while words not in self.seen:
            self.more()

    def more(self, seconds=30):
        """Reads what comes next."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        assert ready, f"nothing more came; seen: {self.seen!r}"
        self.seen += os.read(self.master, 4096).decode(errors="replace")

    def type(self, text):
        """Types a line."""
        os.write(self.master, text.encode())

    def answer(self, text):
        """Types after reading what is there: a full terminal would stop the command."""
        while select.select([self.master], [], [], 0)[0]:
            self.more()
        self.type(text)

    def end(self):
        """Exit code and stdout; what is left on the terminal goes to `seen`."""
        out = (self.process.communicate(timeout=30)[0] or b"").decode()
        while select.select([self.master], [], [], 0)[0]:
            try:
                self.seen += os.read(self.master, 4096).decode()
            except OSError:  # the last other end is closed
                break
        os.close(self.master)
        return self.process.returncode, out


@pytest.fixture
def terminal(ticktap):
    """Starts a command at a terminal."""
    return lambda *args: Terminal(ticktap, *args)


def test_the_uri_is_not_shown_while_it_is_typed(terminal):
    run = terminal("account", "add")
    run.expect("otpauth URI or secret: ")
    run.type(URI + "\n")
    run.expect("[y/N]: ")
    run.type("n\n")
    code, out = run.end()
    assert (code, out.splitlines()[0]) == (0, "Added Example:alice as number 1.")
    assert BASE32 not in run.seen
    assert "Press the button" in run.seen


def test_names_are_shown_and_the_secret_is_not(terminal):
    run = terminal("account", "add", "--manual")
    for question, answer in (("Issuer", "Example"), ("Account name", "alice"), ("Secret", BASE32)):
        run.expect(question)
        run.type(answer + "\n")
    run.expect("[y/N]: ")
    run.type("n\n")
    assert run.end()[0] == 0
    assert "alice" in run.seen
    assert BASE32 not in run.seen


def test_a_backup_is_offered_with_the_first_account(ticktap, terminal, token, tmp_path):
    passphrase, file = "four random words", tmp_path / "b"
    run = terminal("account", "add")
    longer = "Use four random words, or more characters."
    new = "Passphrase of the backup (at least 8 characters): "
    dialogue = (
        ("otpauth URI or secret: ", "8 is not base32"),
        ("check whether it is the letter B.\r\notpauth URI or secret: ", URI),
        ("[y/N]: ", "y"),
        ("ticktap.backup]: ", str(file)),
        (new, "short"),
        (f"The passphrase has fewer than 8 characters. {longer}\r\n{new}", passphrase),
        ("again: ", "another one"),
        (f"The two entries differ. Enter the same one twice. Nothing was changed.\r\n{new}", passphrase),
        ("again: ", passphrase),
    )
    for question, answer in dialogue:
        run.expect(question)
        run.seen = ""
        run.type(answer + "\n")
    code, out = run.end()
    assert code == 0, run.seen
    assert f"The backup {file} contains it." in out
    assert [each.label for each in backup.read(file.read_bytes(), passphrase).accounts] == ["Example:alice"]
    run = terminal("account", "add", "--name", "bob")
    run.expect("otpauth URI or secret: ")
    run.type(URI + "\n")
    code, out = run.end()
    assert (code, "[y/N]" in run.seen) == (0, False), "offered once"
    assert "There is no copy of it" in out


def test_only_the_code_is_on_stdout(terminal, token):
    token.do_account_add(name="alice", secret="MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=")
    code, out = terminal("code").end()
    assert code == 0
    assert out.strip().isdecimal()


def test_how_long_a_code_is_valid_is_on_stderr(ticktap, token):
    token.do_account_add(name="alice", secret="MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=")
    done = ticktap("code")
    seconds = int(done.err.split("Valid for ")[1].split()[0])
    assert 1 <= seconds <= 30


def test_a_question_is_answered_at_the_terminal(terminal, token):
    token.do_account_add(name="alice", secret="")
    run = terminal("account", "remove", "alice")
    run.expect("[y/N]: ")
    run.type("y\n")
    assert run.end() == (0, "Removed alice from the token.\n")


def test_control_c_at_a_question_refuses(terminal, token):
    token.do_account_add(name="alice", secret="")
    run = terminal("account", "remove", "alice")
    run.expect("[y/N]: ")
    os.killpg(run.process.pid, 2)
    assert run.end()[0] == 6
    assert "Interrupted." in run.seen
    assert token.order == [1]


def test_control_c_while_waiting_for_a_press_takes_the_request_back(terminal, token):
    asked = threading.Event()

    def answer_all_but_one(line, answer=token.answer):
        if b"account.add" not in line:
            return answer(line)
        asked.set()
        return None

    token.answer = answer_all_but_one
    run = terminal("account", "add")
    run.expect("otpauth URI or secret: ")
    run.type(URI + "\n")
    run.expect("[y/N]: ")
    run.type("n\n")
    assert asked.wait(30)
    os.killpg(run.process.pid, 2)
    assert run.end()[0] == 6
    assert token.order == []
    assert [method for method, _ in token.calls][-1:] == ["session.close"]
