"""A clock's record as a picture: its offset over time, the temperature below it, syncs and trims marked.

Draws SVG by itself; PNG comes from that by resvg, which reading QR codes from SVG needs anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from math import ceil, floor, log10
from pathlib import Path

from ticktap.clock.drift import Observation
from ticktap.errors import BadInput, TicktapError

WIDTH, HEIGHT = 960, 540
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 24, 64, 56
_GAP = 44  # between the panels
_HAIR = 0.05  # of a step that a value may stick out of the range
_WARMTH = 110  # height of the lower one
_INK, _FAINT, _LINE, _WARM, _TRIM = "#222222", "#d9d9d9", "#1f5fa8", "#b5541b", "#6b3fa0"
_FONT = "font-family='DejaVu Sans, Arial, sans-serif'"
_HOUR, _DAY = 3600, 86400
_SPANS: tuple[int, ...] = (
    _HOUR,
    3 * _HOUR,
    6 * _HOUR,
    12 * _HOUR,
    _DAY,
    2 * _DAY,
    7 * _DAY,
    14 * _DAY,
    30 * _DAY,
)
_SPANS += (61 * _DAY, 91 * _DAY, 182 * _DAY, 365 * _DAY, 730 * _DAY, 1826 * _DAY)


@dataclass(frozen=True)
class Axis:
    """A range of values laid over a range of pixels, and where it is marked."""

    low: float
    high: float
    start: float
    end: float
    marks: tuple[float, ...]

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def write(path: str, seen: Sequence[Observation], title: str) -> None:
    """Draws into a file that ends in .svg or .png.

    Raises:
        BadInput: another ending, or fewer than two looks at the clock.
        TicktapError: the file cannot be written.
    """
    ending = Path(path).suffix.lower()
    if ending not in (".svg", ".png"):
        raise BadInput("a picture is drawn as .svg or .png", "Name a file that ends so.")
    text = svg(seen, title)
    try:
        if ending == ".svg":
            Path(path).write_text(text, encoding="utf-8")
        else:
            Path(path).write_bytes(_png(text))
    except OSError as error:
        raise TicktapError(f"{path} cannot be written: {error.strerror}", "Choose another place.") from None


def _png(text: str) -> bytes:
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=text, background="white", zoom=2))


def svg(seen: Sequence[Observation], title: str) -> str:
    """The picture as SVG text. Raises BadInput when there is nothing to see yet."""
    looks = [each for each in seen if each.kind != "verify"]
    if len(looks) < 2:
        raise BadInput(
            "there is nothing to draw before the clock was looked at twice",
            "Run 'ticktap clock sync' now and again some days later.",
        )
    time = _time_axis(looks[0].unix, looks[-1].unix)
    floor_px = HEIGHT - _BOTTOM
    warm = [each.temperature for each in looks if each.temperature is not None]
    upper_end = floor_px - (_WARMTH + _GAP if warm else 0)
    values = [0.0, *(value * 1000 for each in looks for value in _values(each))]
    offset = _axis(min(values), max(values), upper_end, _TOP, 6)
    parts = [*_head(title), *_grid(offset, time, "offset, ms", "{:+g}", _INK)]
    parts += _offsets(looks, time, offset)
    bottoms = [(offset.start, offset.end)]
    if warm:
        warmth = _axis(min(warm) - 1, max(warm) + 1, floor_px, floor_px - _WARMTH, 3)
        parts += [*_grid(warmth, time, "°C", "{:g}", _WARM), *_warmth(looks, time, warmth)]
        bottoms.append((warmth.start, warmth.end))
    parts += [*_trims(looks, time, bottoms), *_dates(time, floor_px)]
    return "\n".join([*parts, "</svg>", ""])


def _values(each: Observation) -> Iterator[float]:
    yield each.after
    if each.before is not None:
        yield each.before


# --- axes


def _axis(low: float, high: float, start: float, end: float, about: int) -> Axis:
    """Round marks, and the range widened to them."""
    step = _round_step((high - low or 1.0) / about)
    first, last = floor(low / step + _HAIR), ceil(high / step - _HAIR)
    last += last == first
    marks = tuple(round(step * at, 9) for at in range(first, last + 1))
    return Axis(marks[0], marks[-1], start, end, marks)


def _round_step(raw: float) -> float:
    size = 10 ** floor(log10(raw))
    return float(next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw * 0.999))


def _time_axis(first: int, last: int) -> Axis:
    room = max(_HOUR, (last - first) * 0.03)
    low, high = first - room, last + room
    step = next((each for each in _SPANS if (high - low) / each <= 7), _SPANS[-1])
    marks = tuple(float(at) for at in range(ceil(low / step) * step, int(high) + 1, step))
    return Axis(low, high, _LEFT, WIDTH - _RIGHT, marks)


# --- drawing


def _head(title: str) -> list[str]:
    return [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}' "
        f"viewBox='0 0 {WIDTH} {HEIGHT}'>",
        f"<rect width='{WIDTH}' height='{HEIGHT}' fill='white'/>",
        _text(_LEFT, 26, title, 17, anchor="start"),
        *_legend(),
    ]


def _legend() -> Iterator[str]:
    yield _found(_LEFT + 5, 42)
    yield _text(_LEFT + 15, 46, "as it was found", 12, anchor="start")
    yield f"<circle cx='{_LEFT + 135}' cy='42' r='4' fill='{_LINE}'/>"
    yield _text(_LEFT + 145, 46, "as it was left", 12, anchor="start")
    yield f"<path d='M{_LEFT + 249} 42h20' stroke='{_TRIM}' stroke-width='1.5' stroke-dasharray='5 3'/>"
    yield _text(_LEFT + 275, 46, "trim (new value of the aging register)", 12, _TRIM, "start")


def _text(x: float, y: float, text: str, size: int, fill: str = _INK, anchor: str = "middle") -> str:
    shown = escape("".join(each if each.isprintable() else "?" for each in text))
    place = f"x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}'"
    return f"<text {place} {_FONT} font-size='{size}' fill='{fill}'>{shown}</text>"


def _grid(axis: Axis, time: Axis, name: str, form: str, fill: str) -> Iterator[str]:
    for mark in axis.marks:
        y = axis.at(mark)
        ink = "#888888" if mark == 0 and name != "°C" else _FAINT
        yield f"<path d='M{time.start} {y:.1f}H{time.end}' stroke='{ink}'/>"
        label = "0" if mark == 0 else form.format(mark)
        yield _text(time.start - 8, y + 4, label, 12, fill, "end")
    middle = (axis.start + axis.end) / 2
    yield f"<g transform='rotate(-90 18 {middle:.1f})'>{_text(18, middle + 4, name, 13, fill)}</g>"


def _dates(time: Axis, bottom: float) -> Iterator[str]:
    short = time.high - time.low < 4 * _DAY
    for mark in time.marks:
        x, when = time.at(mark), datetime.fromtimestamp(mark, UTC)
        yield f"<path d='M{x:.1f} {bottom}v5' stroke='{_INK}'/>"
        yield _text(x, bottom + 20, when.strftime("%d %b %H:%M" if short else "%Y-%m-%d"), 12)
    yield _text((time.start + time.end) / 2, bottom + 42, "UTC", 12)


def _offsets(looks: Sequence[Observation], time: Axis, offset: Axis) -> Iterator[str]:
    """Where it ran by itself, how it was set, and how far off each may be."""
    for one, other in zip(looks, looks[1:], strict=False):
        end = other.after if other.before is None else other.before
        if other.state == "ok":
            yield _line(_point(one.unix, one.after, time, offset), _point(other.unix, end, time, offset), 1.8)
    for each in looks:
        if each.kind == "trim":
            continue
        x = time.at(each.unix)
        if each.before is not None:
            yield _doubt(x, each.before, each.doubt, offset)
            if each.before != each.after:
                yield _line((x, offset.at(each.before * 1000)), (x, offset.at(each.after * 1000)), 0.8)
            y = offset.at(each.before * 1000)
            yield _found(x, y)
        if each.before == each.after:
            continue  # it was only looked at
        y = offset.at(each.after * 1000)
        yield f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3.2' fill='{_LINE}'/>"


def _found(x: float, y: float) -> str:
    return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4' fill='white' stroke='{_LINE}' stroke-width='1.5'/>"


def _point(unix: int, seconds: float, time: Axis, offset: Axis) -> tuple[float, float]:
    return time.at(unix), offset.at(seconds * 1000)


def _line(one: tuple[float, float], other: tuple[float, float], width: float, ink: str = _LINE) -> str:
    return (
        f"<path d='M{one[0]:.1f} {one[1]:.1f}L{other[0]:.1f} {other[1]:.1f}' "
        f"stroke='{ink}' stroke-width='{width}' fill='none'/>"
    )


def _doubt(x: float, seconds: float, doubt: float, offset: Axis) -> str:
    low, high = (offset.at((seconds + side) * 1000) for side in (-doubt, doubt))
    return f"<path d='M{x:.1f} {low:.1f}V{high:.1f}' stroke='{_LINE}' stroke-width='0.8'/>"


def _warmth(looks: Sequence[Observation], time: Axis, warmth: Axis) -> Iterator[str]:
    known = [
        (time.at(each.unix), warmth.at(each.temperature)) for each in looks if each.temperature is not None
    ]
    for one, other in zip(known, known[1:], strict=False):
        yield _line(one, other, 1.5, _WARM)
    for x, y in known:
        yield f"<circle cx='{x:.1f}' cy='{y:.1f}' r='2.2' fill='{_WARM}'/>"


def _trims(looks: Sequence[Observation], time: Axis, spans: Sequence[tuple[float, float]]) -> Iterator[str]:
    for each in looks:
        if each.trimmed is None:
            continue
        x = time.at(each.unix)
        for start, end in spans:
            dashes = f"stroke='{_TRIM}' stroke-width='1.5' stroke-dasharray='5 3'"
            yield f"<path d='M{x:.1f} {start}V{end}' {dashes}/>"
        yield _text(x + 5, spans[0][1] + 13, f"{each.trimmed:+d}", 12, _TRIM, "start")
