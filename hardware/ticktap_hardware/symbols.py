"""Schematic symbols, drawn here so that the schematic opens without any library. Units: mm, y upwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .circuit import Part, Pin
from .sexpr import Expr, Word, words

GRID = 2.54
_LENGTH = 2.54


@dataclass(frozen=True)
class Place:
    """Where a pin ends and which way it points, in degrees as KiCad counts: 0 to the right, 90 up."""

    x: float
    y: float
    angle: int


@dataclass(frozen=True)
class Symbol:
    """`lines` are polylines, `circles` (x, y, radius); `box` is (half width, top, bottom) or None;
    `length` is the pins'."""

    name: str
    places: dict[str, Place]
    box: tuple[float, float, float] | None = None
    lines: tuple[tuple[tuple[float, float], ...], ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()
    pin_names: bool = False
    label_at: tuple[float, float] = (2.54, 1.27)
    power: bool = False
    length: float = _LENGTH


def box(name: str, left: Sequence[str], right: Sequence[str], half_width: float) -> Symbol:
    """A rectangle with pins left and right, top to bottom; "" leaves a gap."""
    rows = max(len(left), len(right))
    top = (rows - 1) // 2 * GRID
    places = {}
    for side, angle, x in ((left, 0, -half_width - _LENGTH), (right, 180, half_width + _LENGTH)):
        for row, number in enumerate(side):
            if number:
                places[number] = Place(x, top - row * GRID, angle)
    bottom = top - rows * GRID
    return Symbol(
        name,
        places,
        (half_width, top + GRID, bottom),
        pin_names=True,
        label_at=(-half_width, top + GRID + 1.27),
    )


_VERTICAL = {"1": Place(0, 3.81, 270), "2": Place(0, -3.81, 90)}
_UPSIDE_DOWN = {"2": Place(0, 3.81, 270), "1": Place(0, -3.81, 90)}
_HORIZONTAL = {"1": Place(-5.08, 0, 0), "2": Place(5.08, 0, 180)}

SYMBOLS = {
    "R": Symbol("R", _UPSIDE_DOWN, (1.016, 2.54, -2.54), length=1.27),
    "C": Symbol(
        "C",
        _VERTICAL,
        lines=(
            ((-2.0, 0.6), (2.0, 0.6)),
            ((-2.0, -0.6), (2.0, -0.6)),
            ((0, 1.27), (0, 0.6)),
            ((0, -1.27), (0, -0.6)),
        ),
    ),
    "BT": Symbol(
        "BT",
        _VERTICAL,
        lines=(
            ((-2.3, 0.7), (2.3, 0.7)),
            ((-1.2, -0.7), (1.2, -0.7)),
            ((0, 1.27), (0, 0.7)),
            ((0, -1.27), (0, -0.7)),
            ((0.8, 2.0), (1.8, 2.0)),
            ((1.3, 2.5), (1.3, 1.5)),
        ),
    ),
    "D": Symbol(
        "D",
        _UPSIDE_DOWN,
        lines=(
            ((-1.5, 1.27), (1.5, 1.27), (0, -1.27), (-1.5, 1.27)),
            ((-1.5, -1.27), (1.5, -1.27)),
            ((-2.0, 0.2), (-3.2, -1.0)),
            ((-3.2, -0.4), (-3.2, -1.0), (-2.6, -1.0)),
            ((-2.0, 1.4), (-3.2, 0.2)),
            ((-3.2, 0.8), (-3.2, 0.2), (-2.6, 0.2)),
        ),
    ),
    "SW": Symbol(
        "SW",
        _HORIZONTAL,
        lines=(((-2.54, 1.27), (2.54, 1.27)), ((0, 1.27), (0, 3.0)), ((-1.2, 3.0), (1.2, 3.0))),
        circles=((-2.03, 0, 0.5), (2.03, 0, 0.5)),
        label_at=(-5.08, 6.6),
    ),
    "JP": Symbol(
        "JP",
        _HORIZONTAL,
        lines=(
            ((-0.4, 1.2), (-1.4, 1.2), (-2.0, 0.6), (-2.0, -0.6), (-1.4, -1.2), (-0.4, -1.2), (-0.4, 1.2)),
            ((0.4, 1.2), (1.4, 1.2), (2.0, 0.6), (2.0, -0.6), (1.4, -1.2), (0.4, -1.2), (0.4, 1.2)),
        ),
        label_at=(-5.08, 4.8),
    ),
    "U1": box("RaspberryPi_Pico", [str(n) for n in range(1, 21)], [str(n) for n in range(40, 20, -1)], 10.16),
    "ticktap:XIAO_RP2040": box(
        "XIAO_RP2040", [str(n) for n in range(1, 8)], [str(n) for n in range(14, 7, -1)], 10.16
    ),
    "U2": box(
        "DS3231SN",
        ["16", "15", "", "4", "", "3", "1"],
        ["2", "14", "", *(str(n) for n in range(5, 14))],
        7.62,
    ),
}

GROUND = Symbol(
    "GND",
    {"1": Place(0, 0, 270)},
    lines=(((0, 0), (0, -1.27)), ((-1.27, -1.27), (1.27, -1.27), (0, -2.54), (-1.27, -1.27))),
    power=True,
)
SUPPLY = Symbol(
    "+3V3",
    {"1": Place(0, 0, 90)},
    lines=(((0, 0), (0, 1.5)), ((-0.8, 1.5), (0, 2.54), (0.8, 1.5))),
    power=True,
)
POWER = {"GND": GROUND, "+3V3": SUPPLY}


def symbol_of(part: Part) -> Symbol:
    """Finds the symbol by footprint, else by reference, else by the letters of the reference."""
    return SYMBOLS.get(part.footprint) or SYMBOLS.get(part.ref) or SYMBOLS[part.ref.rstrip("0123456789")]


def font(hide: bool = False, justify: str = "") -> Expr:
    expr: Expr = [Word("effects"), [Word("font"), [Word("size"), 1.27, 1.27]]]
    if justify:
        expr.append([Word("justify"), *words(justify)])
    return [*expr, Word("hide")] if hide else expr


def definition(symbol: Symbol, pins: Sequence[Pin], reference: str) -> Expr:
    """The symbol for lib_symbols of a .kicad_sch."""
    name = f"ticktap:{symbol.name}"
    expr: Expr = [Word("symbol"), name]
    if symbol.power:
        expr.append([Word("power")])
    if not symbol.pin_names:
        expr.append([Word("pin_numbers"), Word("hide")])
        expr.append([Word("pin_names"), [Word("offset"), 0], Word("hide")])
    else:
        expr.append([Word("pin_names"), [Word("offset"), 1.016]])
    expr += [[Word("in_bom"), Word("yes")], [Word("on_board"), Word("yes")]]
    for n, (key, value) in enumerate(
        (("Reference", reference), ("Value", symbol.name), ("Footprint", ""), ("Datasheet", ""))
    ):
        expr.append([Word("property"), key, value, [Word("id"), n], [Word("at"), 0, 0, 0], font(hide=n > 1)])
    expr.append([Word("symbol"), f"{symbol.name}_0_1", *_graphics(symbol)])
    expr.append([Word("symbol"), f"{symbol.name}_1_1", *(_pin(symbol, pin) for pin in pins)])
    return expr


def _graphics(symbol: Symbol) -> list[Expr]:
    stroke: Expr = [
        Word("stroke"),
        [Word("width"), 0.2],
        [Word("type"), Word("default")],
        [Word("color"), 0, 0, 0, 0],
    ]
    found: list[Expr] = []
    if symbol.box:
        w, top, bottom = symbol.box
        fill: Expr = [Word("fill"), [Word("type"), Word("background")]]
        found.append([Word("rectangle"), [Word("start"), -w, top], [Word("end"), w, bottom], stroke, fill])
    empty: Expr = [Word("fill"), [Word("type"), Word("none")]]
    for line in symbol.lines:
        points: Expr = [Word("pts"), *([Word("xy"), x, y] for x, y in line)]
        found += [[Word("polyline"), points, stroke, empty]]
    for x, y, radius in symbol.circles:
        found.append([Word("circle"), [Word("center"), x, y], [Word("radius"), radius], stroke, empty])
    return found


def _pin(symbol: Symbol, pin: Pin) -> Expr:
    place = symbol.places[pin.number]
    length = 0.0 if symbol.power else symbol.length
    return [
        Word("pin"),
        Word(pin.kind),
        Word("line"),
        [Word("at"), place.x, place.y, place.angle],
        [Word("length"), length],
        [Word("name"), pin.name, font()],
        [Word("number"), pin.number, font()],
    ]
