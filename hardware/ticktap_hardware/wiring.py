"""Wiring drawings, as SVG: whatever the netlist joins is drawn, in the colours of a STEMMA QT cable."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .circuit import Circuit
from .modules import PICO_NAMES, XIAO_NAMES

COLOURS = {"GND": "#222222", "+3V3": "#d42a2a", "SDA": "#1f6fd0", "SCL": "#e0a800", "BUTTON": "#1d8a3a"}
_FONT = "font-family='DejaVu Sans, Arial, sans-serif'"
_BOARD, _INK, _METAL, _PALE = "#1f6b45", "#1a1a1a", "#d9b95c", "#f4f4ef"

Point = tuple[float, float]


def wires(circuit: Circuit) -> list[tuple[str, str, str]]:
    """(net, pin of U1, pin of another part): each wire to lay."""
    found = []
    for net, pins in circuit.nets.items():
        ours = [pin for pin in pins if pin.startswith("U1.")]
        others = [pin for pin in pins if not pin.startswith("U1.")]
        if len(ours) not in (1, len(others)):
            raise ValueError(f"{net}: which of {ours} goes to which of {others}?")
        ours = ours * len(others) if len(ours) == 1 else ours
        found += [(net, one, other) for one, other in zip(ours, others, strict=True)]
    return found


def drawing(circuit: Circuit) -> str:
    """The SVG of one of forms.FORMS."""
    made = _Drawing(circuit)
    if circuit.name == "pico":
        _wired(made, PICO_NAMES, module=135, button=_TOP + 17 * _PITCH, button_pins=("2", "1"))
    elif circuit.name == "xiao":
        _wired(made, XIAO_NAMES, module=260, button=_TOP + 1.5 * _PITCH, button_pins=("1", "2"))
    else:
        _cable(made)
    return made.text()


class _Drawing:
    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.items: list[str] = []
        self.width, self.height = 900.0, 640.0
        self.pins: dict[str, Point] = {}

    def rect(
        self, x: float, y: float, w: float, h: float, fill: str, r: float = 6, stroke: str = "none"
    ) -> None:
        self.items.append(
            f"<rect x='{x:g}' y='{y:g}' width='{w:g}' height='{h:g}' rx='{r:g}' "
            f"fill='{fill}' stroke='{stroke}'/>"
        )

    def circle(self, x: float, y: float, r: float, fill: str, stroke: str = "none") -> None:
        self.items.append(
            f"<circle cx='{x:g}' cy='{y:g}' r='{r:g}' fill='{fill}' stroke='{stroke}' stroke-width='2'/>"
        )

    def say(
        self,
        text: str,
        x: float,
        y: float,
        size: float = 14,
        fill: str = _INK,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        weight = " font-weight='bold'" if bold else ""
        self.items.append(
            f"<text x='{x:g}' y='{y:g}' {_FONT} font-size='{size:g}' "
            f"fill='{fill}' text-anchor='{anchor}'{weight}>{escape(text)}</text>"
        )

    def wire(self, net: str, one: str, other: str, points: list[Point]) -> None:
        """Draws a wire with a pale edge, so that crossings are visible."""
        joined = " ".join(f"{x:g},{y:g}" for x, y in points)
        shape = f"points='{joined}' fill='none' stroke-linejoin='round' stroke-linecap='round'"
        self.items.append(f"<polyline {shape} stroke='white' stroke-width='9'/>")
        self.items.append(
            f"<polyline {shape} stroke='{COLOURS[net]}' stroke-width='5' "
            f"data-net='{net}' data-from='{one}' data-to='{other}'/>"
        )

    def text(self) -> str:
        head = (
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {self.width:g} {self.height:g}' "
            f"width='{self.width:g}' height='{self.height:g}' role='img'>"
        )
        background = "<rect width='100%' height='100%' fill='white'/>"
        return (
            "\n".join(
                [head, f"<title>{escape(self.circuit.title)}</title>", background, *self.items, "</svg>"]
            )
            + "\n"
        )


_PITCH, _TOP, _LEFT, _RIGHT = 24.0, 100.0, 540.0, 780.0


def _wired(
    d: _Drawing, names: Sequence[str], module: float, button: float, button_pins: tuple[str, str]
) -> None:
    """`names`: of U1's pins. `module`: the upper edge of U2; `button`: the upper of its pins, which
    `button_pins` names."""
    d.say(d.circuit.title, 30, 40, 20, bold=True)
    joined = {pin for pins in d.circuit.nets.values() for pin in pins}
    lowest = _two_rows(d, names, joined)
    _module(d, module)
    _button(d, button, button_pins)
    in_order = sorted(wires(d.circuit), key=lambda wire: d.pins[wire[2]][1])
    for n, (net, one, other) in enumerate(in_order):  # each lane right of the one above: so none cross
        (x, y), (to_x, to_y) = d.pins[one], d.pins[other]
        lane = 320.0 + 28 * n
        if x > _LEFT + 50:  # from the far side, between the rows and over the board
            between = y + _PITCH / 2
            d.wire(
                net,
                one,
                other,
                [(x, y), (x + 34, y), (x + 34, between), (lane, between), (lane, to_y), (to_x, to_y)],
            )
        else:
            d.wire(net, one, other, [(x, y), (lane, y), (lane, to_y), (to_x, to_y)])
    d.height = max(lowest, module + 215, button + 108) + 18


def _two_rows(d: _Drawing, names: Sequence[str], joined: set[str]) -> float:
    """A board with pins down its left side and up its right. Returns where it ends."""
    rows = len(names) // 2
    top = _TOP - _PITCH
    d.rect(_LEFT, top, _RIGHT - _LEFT, (rows + 1) * _PITCH, _BOARD, 10)
    d.rect((_LEFT + _RIGHT) / 2 - 34, top - 16, 68, 56, "#c9ccd1", 4, "#8a8f98")
    d.say("USB", (_LEFT + _RIGHT) / 2, top + 18, 14, anchor="middle")
    d.rect((_LEFT + _RIGHT) / 2 - 30, _TOP + (rows // 2 - 1) * _PITCH, 60, 60, "#2a2a2a", 4)
    end = top + (rows + 1) * _PITCH + 24
    d.say(d.circuit.part("U1").value, (_LEFT + _RIGHT) / 2, end, 15, anchor="middle")
    for number, name in enumerate(names, 1):
        left = number <= rows
        x = _LEFT + 12 if left else _RIGHT - 12
        y = _TOP + (number - 1 if left else 2 * rows - number) * _PITCH
        pin = f"U1.{number}"
        d.pins[pin] = (x, y)
        used = pin in joined
        d.circle(x, y, 7, _METAL if used else "#8fae9d", "white" if used else "none")
        inside, anchor = (x + 13, "start") if left else (x - 13, "end")
        d.say(
            f"{number} {name}" if left else f"{name} {number}",
            inside,
            y + 5,
            13 if used else 10,
            "white" if used else "#b9d3c5",
            anchor,
            bold=used,
        )
    return end


def _module(d: _Drawing, top: float) -> None:
    part = d.circuit.part("U2")
    d.rect(40, top, 230, 215, "#22577a", 10)
    d.circle(120, top + 127, 50, "#c9ccd1", "#8a8f98")
    d.say("+", 120, top + 123, 22, anchor="middle", bold=True)
    d.say("coin cell", 120, top + 145, 13, anchor="middle")
    d.say(part.value, 60, top + 29, 16, "white", bold=True)
    for row, number in enumerate(("GND", "VCC", "SDA", "SCL")):
        x, y = 258.0, top + 61.0 + row * 44
        d.pins[f"U2.{number}"] = (x, y)
        d.circle(x, y, 7, _METAL, "white")
        d.say(part.pin(number).name, x - 14, y + 5, 14, "white", "end", bold=True)


def _button(d: _Drawing, y: float, pins: tuple[str, str]) -> None:
    d.rect(130, y - 36, 120, 120, "#33363b", 12)
    d.circle(190, y + 24, 38, "#d9534f", "#7c2b28")
    d.say("press", 190, y + 29, 15, "white", "middle", bold=True)
    d.say(d.circuit.part("SW1").value, 190, y + 108, 15, anchor="middle")
    for number, at in zip(pins, (y, y + 2 * _PITCH), strict=True):
        d.pins[f"SW1.{number}"] = (262.0, at)
        d.rect(248, at - 3, 16, 6, "#9a9da3", 2)


def _cable(d: _Drawing) -> None:
    d.height = 400
    d.say(d.circuit.title, 30, 40, 20, bold=True)
    d.rect(80, 110, 230, 200, "#1b1b1f", 14)
    d.rect(50, 175, 60, 70, "#c9ccd1", 8, "#8a8f98")
    d.say("USB", 80, 215, 14, anchor="middle")
    d.say(d.circuit.part("U1").value, 195, 140, 16, "white", "middle", bold=True)
    d.circle(195, 285, 13, "#d9534f", "white")
    d.say("BOOT", 180, 272, 12, "white", "end")
    d.say("the token's button", 195, 340, 15, anchor="middle", bold=True)
    d.items.append(f"<line x1='195' y1='325' x2='195' y2='302' stroke='{_INK}' stroke-width='2'/>")
    d.rect(590, 110, 230, 200, "#1b1b1f", 14)
    d.circle(730, 220, 50, "#c9ccd1", "#8a8f98")
    d.say("+", 730, 214, 22, anchor="middle", bold=True)
    d.say("coin cell", 730, 238, 13, anchor="middle")
    d.say(d.circuit.part("U2").value, 705, 140, 16, "white", "middle", bold=True)
    for ref, x in (("U1", 282.0), ("U2", 582.0)):
        d.rect(x, 160, 36, 120, _PALE, 4, "#8a8f98")
        for row, number in enumerate("1234"):
            y = 178.0 + row * 28
            d.pins[f"{ref}.{number}"] = (x + 18, y)
            inside = x - 8 if ref == "U1" else x + 44
            d.say(
                d.circuit.part(ref).pin(number).name,
                inside,
                y + 5,
                13,
                "white",
                "end" if ref == "U1" else "start",
            )
    for net, one, other in wires(d.circuit):
        d.wire(net, one, other, [d.pins[one], d.pins[other]])
    d.say("STEMMA QT / Qwiic cable", 450, 330, 15, anchor="middle")
    d.say("or at the second socket: both are the same", 705, 340, 13, "#555", "middle")
