"""What a terminal shows after each event of a recording: pyte, with an alternate screen and word wrapping."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import pyte
from pyte import modes

from .castfile import Cast


class Run(NamedTuple):
    """Characters of the same style, from a column on. `ink` is pyte's name of a colour."""

    column: int
    text: str
    ink: str
    strong: bool


class Screen(pyte.Screen):
    """A terminal that breaks lines between words, and restores its contents after a full-screen view.

    If a program has switched wrapping off, lines are cut.
    """

    _before: tuple[Any, Any] | None = None

    def draw(self, data: str) -> None:
        for char in data:
            if self.cursor.x == self.columns and modes.DECAWM in self.mode:
                self._break([] if char == " " else self._word())
                if char == " ":
                    continue
            super().draw(char)

    def _word(self) -> list[Any]:
        """The characters of the last word in the line; none when it fills all of it."""
        line, at = self.buffer[self.cursor.y], self.columns
        while at > 0 and line[at - 1].data != " ":
            at -= 1
        return [line[column] for column in range(at, self.columns)] if at else []

    def _break(self, word: list[Any]) -> None:
        """Begins the next line, and moves an incomplete word there."""
        line, look = self.buffer[self.cursor.y], self.cursor.attrs
        for column in range(self.columns - len(word), self.columns):
            line[column] = self.default_char
        self.carriage_return()
        self.linefeed()
        for each in word:
            self.cursor.attrs = each
            super().draw(each.data)
        self.cursor.attrs = look

    def set_mode(self, *args: int, **kwargs: Any) -> None:
        super().set_mode(*args, **kwargs)
        if kwargs.get("private") and 1049 in args:
            self._before = deepcopy(dict(self.buffer)), deepcopy(self.cursor)
            self.erase_in_display(2)

    def reset_mode(self, *args: int, **kwargs: Any) -> None:
        super().reset_mode(*args, **kwargs)
        if kwargs.get("private") and 1049 in args and self._before:
            buffer, self.cursor = self._before
            self.buffer.clear()
            self.buffer.update(buffer)
            self._before = None

    def rows(self) -> list[list[Run]]:
        """What is shown, row by row; a visible cursor is the character U+2588."""
        return [self._row(number) for number in range(self.lines)]

    def _row(self, number: int) -> list[Run]:
        line = self.buffer[number]
        cells = [line[column] for column in range(self.columns)]
        if number == self.cursor.y and not self.cursor.hidden and self.cursor.x < self.columns:
            cells[self.cursor.x] = self.default_char._replace(data="\N{FULL BLOCK}", fg="cursor")
        runs: list[Run] = []
        for column, cell in enumerate(cells):
            look = (cell.fg, cell.bold)
            if runs and (runs[-1].ink, runs[-1].strong) == look:
                runs[-1] = runs[-1]._replace(text=runs[-1].text + cell.data)
            else:
                runs.append(Run(column, cell.data, *look))
        return [run._replace(text=run.text.rstrip()) for run in runs if run.text.strip()]


def frames(cast: Cast) -> Iterator[tuple[float, list[list[Run]]]]:
    """Yields the screen after each output to the terminal, with its time."""
    screen = Screen(cast.columns, cast.rows)
    stream = pyte.Stream(screen)
    for at, kind, text in cast.events:
        if kind == "o":
            stream.feed(text)
            yield at, screen.rows()


def seen_at_marks(cast: Cast) -> list[tuple[str, str]]:
    """Yields each mark, and the end, with the text on a screen that is large enough for all lines."""
    screen = Screen(1000, 300)
    stream = pyte.Stream(screen)
    seen = []
    for _, kind, text in (*cast.events, (0.0, "m", "end")):
        if kind == "o":
            stream.feed(text)
        else:
            lines = (line.rstrip() for line in screen.display)
            seen.append((text, "\n".join(line for line in lines if line)))
    return seen


# What differs between runs: durations, and versions of other software.
_MASKS = (
    (re.compile(r"(?m)^[━╸╺]+ (\d+ of \d+).*$"), r"bar \1"),
    (re.compile(r"\s+"), " "),
    (re.compile(r"Python \d+\.\d+\.\d+"), "Python"),
    (re.compile(r"[+-]?\d+(\.\d+)? (ms|s)\b"), "some s"),
    (re.compile(r"\d+ minutes? ago"), "a while ago"),
    (
        re.compile(r"\d+ of (\d+) bytes used, \d+ needed"),
        r"some of \1 bytes",
    ),  # a number may be a digit longer
    (re.compile(r"(T\d\d:\d\d):\d\dZ"), r"\1"),
    (re.compile(r"( \d\d:\d\d):\d\d UTC\b"), r"\1 UTC"),
    (re.compile(r"[━╸╺]+"), "bar"),
    (re.compile(r"█+"), "digit"),
)


def timeless(cast: Cast) -> list[str]:
    """Returns the text at each mark, without line breaks and without what differs between runs."""
    return [_masked(f"{mark}: {text}") for mark, text in seen_at_marks(cast)]


def _masked(text: str) -> str:
    for pattern, to in _MASKS:
        text = pattern.sub(to, text)
    return text
