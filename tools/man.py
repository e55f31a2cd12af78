"""`make man`: the manual page ticktap(1), written from the commands themselves.

    python tools/man.py DESTINATION

man(7)'s macros. Dates would make two builds differ, so the page has none.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ticktap import __version__
from ticktap.cli.framework.lazy_commands import common_options
from ticktap.cli.main import main

FILES = {
    "~/.local/share/ticktap/": "kept copies, the owner's key, records of clocks; TICKTAP_HOME names another",
}
EXITS = {
    0: "success",
    1: "an unexpected error",
    2: "the command line or an input cannot be used",
    3: "no token or drive, or several and none chosen",
    4: "the token is locked",
    5: "no such account, setting or file",
    6: "refused, by the token or a person",
    7: "the code is wrong",
    8: "a clock cannot be trusted",
    9: "part of it failed",
}


def escaped(text: str) -> str:
    """Text for troff: backslashes, hyphens to be copied, and dots and quotes that would be requests."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in text.splitlines())


def commands(
    group: click.Group, context: click.Context, prefix: str = ""
) -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, in the order of --help."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, context, f"{prefix}{name} ")
            if command.invoke_without_command:
                yield prefix + name, command
        elif command is not None:
            yield prefix + name, command


def page() -> str:
    """The manual page."""
    with main.make_context("ticktap", ["list"]) as context:
        found = list(commands(main, context))
        lines = [f'.TH TICKTAP 1 "" "ticktap {__version__}" "User Commands"', ".SH NAME"]
        lines += ["ticktap \\- keeps USB tokens that type one\\-time passwords", ".SH SYNOPSIS"]
        lines += [".B ticktap", "[\\fIOPTIONS\\fR] \\fICOMMAND\\fR ...", ".SH OPTIONS"]
        for option in common_options():
            lines += _option(option, context)
        lines += [".SH COMMANDS"]
        for name, command in found:
            lines += _command(name, command, context)
    lines += [".SH EXIT STATUS"]
    for code, meaning in EXITS.items():
        lines += [".TP", f".B {code}", escaped(meaning)]
    lines += [".SH FILES"]
    for name, meaning in FILES.items():
        lines += [".TP", f".I {escaped(name)}", escaped(meaning)]
    return "\n".join(lines) + "\n"


def _command(name: str, command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join(command.collect_usage_pieces(context))
    yield from (f'.SS "{escaped(name)}"', f".B ticktap {escaped(name)}", escaped(usage), ".PP")
    yield from _paragraphs(command.help or "")
    shared = {option.name for option in common_options()}
    for option in command.params:
        if isinstance(option, click.Option) and option.name not in shared:
            yield from _option(option, context)
    if isinstance(command.epilog, str):
        yield ".PP"
        yield from _paragraphs(command.epilog)


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        verbatim = paragraph.startswith("\b\n")
        yield from ((".nf", escaped(paragraph[2:]), ".fi") if verbatim else (escaped(paragraph), ".PP"))


def _option(option: click.Parameter, context: click.Context) -> Iterator[str]:
    record = option.get_help_record(context)
    if record:
        yield from (".TP", f".B {escaped(record[0])}", escaped(record[1]))


def write(destination: Path) -> Path:
    """Writes ticktap.1 into a folder and returns its path."""
    destination.mkdir(parents=True, exist_ok=True)
    target = destination / "ticktap.1"
    target.write_text(page(), encoding="utf-8")
    return target


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
