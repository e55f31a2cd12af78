"""Reads schematics and boards back: derives connections from positions only."""

from __future__ import annotations

from collections.abc import Iterable

from .circuit import Circuit, Part, Pin
from .sexpr import Expr, child, children, parse

Point = tuple[int, int]  # micrometres: no float is compared


def circuit_of(text: str) -> Circuit:
    """The circuit of a schematic of one sheet. ValueError: it contains something unsupported, such as
    buses."""
    sheet = parse(text)
    for head in ("sheet", "bus", "bus_entry", "label", "hierarchical_label"):
        if children(sheet, head):
            raise ValueError(f"a {head}, which is not read here")
    library = {symbol[1]: symbol for symbol in children(child(sheet, "lib_symbols"), "symbol")}
    joined = _Joined(_segments(sheet))
    names: dict[Point, set[str]] = {}
    parts: list[Part] = []
    pins: dict[str, Point] = {}
    for symbol in children(sheet, "symbol"):
        definition = library[child(symbol, "lib_id")[1]]
        ref, value, footprint = (_property(symbol, key) for key in ("Reference", "Value", "Footprint"))
        found = list(_pins(symbol, definition))
        if children(definition, "power"):
            names.setdefault(joined.root(found[0][1]), set()).add(value)
            continue
        parts.append(Part(ref, value, tuple(pin for pin, _ in found), footprint))
        pins |= {f"{ref}.{pin.number}": at for pin, at in found}
    for label in children(sheet, "global_label"):
        names.setdefault(joined.root(_at(label)), set()).add(label[1])
    return Circuit("readback", _title(sheet), tuple(parts), _nets(joined, names, pins), _open(sheet, pins))


def board_of(text: str) -> Circuit:
    """The circuit of a .kicad_pcb, from its pads. Pins have no kind; a pin of several pads is named once."""
    parts: list[Part] = []
    nets: dict[str, dict[str, None]] = {}
    unjoined = set()
    for footprint in children(parse(text), "footprint"):
        pads = [pad for pad in children(footprint, "pad") if pad[1]]
        if not pads:
            continue  # a hole
        texts = {str(item[1]): str(item[2]) for item in children(footprint, "fp_text")}
        ref = texts["reference"]
        numbers = dict.fromkeys(str(pad[1]) for pad in pads)
        parts.append(Part(ref, texts["value"], tuple(Pin(n, n) for n in numbers), str(footprint[1])))
        for pad in pads:
            pin = f"{ref}.{pad[1]}"
            if children(pad, "net"):
                nets.setdefault(str(child(pad, "net")[2]), {})[pin] = None
            else:
                unjoined.add(pin)
    return Circuit(
        "board", "", tuple(parts), {net: tuple(pins) for net, pins in nets.items()}, frozenset(unjoined)
    )


def _nets(
    joined: _Joined, names: dict[Point, set[str]], pins: dict[str, Point]
) -> dict[str, tuple[str, ...]]:
    nets: dict[str, list[str]] = {}
    nameless: dict[Point, list[str]] = {}
    for pin, at in pins.items():
        root = joined.root(at)
        for name in names.get(root, ()):
            nets.setdefault(name, []).append(pin)
        if root not in names:
            nameless.setdefault(root, []).append(pin)
    for together in nameless.values():
        if len(together) > 1:
            nets["?" + together[0]] = together
    return {name: tuple(found) for name, found in nets.items()}


def _open(sheet: Expr, pins: dict[str, Point]) -> frozenset[str]:
    marks = {_at(mark) for mark in children(sheet, "no_connect")}
    return frozenset(pin for pin, at in pins.items() if at in marks)


def _title(sheet: Expr) -> str:
    return str(child(child(sheet, "title_block"), "title")[1])


def _pins(symbol: Expr, definition: Expr) -> Iterable[tuple[Pin, Point]]:
    x, y, turned = (float(value) for value in child(symbol, "at")[1:4])
    if turned or children(symbol, "mirror"):
        raise ValueError("a turned symbol, which is not read here")
    for unit in children(definition, "symbol"):
        for pin in children(unit, "pin"):
            at = child(pin, "at")
            number, name = child(pin, "number")[1], child(pin, "name")[1]
            yield Pin(number, name, str(pin[1])), _um(x + float(at[1]), y - float(at[2]))  # type: ignore[arg-type]


def _property(symbol: Expr, key: str) -> str:
    return str(next(item[2] for item in children(symbol, "property") if item[1] == key))


def _segments(sheet: Expr) -> list[tuple[Point, Point]]:
    found = []
    for wire in children(sheet, "wire"):
        start, end = ((float(xy[1]), float(xy[2])) for xy in children(child(wire, "pts"), "xy"))
        found.append((_um(*start), _um(*end)))
    return found


def _at(item: Expr) -> Point:
    at = child(item, "at")
    return _um(float(at[1]), float(at[2]))


def _um(x: float, y: float) -> Point:
    return round(x * 1000), round(y * 1000)


class _Joined:
    """Points joined by wires: ends that meet, and ends on another wire. Crossings do not join."""

    def __init__(self, segments: list[tuple[Point, Point]]) -> None:
        self._segments = segments
        self._parent: dict[Point, Point] = {}
        for start, end in segments:
            self._join(start, end)
        for start, end in segments:
            for point in (start, end):
                self._attach(point)

    def root(self, point: Point) -> Point:
        if point not in self._parent:
            self._parent[point] = point
            self._attach(point)
        while self._parent[point] != point:
            point = self._parent[point]
        return point

    def _attach(self, point: Point) -> None:
        for start, end in self._segments:
            if _between(point, start, end):
                self._join(point, start)

    def _join(self, one: Point, other: Point) -> None:
        for point in (one, other):
            self._parent.setdefault(point, point)
        while self._parent[one] != one:
            one = self._parent[one]
        while self._parent[other] != other:
            other = self._parent[other]
        self._parent[one] = other


def _between(point: Point, start: Point, end: Point) -> bool:
    (x, y), (ax, ay), (bx, by) = point, start, end
    on_line = (bx - ax) * (y - ay) == (by - ay) * (x - ax)
    return on_line and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)
