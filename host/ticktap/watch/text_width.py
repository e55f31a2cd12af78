"""Text in the cells of a terminal: how wide it is, cut and filled to a width, and made safe to print.

A cell is one column. Wide characters (Unicode Standard Annex 11) take two, combining marks none.
"""

from __future__ import annotations

ELLIPSIS = "…"


def safe(text: str) -> str:
    """`text` on one line, with all that could move a cursor, hide or turn itself around replaced by "?"."""
    return "".join(char if char.isprintable() else "?" for char in text)


def width(text: str) -> int:
    """Cells that `text` takes."""
    return sum(map(_cells, text))


def cut(text: str, room: int) -> str:
    """As much of `text` as fits into `room` cells; what is left out is told by an ellipsis."""
    if width(text) <= room:
        return text
    kept, left = "", room - 1
    for char in text:
        left -= _cells(char)
        if left < 0:
            break
        kept += char
    return kept + ELLIPSIS if room > 0 else ""


def fill(text: str, room: int) -> str:
    """`text` cut to `room` cells, or with blanks after it up to them."""
    text = cut(text, room)
    return text + " " * (room - width(text))


def wrap(text: str, room: int, indent: int = 0) -> list[str]:
    """`text` in lines of at most `room` cells, broken at blanks; `indent` blanks begin all but the first."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width(lines[-1]) + 1 + width(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(" " * indent * bool(lines) + word)
    return [cut(line, room) for line in lines]


def _cells(char: str) -> int:
    from wcwidth import wcwidth  # its tables take a few milliseconds

    return max(0, wcwidth(char))
