"""Measures, cuts, pads and wraps text in terminal cells, and makes it safe to print.

A cell is one column. Wide characters (Unicode Standard Annex 11) take two, combining marks none.
"""

from __future__ import annotations

ELLIPSIS = "…"


def safe(text: str) -> str:
    """Replaces control, format and bidirectional characters with "?", to make one safe line."""
    return "".join(char if char.isprintable() else "?" for char in text)


def width(text: str) -> int:
    """Returns the width of `text` in cells."""
    return sum(map(_cells, text))


def cut(text: str, room: int) -> str:
    """Cuts `text` to `room` cells; an ellipsis marks the cut."""
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
    """Cuts or pads `text` to `room` cells."""
    text = cut(text, room)
    return text + " " * (room - width(text))


def wrap(text: str, room: int, indent: int = 0) -> list[str]:
    """Wraps `text` at spaces to lines of at most `room` cells; indents all but the first by `indent`."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width(lines[-1]) + 1 + width(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(" " * indent * bool(lines) + word)
    return [cut(line, room) for line in lines]


def _cells(char: str) -> int:
    from wcwidth import wcwidth  # loading its tables takes a few milliseconds

    return max(0, wcwidth(char))
