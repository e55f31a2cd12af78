"""Questions to the user: on stderr, answered at the terminal or by lines piped to stdin.

Secrets are asked here and nowhere else, hidden at a terminal, and never taken from the command line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from ticktap.cli.framework import output
from ticktap.errors import BadInput, Refused

_TRIES = 3
Answer = TypeVar("Answer")


def line(prompt: str, *, hidden: bool = False, exact: bool = False) -> str:
    """Asks for one line; strips it unless `exact`.

    Raises:
        Refused: stdin has ended.
    """
    if hidden and sys.stdin.isatty():
        return _text(output.ask_hidden(f"{prompt}: "), exact)
    output.ask(f"{prompt}: ")
    try:
        answer = sys.stdin.readline()
    except UnicodeDecodeError:
        raise _not_text() from None
    if not sys.stdin.isatty():
        output.note("")
    if not answer:
        raise Refused(f"no answer to {prompt!r}: the input has ended", "Pipe one line for each question.")
    return _text(answer, exact)


def _not_text() -> BadInput:
    return BadInput(
        "the text on standard input is not in UTF-8", "Type it again; a picture goes with --qr -."
    )


def _text(answer: str, exact: bool) -> str:
    """Checks and strips an answer. In some locales invalid UTF-8 arrives as surrogates (PEP 383)."""
    if any("\ud800" <= each <= "\udfff" for each in answer):
        raise _not_text()
    return answer.rstrip("\r\n") if exact else answer.strip()


def confirm(question: str, remedy: str) -> None:
    """Asks a yes-or-no question; returns on "y" or "yes".

    Raises:
        Refused: any other answer, with `remedy` saying how to do without the question.
    """
    if not yes(question):
        raise Refused("not confirmed; nothing was changed", remedy)


def yes(question: str) -> bool:
    """Asks a yes-or-no question; no answer means no."""
    try:
        answer = line(f"{question} [y/N]")
    except Refused:
        return False
    return answer.casefold() in ("y", "yes")


def until_valid(prompt: str, use: Callable[[str], Answer], *, hidden: bool = False) -> Answer:
    """Asks until `use` accepts the answer, at a terminal up to three times; returns its result.

    Raises:
        BadInput: the answer was refused, without a terminal or too often.
    """
    tries = _TRIES if sys.stdin.isatty() else 1
    while True:
        try:
            return use(line(prompt, hidden=hidden))
        except BadInput as error:
            tries -= 1
            if not tries:
                raise
            _tell(error)


def new_secret(what: str, rule: str = "", check: Callable[[str], object] = lambda _: None) -> str:
    """A new password or PIN. The prompt states its rule, and the first entry is checked. At a terminal it is
    then asked for a second time.

    Args:
        rule: what it must be, for the question.
        check: raises BadInput for one that is not acceptable; an empty one never is.

    Raises:
        BadInput: the entries were refused or differ, without a terminal or too often.
    """

    def checked(secret: str) -> str:
        if not secret:
            raise BadInput("nothing was given", "Nothing was changed; run the command again.")
        check(secret)
        if sys.stdin.isatty() and line(f"{what}, again", hidden=True) != secret:
            raise BadInput("the two entries differ", "Enter the same one twice. Nothing was changed.")
        return secret

    return until_valid(f"{what} ({rule})" if rule else what, checked, hidden=True)


def retry(what: str, use: Callable[[str], Answer]) -> tuple[str, Answer]:
    """Asks for a password until `use` accepts it, at a terminal up to three times; returns both.

    Raises:
        WrongPassword: it was wrong, without a terminal or too often.
    """
    from ticktap.formats.result import WrongPassword

    tries = _TRIES if sys.stdin.isatty() else 1
    while True:
        password = line(what, hidden=True, exact=True)
        try:
            return password, use(password)
        except WrongPassword as error:
            tries -= 1
            if not tries:
                raise
            _tell(error)


def _tell(error: BadInput) -> None:
    output.note(" ".join(each for each in (output.sentence(error.message), error.remedy) if each))
