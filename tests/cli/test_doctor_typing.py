"""ticktap doctor --typing at a terminal that a token types into."""

import os

import pytest

from cli.command import URI
from cli.test_terminal import Terminal


@pytest.fixture
def typed_as(ticktap, token):
    """Runs it; the code arrives as a function makes it. (exit code, what the terminal showed, code)

    `answers` are what the person says to questions, in turn.
    """
    assert ticktap("account", "add", stdin=URI).code == 0
    sent = []

    def run(alter, *answers):
        terminal = Terminal(ticktap, "doctor", "--typing", picture=True)

        def type_code(id, timeout):
            sent.append(token.first_code(id)["code"])
            os.write(terminal.master, alter(sent[-1]).encode())
            return {"typed": True}

        token.do_code_type = type_code
        for answer in answers:
            terminal.expect("[y/N]")
            terminal.seen = terminal.seen.replace("[y/N]", "")
            terminal.type(answer + "\n")
        code, _ = terminal.end()
        return code, terminal.seen, sent[-1]

    return run


@pytest.mark.parametrize(
    ("alter", "code", "words"),
    [
        (lambda code: code + "\r", 0, "the code arrived correctly"),
        (lambda code: code.translate({ord("0") + n: 0xFF10 + n for n in range(10)}), 9, "full-width"),
        (lambda code: "", 9, "nothing arrived"),
        (lambda code: "\x1b[H" * len(code), 9, "unknown"),
    ],
)
def test_the_cause_is_named_and_the_code_is_not_shown(typed_as, alter, code, words):
    ended, seen, sent = typed_as(alter)
    assert (ended, words in seen) == (code, True), seen
    assert sent not in seen


FRENCH_ROW = str.maketrans("1234567890", "&é\"'(-è_çà")


def on_a_french_computer(token):
    """What the number row types there, by the token's layout."""
    return lambda code: code if token.settings["layout"] == "fr" else code.translate(FRENCH_ROW)


def test_a_setting_that_corrects_it_is_set_and_tested(typed_as, token):
    ended, seen, _ = typed_as(on_a_french_computer(token), "y")
    assert (ended, token.settings["layout"]) == (0, "fr"), seen
    assert "Set layout=fr on the token" in seen
    assert "the code arrived correctly" in seen


def test_a_no_sets_nothing_and_names_the_command(typed_as, token):
    ended, seen, _ = typed_as(on_a_french_computer(token), "n")
    assert (ended, token.settings["layout"]) == (9, "us")
    assert "'ticktap settings set layout=fr'" in seen


def test_what_is_set_already_is_not_offered_again(typed_as, token):
    """The computer loses a key whatever the pace is."""
    ended, seen, _ = typed_as(lambda code: code[:-1], "y")
    assert (ended, token.settings["inter_key_ms"]) == (9, 20)
    assert seen.count("Set inter_key_ms=20") == 1


def test_without_a_terminal_it_is_refused(ticktap, token):
    assert ticktap("doctor", "--typing").code == 6
