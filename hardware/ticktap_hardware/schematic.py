"""The schematic (.kicad_sch, KiCad 6) of a circuit: a wire at each pin, with a label or a supply."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from .circuit import Circuit, Part, Pin
from .sexpr import Expr, Word, child, children, dump
from .symbols import GRID, POWER, Place, Symbol, definition, font, symbol_of

_STUB = 2.54
_STEP = {
    0: (-1, 0),
    180: (1, 0),
    90: (0, 1),
    270: (0, -1),
}  # from a pin's end, away from its symbol; y downwards
_NAMESPACE = uuid.UUID("6f1d7a52-9f0e-4b7c-8c0f-7469636b7461")


def schematic(circuit: Circuit, places: Mapping[str, tuple[int, int]], revision: str, date: str) -> str:
    """The file's text: the same for the same circuit, identifiers too."""
    made = _Sheet(circuit)
    for part in circuit.parts:
        x, y = places[part.ref]
        made.add(part, x * 2.54, y * 2.54)
    root = _id(circuit.name)
    title: Expr = [
        Word("title_block"),
        [Word("title"), circuit.title],
        [Word("date"), date],
        [Word("rev"), revision],
        [Word("company"), "the ticktap project"],
        [Word("comment"), 1, "CERN-OHL-P-2.0"],
        [Word("comment"), 2, "Made by `make hardware` from hardware/ticktap_hardware; edit that"],
    ]
    expr: Expr = [
        Word("kicad_sch"),
        [Word("version"), Word("20211123")],
        [Word("generator"), Word("ticktap")],
        [Word("uuid"), Word(root)],
        [Word("paper"), "A4"],
        title,
        [Word("lib_symbols"), *made.library.values()],
        *made.items,
        [Word("sheet_instances"), [Word("path"), "/", [Word("page"), "1"]]],
        [Word("symbol_instances"), *made.instances],
    ]
    return dump(expr) + "\n"


