"""Reports errors: message, remedy and exit code.

It never shows the text of foreign exceptions, because they may quote a secret.
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
        # The reader of the output has gone; prevent an error when the interpreter flushes at exit.
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
        is_help = message.startswith("Usage:")  # from a group without a command
        return BadInput(message, "" if is_help else f"'{where} --help' shows the usage.")
    if isinstance(error, click.ClickException):
        return BadInput(error.format_message())
    if isinstance(error, UnicodeEncodeError):  # from an argument or an environment variable
        return BadInput("an argument or an environment variable is not in UTF-8", "Give it in UTF-8.")
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return Refused("interrupted", "The token no longer waits for a press.")
    return TicktapError(
        f"unexpected error ({type(error).__name__})", "Run it again with --debug and report the output."
    )


def _frames(error: BaseException) -> None:
    """Prints the traceback: files, lines and source, without values and exception texts."""
    while True:
        output.frames("".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__name__}\n")
        cause = error.__cause__ or error.__context__
        if cause is None:
            return
        output.frames("after\n")
        error = cause
