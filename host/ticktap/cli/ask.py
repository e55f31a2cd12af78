"""Questions to the person: on stderr, answered at the terminal or by lines piped to stdin.

Secrets are asked here and nowhere else, hidden at a terminal, and never taken from the command line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from ticktap.errors import BadInput, Refused

_TRIES = 3
Answer = TypeVar("Answer")


def line(prompt: str, *, hidden: bool = False, exact: bool = False) -> str:
    """One line of answer, without spaces around it unless it is to be `exact`.

    Raises:
        Refused: stdin has ended.
    """
    if hidden and sys.stdin.isatty():
        from getpass import getpass

        return _trimmed(getpass(f"{prompt}: ", stream=sys.stderr), exact)
    print(f"{prompt}: ", end="", file=sys.stderr, flush=True)
    try:
        answer = sys.stdin.readline()
    except UnicodeDecodeError:
        raise BadInput(
            "what was read from standard input is not text", "Give a picture with --qr -."
        ) from None
    if not sys.stdin.isatty():
        print(file=sys.stderr)
    if not answer:
        raise Refused(f"no answer to {prompt!r}: the input has ended", "Pipe one line for each question.")
    return _trimmed(answer, exact)


def _trimmed(answer: str, exact: bool) -> str:
    return answer.rstrip("\r\n") if exact else answer.strip()


def agree(question: str, remedy: str) -> None:
    """Asks a yes-or-no question; returns on "y" or "yes".

    Raises:
        Refused: any other answer, with `remedy` saying how to do without the question.
    """
    if not yes(question):
        raise Refused("not confirmed; nothing was changed", remedy)


def yes(question: str) -> bool:
    """Asks a yes-or-no question; no answer is a no."""
    try:
        answer = line(f"{question} [y/N]")
    except Refused:
        return False
    return answer.casefold() in ("y", "yes")


def twice(what: str) -> str:
    """A new secret; at a terminal it is asked for twice.

    Raises:
        BadInput: the two differ.
    """
    first = line(what, hidden=True)
    if sys.stdin.isatty() and line(f"{what}, again", hidden=True) != first:
        raise BadInput("the two differ", "Run the command again.")
    return first


def until_right(what: str, use: Callable[[str], Answer]) -> tuple[str, Answer]:
    """A password and what `use` makes of it; at a terminal a wrong one is asked for again, twice.

    Raises:
        WrongPassword: it was wrong, and there is no terminal or there were enough tries.
    """
    from ticktap.formats.reading import WrongPassword

    tries = _TRIES if sys.stdin.isatty() else 1
    while True:
        password = line(what, hidden=True, exact=True)
        try:
            return password, use(password)
        except WrongPassword as error:
            tries -= 1
            if not tries:
                raise
            print(f"{error.message[:1].upper()}{error.message[1:]}.", file=sys.stderr)
