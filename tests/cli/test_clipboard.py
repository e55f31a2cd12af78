"""code --copy: the code in the clipboard for a while, through a program that stands in for xclip."""

import os
import subprocess

import pytest

from cli.command import URI
from ticktap.cli.framework import clipboard
from ticktap.enrolment.screen_capture import NoCapture

XCLIP = """#!/bin/sh
# Writes its clipboard from standard input, or prints it; notes its arguments.
echo "$@" >> "$0.args"
case "$*" in *-out*) cat "$0.board" ;; *) cat > "$0.board" ;; esac
"""


@pytest.fixture
def desktop(tmp_path, monkeypatch):
    """A folder with a clipboard program, and the environment of a desktop."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "xclip"
    program.write_text(XCLIP)
    program.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return program


def board(program):
    return program.with_name("xclip.board").read_text()


def test_a_text_is_there_for_a_while_and_in_no_argument(desktop):
    with clipboard.holding("123456"):
        assert board(desktop) == "123456"
    assert board(desktop) == ""
    assert "123456" not in desktop.with_name("xclip.args").read_text()


def test_what_was_copied_meanwhile_stays(desktop):
    with clipboard.holding("123456"):
        desktop.with_name("xclip.board").write_text("something else")
    assert board(desktop) == "something else"


def test_it_is_cleared_after_an_error_too(desktop):
    with pytest.raises(RuntimeError), clipboard.holding("123456"):
        raise RuntimeError
    assert board(desktop) == ""


@pytest.mark.parametrize(
    ("env", "words"), [({}, "no desktop"), ({"DISPLAY": ":7", "PATH": "/nowhere"}, "xclip")]
)
def test_without_a_clipboard_it_says_why(env, words):
    with pytest.raises(NoCapture, match=words) as failure:
        clipboard.programs(env, "linux")
    assert "--copy" in failure.value.remedy


def test_no_press_is_asked_for_without_a_clipboard(ticktap, token):
    ticktap("account", "add", "--no-confirm", stdin=URI)
    done = ticktap("code", "--copy")
    assert (done.code, "Press" in done.err) == (1, False)


def test_the_command_copies_shows_nothing_and_clears_at_ctrl_c(ticktap, token, desktop):
    ticktap("account", "add", "--no-confirm", stdin=URI.replace("totp", "hotp") + "&counter=1")
    process = subprocess.Popen(
        [*ticktap.python, "code", "--copy"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ticktap.environment(DISPLAY=":7"),
    )
    with process.stdout as out, process.stderr as said:
        while "is in the clipboard" not in (line := said.readline()):
            assert line, "it ended"
        copied = board(desktop)
        process.send_signal(2)
        assert process.wait(30) == 0
        assert len(copied) == 6
        assert copied not in out.read()
    assert board(desktop) == ""
