"""Attacks from the port: an imitated token, a second program on the port, text that controls the terminal."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from cli.command import PIN, SECRET, URI
from cli.guarded import give_owner, give_pin
from ticktap.device.owner_key import KeyLocation, token_key
from ticktap.otp.account import Account

HOSTILE = "desk\x1b]0;owned\x07\x9b31m\u202eksed\u2066"
COMMANDS = Path(__file__).parents[2] / "host" / "ticktap" / "cli"


def methods(token):
    return [name for name, _ in token.calls]


# --- an imitated token


def test_an_imitation_is_refused_before_it_gets_anything(ticktap, token):
    """It states the serial number of a token that was claimed here, and that it has no owner."""
    assert ticktap("token", "claim").code == 0
    token.owner = None
    give_pin(token)
    for words, stdin in (
        (["account", "add", "--no-confirm", "--name", "x"], URI),
        (["token", "claim"], ""),
        (["unlock"], PIN),
        (["settings", "set", "inter_key_ms=3"], ""),
    ):
        token.calls.clear()
        refused = ticktap(*words, stdin=stdin)
        assert refused.code == 1
        assert "had an owner when it was last used here" in refused.err
        assert "token forget DE6312" in refused.err
        assert set(methods(token)) == {"hello"}


def test_an_imitation_that_is_claimed_gets_another_key(ticktap, token):
    assert ticktap("token", "claim").code == 0
    real, token.owner = token.owner, None
    assert ticktap("token", "forget", token.hello["serial"]).code == 0
    assert ticktap("token", "claim").code == 0
    assert token.owner != real
    master = KeyLocation(env={"TICKTAP_HOME": str(ticktap.home / "kept")}).require()
    assert token.owner == bytes(token_key(master, token.hello["serial"], token.salt))


def test_a_token_that_has_proved_its_owner_is_remembered(ticktap, token):
    give_owner(token, ticktap)
    assert ticktap("account", "list").code == 0
    token.owner = None
    assert "had an owner" in ticktap("account", "list").err


def test_release_and_reset_here_are_expected(ticktap, token):
    for last in (["token", "release"], ["token", "reset", "--force"]):
        assert ticktap("token", "claim").code == 0
        assert ticktap(*last).code == 0
        assert ticktap("account", "list").code == 0


def test_an_owner_is_asked_before_a_token_without_one_gets_a_secret(ticktap, token):
    KeyLocation(env={"TICKTAP_HOME": str(ticktap.home / "kept")}).create()
    refused = ticktap("account", "add", stdin=f"{URI}\nn\n")
    assert refused.code == 6
    assert "has no owner" in refused.err
    refused = ticktap("account", "add", "--no-confirm", stdin=URI)
    assert refused.code == 6
    assert "account.add" not in methods(token)
    assert ticktap("account", "add", stdin=f"{URI}\ny\n").code == 0
    assert ticktap("account", "add", "--force", stdin=f"{URI}\n").code == 0, "it is asked once"


# --- a second program on the port


def test_a_program_that_has_the_port_open_is_named(ticktap, token):
    holding = "import os, sys; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print(); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", holding, token.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with other:
        other.stdout.readline()
        refused = ticktap("token", "rename", "shelf")
        other.stdin.close()
    assert refused.code == 3
    assert f"(process {other.pid})" in refused.err
    assert token.calls == []
    assert ticktap("token", "rename", "shelf").code == 0


def test_nobody_opens_the_port_of_a_waiting_command(ticktap, token):
    """TIOCEXCL does not bind root, so the other program is another user's."""
    found = []

    def allow(**given):
        found.append(opened(token.path))
        return type(token).do_session_allow(token, **given)

    token.do_session_allow = allow
    Path(token.path).chmod(0o666)
    assert opened(token.path) == "open"
    assert ticktap("token", "rename", "shelf").code == 0
    assert found == ["busy"]
    assert opened(token.path) == "open"


def opened(path):
    """What a program without root's rights gets when it opens the port."""
    code = (
        "import errno, os, sys\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "try: os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
        "except OSError as error: print('busy' if error.errno == errno.EBUSY else error)\n"
        "else: print('open')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    return done.stdout.strip()


# --- text for the terminal


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (["token", "reset"], "no"),
        (["account", "remove", "1"], "n"),
        (["account", "add"], f"{URI}\nn"),
        (["info"], ""),
        (["account", "list"], ""),
        (["token", "identify"], ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_text_from_a_token_does_not_control_the_terminal(ticktap, token, words, stdin):
    token.do_account_add(**Account("", "alice", SECRET).to_params())
    token.accounts[1].update(issuer=HOSTILE, name=HOSTILE)
    token.hello["name"] = HOSTILE
    done = ticktap(*words, stdin=stdin)
    shown = (done.out + done.err).replace("\n", "")
    assert "desk" in shown or words[0] in ("token", "account")
    assert [each for each in shown if not each.isprintable()] == []


def test_there_is_one_way_to_the_terminal():
    """Everything is printed by framework/output.py, which makes it safe; rich draws escaped text."""
    found = []
    for path in sorted(COMMANDS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name in ("print", "getpass", "getpass.getpass", "input") or name.endswith(
                (".echo", "echo_via_pager", "stdout.write", "stderr.write", "click.prompt", "click.confirm")
            ):
                found.append(path.name)
    assert set(found) == {"output.py"}
