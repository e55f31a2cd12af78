"""ticktap doctor --typing at a terminal that a token types into."""

import os

import pytest

from cli.command import URI
from cli.test_terminal import Terminal


@pytest.fixture
def typed_as(ticktap, token):
    """Runs it; the code arrives as a function makes it. (exit code, what the terminal showed, code)"""
    assert ticktap("account", "add", stdin=URI).code == 0
    sent = []

    def run(alter, *options):
        terminal = Terminal(ticktap, "doctor", "--typing", *options, picture=True)

        def type_code(id, timeout):
            sent.append(token.first_code(id)["code"])
            os.write(terminal.master, alter(sent[-1]).encode())
            return {"typed": True}

        token.do_code_type = type_code
        code, _ = terminal.end()
        return code, terminal.seen, sent[-1]

    return run


@pytest.mark.parametrize(
    ("alter", "code", "words"),
    [
        (lambda code: code + "\r", 0, "what arrived is what the token sent"),
        (lambda code: code.translate({ord("0") + n: 0xFF10 + n for n in range(10)}), 9, "full-width"),
        (lambda code: code[:-1], 9, "pace=20"),
        (lambda code: "", 9, "nothing arrived"),
        (lambda code: "\x1b[H" * len(code), 9, "unknown"),
    ],
)
def test_the_cause_is_named_and_the_code_is_not_shown(typed_as, alter, code, words):
    ended, seen, sent = typed_as(alter)
    assert (ended, words in seen) == (code, True), seen
    assert sent not in seen


def test_without_a_terminal_it_is_refused(ticktap, token):
    assert ticktap("doctor", "--typing").code == 6
