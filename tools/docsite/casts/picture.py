"""Draws a recording as one animated SVG, without scripts or external fonts; lines are equally wide in any
font.

Every piece of text is contained once for each period in which it is visible, and CSS shows and hides it.
Without animation (prefers-reduced-motion, or a viewer without CSS animation) the last picture is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from .castfile import Cast
from .screen import Run, frames

_CELL, _LINE, _EDGE, _BAR, _SIZE = 8.4, 19, 12, 30, 14
_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_PAPER, _FRAME, _INK, _QUIET = "#1b1f24", "#30363d", "#e6e6e6", "#aab4be"
_INKS = {"green": "#7ee2a8", "brightblack": _QUIET, "cursor": _QUIET}
_LAMPS = ("#e0645c", "#e0b04c", "#5fb865")
_PRESSED = "#ff6b5e"
_WORDS = re.compile(r"\S+(?: \S+)*")  # columns of a table are placed each for itself
_HOLD = 5.0  # seconds that the last picture stays
_PRESS = 0.9  # seconds that a press is to be seen

Span = tuple[float, float]
Piece = tuple[int, int, str, str, bool]  # row, column, text, ink, strong


def draw(cast: Cast) -> str:
    """The SVG."""
    width, height = round(2 * _EDGE + cast.columns * _CELL), _BAR + cast.rows * _LINE + round(1.5 * _EDGE)
    ends = cast.events[-1][0] + _HOLD
    times = _Times(ends)
    body = [_text(piece, times.of(spans)) for piece, spans in _seen(cast, ends).items()]
    presses = [
        (at, min(at + _PRESS, ends)) for at, kind, name in cast.events if (kind, name) == ("m", "press")
    ]
    pressed = times.of(presses) if presses else ""
    lamps = (f"<circle cx='{_EDGE + 4 + 18 * n}' cy='15' r='5' fill='{c}'/>" for n, c in enumerate(_LAMPS))
    return "\n".join(
        [
            f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' "
            f"viewBox='0 0 {width} {height}' role='img' aria-labelledby='title'>",
            f"<title id='title'>{escape(cast.title)}</title>",
            "<style>",
            f"text{{white-space:pre;font:{_SIZE}px {_FONT};fill:{_INK}}}",
            *(f".{name}{{fill:{ink}}}" for name, ink in _INKS.items()),
            ".strong{font-weight:bold}",
            f".m{{animation:{ends:.2f}s step-end infinite;visibility:hidden}}.m.last{{visibility:visible}}",
            *times.rules(),
            "@media (prefers-reduced-motion:reduce){.m{animation:none!important}}",
            "</style>",
            f"<rect width='{width}' height='{height}' rx='8' fill='{_PAPER}'/>",
            f"<path d='M0 {_BAR}V8a8 8 0 0 1 8-8h{width - 16}a8 8 0 0 1 8 8v{_BAR - 8}z' fill='{_FRAME}'/>",
            *lamps,
            *_button(width, pressed),
            *body,
            "</svg>",
            "",
        ]
    )


def _button(width: int, pressed: str) -> Iterable[str]:
    """Draws the token's button, at the right of the title, which lights up when pressed."""
    x = width - _EDGE - 8
    yield f"<circle cx='{x}' cy='15' r='7' fill='none' stroke='{_QUIET}' stroke-width='1.5'/>"
    yield f"<text x='{x - 14}' y='20' class='brightblack' text-anchor='end'>the token's button</text>"
    if pressed:
        yield f"<circle class='{pressed}' cx='{x}' cy='15' r='9' fill='{_PRESSED}'/>"


def _seen(cast: Cast, ends: float) -> dict[Piece, list[Span]]:
    """Each piece of text that is ever shown, and when."""
    shown: dict[Piece, float] = {}
    spans: dict[Piece, list[Span]] = {}
    last = 0.0
    for at, rows in [*frames(cast), (ends, [])]:
        now = {piece for number, row in enumerate(rows) for run in row for piece in _pieces(number, run)}
        for piece in [each for each in shown if each not in now]:
            if (since := shown.pop(piece)) < at:
                spans.setdefault(piece, []).append((since, at))
        for piece in sorted(now - shown.keys()):
            shown[piece] = at
        last = at
    assert not shown and last == ends
    return spans


def _pieces(row: int, run: Run) -> Iterable[Piece]:
    for words in _WORDS.finditer(run.text):
        yield row, run.column + words.start(), words[0], run.ink, run.strong


def _text(piece: Piece, when: str) -> str:
    row, column, text, ink, strong = piece
    x, y = _EDGE + column * _CELL, _BAR + _EDGE + row * _LINE + _SIZE
    looks = " ".join([when, *([ink] if ink in _INKS else []), *(["strong"] if strong else [])])
    length = f"{len(text) * _CELL:.1f}"
    return (
        f"<text class='{looks}' x='{x:.1f}' y='{y}' textLength='{length}'>{escape(text, quote=False)}</text>"
    )


class _Times:
    """Class names for periods of visibility, and their CSS."""

    def __init__(self, ends: float) -> None:
        self._ends = ends
        self._names: dict[tuple[Span, ...], str] = {}

    def of(self, spans: list[Span]) -> str:
        """Returns the classes of text that is visible in these periods."""
        name = self._names.setdefault(tuple(spans), f"t{len(self._names)}")
        last = " last" if spans[-1][1] >= self._ends else ""
        return f"m {name}{last}"

    def rules(self) -> Iterable[str]:
        for spans, name in self._names.items():
            turns = {0.0: "hidden"}
            for since, until in spans:
                turns[since] = "visible"
                if until < self._ends:
                    turns[until] = "hidden"
            steps = "".join(
                f"{100 * at / self._ends:.2f}%{{visibility:{how}}}" for at, how in sorted(turns.items())
            )
            yield f".{name}{{animation-name:{name}}}@keyframes {name}{{{steps}}}"