class _Sheet:
    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._supplies = 0
        self._hanging: set[int] = set()  # ground symbols that represent several pins
        self._labels: set[tuple[str, float, float]] = set()
        self.library: dict[str, Expr] = {}
        self.items: list[Expr] = []
        self.instances: list[Expr] = []

    def add(self, part: Part, x: float, y: float) -> None:
        symbol = symbol_of(part)
        letters = part.ref.rstrip("0123456789")
        self.library.setdefault(symbol.name, definition(symbol, part.pins, letters))
        self._place(symbol, part.ref, part.value, part.footprint, [pin.number for pin in part.pins], x, y)
        joined = self._circuit.joined(part.ref)
        above: tuple[str, float, float] | None = None  # a ground pin just above, on the same side
        for number, place in symbol.places.items():
            net = joined.get(number)
            at_x, at_y = x + place.x, y - place.y
            if above and net == above[0] and (round(at_x, 3), round(at_y - GRID, 3)) == above[1:]:
                self._under(f"{part.ref}.{number}", place, at_x, at_y)
            else:
                self._end(f"{part.ref}.{number}", net, place, at_x, at_y)
            above = (
                (net, round(at_x, 3), round(at_y, 3)) if net == "GND" and place.angle in (0, 180) else None
            )

    def _under(self, pin: str, place: Place, x: float, y: float) -> None:
        """Joins a ground pin to the one above it; the symbol moves down to where the wire now ends."""
        to_x = x + _STEP[place.angle][0] * _STUB
        self._wire(pin, x, y, to_x, y)
        self._wire(f"{pin} up", to_x, y, to_x, y - GRID)
        symbol = next(item for item in reversed(self.items) if item[0] == "symbol")
        for item in (symbol, *children(symbol, "property")):
            child(item, "at")[2] += GRID
        if id(symbol) in self._hanging:
            at: Expr = [Word("at"), to_x, y - GRID]
            look: list[Expr] = [[Word("diameter"), 0], [Word("color"), 0, 0, 0, 0]]
            self.items.append([Word("junction"), at, *look, self._uuid("dot", pin)])
        self._hanging.add(id(symbol))

    def _end(self, pin: str, net: str | None, place: Place, x: float, y: float) -> None:
        if net is None:
            self.items.append([Word("no_connect"), [Word("at"), x, y], self._uuid("open", pin)])
            return
        dx, dy = _STEP[place.angle]
        stub = 3 * _STUB if net == "+3V3" and dx else _STUB  # its symbol stands up, beside the pin above
        to_x, to_y = x + dx * stub, y + dy * stub
        self._wire(pin, x, y, to_x, to_y)
        if net in POWER:
            self._supply(net, to_x, to_y)
        elif (net, round(to_x, 3), round(to_y, 3)) not in self._labels:
            self._labels.add((net, round(to_x, 3), round(to_y, 3)))
            angle, justify = (180, "right bottom") if dx < 0 else (0, "left bottom")
            at: Expr = [Word("at"), to_x, to_y, angle]
            self.items.append(
                [
                    Word("global_label"),
                    net,
                    [Word("shape"), Word("passive")],
                    at,
                    font(justify=justify),
                    self._uuid("label", pin),
                ]
            )

    def _supply(self, net: str, x: float, y: float) -> None:
        """Supply symbols are always upright, so that they look the same."""
        self._supplies += 1
        symbol = POWER[net]
        self.library.setdefault(symbol.name, definition(symbol, (Pin("1", net, "power_in"),), "#PWR"))
        self._place(symbol, f"#PWR{self._supplies:02}", net, "", ["1"], x, y)

    def _wire(self, pin: str, x: float, y: float, to_x: float, to_y: float) -> None:
        stroke: Expr = [
            Word("stroke"),
            [Word("width"), 0],
            [Word("type"), Word("default")],
            [Word("color"), 0, 0, 0, 0],
        ]
        points: Expr = [Word("pts"), [Word("xy"), x, y], [Word("xy"), to_x, to_y]]
        self.items.append([Word("wire"), points, stroke, self._uuid("wire", pin)])

    def _place(
        self, symbol: Symbol, ref: str, value: str, footprint: str, pins: list[str], x: float, y: float
    ) -> None:
        dx, dy = symbol.label_at
        if symbol.power:
            dx, dy = (0.0, -3.8) if symbol.name == "GND" else (0.0, 3.6)
        own = _id(self._circuit.name, "symbol", ref)
        below = 2.54 if symbol.pin_names else 0
        justify = "" if symbol.power else "left"
        texts: list[Expr] = [
            _property("Reference", ref, 0, x + dx, y - dy - below, font(hide=symbol.power, justify=justify)),
            _property(
                "Value",
                value,
                1,
                x + dx,
                y - dy + (0 if symbol.power else 2.2 - below),
                font(hide=symbol.name == "GND", justify=justify),
            ),
            _property("Footprint", footprint, 2, x, y, font(hide=True)),
            _property("Datasheet", "", 3, x, y, font(hide=True)),
        ]
        self.items.append(
            [
                Word("symbol"),
                [Word("lib_id"), f"ticktap:{symbol.name}"],
                [Word("at"), x, y, 0],
                [Word("unit"), 1],
                [Word("in_bom"), Word("no" if symbol.power else "yes")],
                [Word("on_board"), Word("yes")],
                [Word("uuid"), Word(own)],
                *texts,
                *([Word("pin"), number, self._uuid("pin", f"{ref}.{number}")] for number in pins),
            ]
        )
        self.instances.append(
            [
                Word("path"),
                f"/{own}",
                [Word("reference"), ref],
                [Word("unit"), 1],
                [Word("value"), value],
                [Word("footprint"), footprint],
            ]
        )

    def _uuid(self, *of: str) -> Expr:
        return [Word("uuid"), Word(_id(self._circuit.name, *of))]


def _property(key: str, value: str, number: int, x: float, y: float, effects: Expr) -> Expr:
    return [Word("property"), key, value, [Word("id"), number], [Word("at"), x, y, 0], effects]


def _id(*of: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "/".join(of)))
