"""Questions to the person: on stderr, answered at the terminal or by lines piped to stdin.

Secrets are asked here and nowhere else, hidden at a terminal, and never taken from the command line.
"""

from __future__ import annotations

import sys

from ticktap.errors import BadInput, Refused


def line(prompt: str, *, hidden: bool = False) -> str:
    """One line of answer, without spaces around it.

    Raises:
        Refused: stdin has ended.
    """
    if hidden and sys.stdin.isatty():
        from getpass import getpass

        return getpass(f"{prompt}: ", stream=sys.stderr).strip()
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
    return answer.strip()


def agree(question: str, remedy: str) -> None:
    """Asks a yes-or-no question; returns on "y" or "yes".

    Raises:
        Refused: any other answer, with `remedy` saying how to do without the question.
    """
    try:
        answer = line(f"{question} [y/N]")
    except Refused:
        answer = ""
    if answer.casefold() not in ("y", "yes"):
        raise Refused("not confirmed; nothing was changed", remedy)
