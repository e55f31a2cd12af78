"""A terminal's screen as SVG: no fonts of elsewhere; a line is as wide as its columns say in any font."""

from __future__ import annotations

import re
from html import escape
from textwrap import wrap

COLUMNS = 80
_CELL, _LINE, _EDGE, _BAR, _SIZE = 8.4, 20, 16, 30, 14
_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_PAPER, _FRAME, _INK, _PROMPT, _NOTE = "#1b1f24", "#30363d", "#e6e6e6", "#7ee2a8", "#9aa4ae"
_WORDS = re.compile(r"\S+(?: \S+)*")  # columns of a table are placed each for itself
_LAMPS = ("#e0645c", "#e0b04c", "#5fb865")


def draw(title: str, lines: list[str]) -> str:
    """SVG of a terminal with `lines`; of those that begin with "$ " the command is bright, and what comes
    after "  # " is a note. What is wider than 80 columns goes on in the next line, as in a terminal."""
    rows = [row for line in lines for row in (wrap(line, COLUMNS, drop_whitespace=False) or [""])]
    width = round(2 * _EDGE + COLUMNS * _CELL)
    height = _BAR + len(rows) * _LINE + 2 * _EDGE
    lamps = (f"<circle cx='{_EDGE + 4 + 18 * n}' cy='15' r='5' fill='{c}'/>" for n, c in enumerate(_LAMPS))
    texts = (_row(row, _BAR + _EDGE + n * _LINE + _SIZE) for n, row in enumerate(rows))
    return "\n".join(
        [
            f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' "
            f"viewBox='0 0 {width} {height}' role='img'>",
            f"<title>{escape(title)}</title>",
            f"<rect width='{width}' height='{height}' rx='8' fill='{_PAPER}'/>",
            f"<path d='M0 {_BAR}V8a8 8 0 0 1 8-8h{width - 16}a8 8 0 0 1 8 8v{_BAR - 8}z' fill='{_FRAME}'/>",
            *lamps,
            f'<g font-family="{_FONT}" font-size="{_SIZE}" fill="{_INK}">',
            *filter(None, texts),
            "</g>",
            "</svg>",
            "",
        ]
    )


def _row(row: str, y: int) -> str:
    pieces = [(row, _INK)]
    if row.startswith("$ "):
        command, mark, note = row[2:].partition("  # ")
        pieces = [("$ ", _PROMPT), (command, _PROMPT), (mark + note, _NOTE)]
    column, out = 0, ""
    for piece, colour in pieces:
        for words in _WORDS.finditer(piece):
            out += _text(words[0], _EDGE + (column + words.start()) * _CELL, y, colour)
        column += len(piece)
    return out


def _text(text: str, x: float, y: int, colour: str) -> str:
    fill = "" if colour == _INK else f" fill='{colour}'"
    size = f"textLength='{len(text) * _CELL:.1f}' lengthAdjust='spacingAndGlyphs'"
    return f"<text x='{x:.1f}' y='{y}' {size}{fill}>{escape(text)}</text>"
