"""Prints a command's data as text, or as the JSON document of docs/cli.md.

All text goes to a terminal through here, prompts too, and is made safe: it may come from a token or a file.
A test finds other ways.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ticktap.errors import TicktapError
from ticktap.wording import printable

SCHEMA = 1
_UNLIMITED = 1_000_000  # columns
BEGINNINGS = frozenset(
    [
        "a",
        "account",
        "an",
        "another",
        "anyone",
        "block",
        "can't",
        "character",
        "codes",
        "cut",
        "debounce_threshold",
        "devices",
        "firmware",
        "frequency",
        "generated",
        "give",
        "host",
        "impossible",
        "incompatible",
        "index",
        "interrupted",
        "interval",
        "invalid",
        "is",
        "it",
        "its",
        "labels",
        "last",
        "length",
        "nobody",
        "add",
        "nothing",
        "memory",
        "name",
        "no",
        "none",
        "not",
        "num",
        "one",
        "only",
        "others",
        "passwords",
        "pin",
        "report",
        "several",
        "something",
        "standard",
        "syntax",
        "that",
        "the",
        "there",
        "this",
        "tile",
        "timeout",
        "timestamp",
        "token",
        "too",
        "two",
        "unexpected",
        "what",
        "wrong",
        "your",
        "you",
    ]
)
"""The first words of ticktap's messages; tests check for others."""


def result(command: str, data: Any, *, as_json: bool, text: Callable[[Any], str] | None = None) -> None:
    """Prints what a command returned; nothing for None."""
    if data is None:
        return
    if as_json:
        _document({"ok": True, "schema": SCHEMA, "command": command, "data": data})
    else:
        shown = (text or plain)(data)
        if shown:
            print(safe(shown), flush=True)


def error(failure: TicktapError, as_json: bool) -> None:
    """Prints an error: as text on stderr with the remedy on its own line, as JSON on stdout.

    The data of a failure with `data` and `text` is printed too, like a result.
    """
    data = getattr(failure, "data", None)
    if as_json:
        about = {
            "kind": failure.kind,
            "message": sentence(failure.message),
            "remedy": failure.remedy,
            "exit_code": failure.exit_code,
        }
        _document({"ok": False, "schema": SCHEMA, "error": about} | ({} if data is None else {"data": data}))
        return
    if data is not None and (shown := getattr(failure, "text", plain)(data)):
        print(safe(shown), flush=True)
    note(sentence(failure.message) + (f"\n{failure.remedy}" if failure.remedy else ""))


def sentence(message: str) -> str:
    """Makes a message a sentence with a capital and a full stop; lists and sentences keep theirs.

    Only words of BEGINNINGS get a capital, so that a name at the beginning stays unchanged.
    """
    ended = message.endswith((".", "?", "!", ":")) or "\n" in message
    ours = re.split(r"[\s,:;]", message, maxsplit=1)[0] in BEGINNINGS
    return (message[:1].upper() + message[1:] if ours else message) + ("" if ended else ".")


def note(message: str) -> None:
    """Prints a message for the user on standard error, apart from the result."""
    print(safe(message), file=sys.stderr, flush=True)


def line(text: str) -> None:
    """Prints a line on standard output, before the result."""
    print(safe(text), flush=True)


def ask(prompt: str) -> None:
    """Prints a prompt on standard error; the answer follows on the same line."""
    print(safe(prompt), end="", file=sys.stderr, flush=True)


def ask_hidden(prompt: str) -> str:
    """Prints a prompt at the terminal and reads an answer that is not shown."""
    from getpass import getpass

    return getpass(safe(prompt), stream=sys.stderr)


def frames(text: str) -> None:
    """Prints a part of a traceback on standard error."""
    sys.stderr.write(safe(text))


def _document(document: Mapping[str, Any]) -> None:
    print(json.dumps(document), flush=True)


def plain(data: Any) -> str:
    """Formats data as text: a dict as "name: value" lines, a list of dicts as a table, else `str`."""
    if isinstance(data, Mapping):
        return _lines(data)
    if isinstance(data, Sequence) and not isinstance(data, str):
        if all(isinstance(row, Mapping) for row in data):
            return table(data)
        return "\n".join(_word(each) for each in data)
    return _word(data)


def _lines(data: Mapping[str, Any], indent: str = "") -> str:
    width = max((len(name) for name, value in data.items() if not isinstance(value, Mapping)), default=0)
    rows = []
    for name, value in data.items():
        label = name.replace("_", " ")
        if isinstance(value, Mapping):
            rows += [f"{indent}{label}:", _lines(value, indent + "  ")]
        else:
            rows.append(f"{indent}{label + ':':{width + 1}} {_word(value)}".rstrip())
    return "\n".join(rows)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> str:
    """Formats rows under headings; `columns` selects and orders them. No rows make no text.

    At a terminal, cells are wrapped to its width. If it is too narrow for their words, each row becomes
    a block of "name: value" lines. Elsewhere, each row is one line.
    """
    if not rows:
        return ""
    from io import StringIO

    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    names = list(columns) or list(rows[0])
    made = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name in names:
        made.add_column(Text(name.replace("_", " ")), overflow="fold")
    for row in rows:
        made.add_row(*(Text(printable(_word(row.get(name)))) for name in names))
    width = _columns()
    console = Console(file=StringIO(), width=width, color_system=None, legacy_windows=False)
    if Measurement.get(console, console.options.update(width=_UNLIMITED), made).minimum > width:
        return "\n\n".join(_lines({name: row.get(name) for name in names}) for row in rows)
    with console.capture() as capture:
        console.print(made)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def _columns() -> int:
    """Returns the width of the terminal that gets the result."""
    if not sys.stdout.isatty():
        return _UNLIMITED
    import shutil

    return shutil.get_terminal_size().columns


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "-"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_word(each) for each in value)
    return str(value)


def safe(text: str) -> str:
    """Makes each line of `text` safe to print."""
    return "\n".join(map(printable, text.split("\n")))
