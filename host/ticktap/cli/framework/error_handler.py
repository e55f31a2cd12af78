"""How a run ends when it does not end well: a message and its remedy, and the exit code.

Nothing here shows the text of an exception ticktap did not write itself: it might quote a secret.
"""

from __future__ import annotations

import os
import sys
import traceback

import click

from ticktap.cli.framework import output
from ticktap.errors import BadInput, Refused, TicktapError


def report(error: BaseException, as_json: bool, debug: bool) -> int:
    """Prints the error (text to stderr, JSON to stdout) and returns the exit code."""
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has gone; keep the interpreter from complaining when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if isinstance(error, (SystemExit, GeneratorExit)):
        raise error
    if debug:
        _frames(error)
    known = _known(error)
    output.error(known, as_json)
    return known.exit_code


def _known(error: BaseException) -> TicktapError:
    if isinstance(error, TicktapError):
        return error
    if isinstance(error, click.UsageError):
        where = error.ctx.command_path if error.ctx else "ticktap"
        message = error.format_message().replace("\t", "  ")  # choices come with tabs
        is_help = message.startswith("Usage:")  # what a noun without a command says
        return BadInput(message, "" if is_help else f"'{where} --help' shows how it is used.")
    if isinstance(error, click.ClickException):
        return BadInput(error.format_message())
    if isinstance(error, UnicodeEncodeError):  # of an argument or a variable of the environment
        return BadInput("a name or a text that was given is not in UTF-8", "Give it in UTF-8.")
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return Refused("interrupted", "The token no longer waits for a press.")
    return TicktapError(
        f"unexpected error ({type(error).__name__})", "Run it again with --debug and report what that prints."
    )


def _frames(error: BaseException) -> None:
    """Where it happened: files, lines and source, but no values and no exception texts."""
    while True:
        sys.stderr.write("".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__name__}\n")
        cause = error.__cause__ or error.__context__
        if cause is None:
            return
        sys.stderr.write("after\n")
        error = cause
