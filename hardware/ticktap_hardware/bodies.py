"""The space that parts need, at least that of the real ones, as boxes and cylinders. Without CadQuery.

Units: mm. x and y are coordinates of the layout, z is up, 0 at the board's underside. Heights are from the
data sheets of the parts in carrier.py, rounded up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from . import xiao_footprint
from .circuit import Circuit
from .footprint import LENGTH, SHELL_HOLES, USB_OUT, WIDTH, pin_at
from .layout import Layout, Placed, Point

BOARD = 1.6  # thick
CELL_ROUND, CELL = 20.0, 3.2  # a CR2032
SWITCH, PLUNGER, PLUNGER_WIDE = 3.5, 7.3, 3.8
LED_HEIGHT, LED_ROUND = 5.4, 3.0
PICO, PICO_PARTS, USB = 1.0, 2.0, 2.8  # heights of the Pico's board, its parts, its socket
XIAO, XIAO_PARTS, USB_C = 1.3, 1.8, 3.3  # the same of a XIAO
SMALL_SWITCH, SMALL_PLUNGER, SMALL_WIDE = 3.6, 4.3, 3.5  # Omron B3S-1000: its body, its plunger
BOOTSEL = (-3.5, 12.0)  # its button, from the middle of the edge with the socket
_LEGS = 2.0  # below the board, cut


@dataclass(frozen=True)
class Box:
    """Its centre is (x, y); `bottom` and `height` along z."""

    x: float
    y: float
    w: float
    d: float
    bottom: float
    height: float


@dataclass(frozen=True)
class Rod:
    """A cylinder along z."""

    x: float
    y: float
    bottom: float
    height: float
    diameter: float


Body = Box | Rod


def _pico() -> dict[str, Body]:
    top = BOARD + PICO
    found: dict[str, Body] = {
        "": Box(0, LENGTH / 2, WIDTH, LENGTH, BOARD, PICO),
        "parts": Box(0, LENGTH / 2 + 2, WIDTH - 5, LENGTH - 9, top, PICO_PARTS),
        "socket": Box(0, 2.85 - USB_OUT, 8.0, 5.7, top, USB),
    }
    for n, (x, y, drill) in enumerate(SHELL_HOLES):  # the socket's legs, through the Pico
        found[f"socket leg {n}"] = Rod(x, y, BOARD - 1.0, 1.0, drill - 0.4)
    for number in range(1, 41):  # solder that came through
        x, y = pin_at(number)
        found[f"joint {number}"] = Rod(x, y, -1.0, 1.0, 2.0)
    return found


def _xiao() -> dict[str, Body]:
    """Its parts and solder are within its edges, except the socket and the ends of the pads."""
    wide, long = xiao_footprint.WIDTH, xiao_footprint.LENGTH
    out, top = xiao_footprint.USB_OUT, BOARD + XIAO
    return {
        "": Box(0, long / 2, wide, long, BOARD, XIAO),
        "parts": Box(0, long / 2, wide - 3, long - 1, top, XIAO_PARTS),
        "socket": Box(0, 3.7 - out, 9.2, 7.4, top, USB_C),
        "joints": Box(0, long / 2, 19.2, 17.5, BOARD, XIAO),
    }


def _small_switch() -> dict[str, Body]:
    return {
        "": Box(0, 0, 9.6, 6.8, BOARD, SMALL_SWITCH),
        "plunger": Rod(0, 0, BOARD + SMALL_SWITCH, SMALL_PLUNGER - SMALL_SWITCH, SMALL_WIDE),
    }


def _switch() -> dict[str, Body]:
    x, y = 6.25, 2.5
    found: dict[str, Body] = {
        "": Box(x, y, 12.0, 12.0, BOARD, SWITCH),
        "plunger": Box(x, y, PLUNGER_WIDE, PLUNGER_WIDE, BOARD + SWITCH, PLUNGER - SWITCH),
    }
    for n, (leg_x, leg_y) in enumerate(((0.0, 0.0), (12.5, 0.0), (0.0, 5.0), (12.5, 5.0))):
        found[f"leg {n}"] = Rod(leg_x, leg_y, -_LEGS, _LEGS, 2.0)
    return found


_SHAPES: Mapping[str, Mapping[str, Body]] = {
    "ticktap:RaspberryPi_Pico": _pico(),
    xiao_footprint.XIAO: _xiao(),
    "Button_Switch_SMD:SW_SPST_B3S-1000": _small_switch(),
    # The retainer's bounding box, from KiCad's model of it; solids.py has the model itself.
    "Battery:BatteryHolder_Keystone_3034_1x20mm": {
        "cell": Rod(0, 0, BOARD, CELL, CELL_ROUND),
        "": Box(0, 0.45, 23.3, 16.5, BOARD, 4.0),
    },
    "Package_SO:SOIC-16W_7.5x10.3mm_P1.27mm": {"": Box(0, 0, 10.65, 10.5, BOARD, 2.65)},
    "Resistor_SMD:R_0805_2012Metric": {"": Box(0, 0, 3.2, 1.5, BOARD, 1.3)},
    "Capacitor_SMD:C_0805_2012Metric": {"": Box(0, 0, 3.2, 1.5, BOARD, 1.3)},
    "LED_THT:LED_D3.0mm": {
        "": Rod(1.27, 0, BOARD, LED_HEIGHT, LED_ROUND),
        "rim": Rod(1.27, 0, BOARD, 1.0, 3.9),
        "leg 0": Rod(0, 0, -_LEGS, _LEGS, 2.0),
        "leg 1": Rod(2.54, 0, -_LEGS, _LEGS, 2.0),
    },
    "Button_Switch_THT:SW_PUSH-12mm": _switch(),
    "Jumper:SolderJumper-2_P1.3mm_Open_RoundedPad1.0x1.5mm": {},
}

# Where a cell holder's mouth is: the direction in its footprint in which the cell slides out.
_MOUTHS: Mapping[str, Point] = {"Battery:BatteryHolder_Keystone_3034_1x20mm": (0.0, 1.0)}


def bodies(circuit: Circuit, layout: Layout) -> dict[str, Body]:
    """Returns bodies by reference, or reference and part. Raises KeyError for an unknown footprint."""
    found: dict[str, Body] = {}
    for part in circuit.parts:
        where = layout.placed[part.ref]
        for what, body in _SHAPES[part.footprint].items():
            found[f"{part.ref} {what}".strip()] = _placed(body, where)
    return found


def mouths(circuit: Circuit, layout: Layout) -> dict[str, Point]:
    """Returns the direction in which the cell slides out, for each cell holder's reference."""
    return {
        part.ref: layout.placed[part.ref].turned(*_MOUTHS[part.footprint])
        for part in circuit.parts
        if part.footprint in _MOUTHS
    }


def cell_path(cell: Rod, mouth: Point) -> tuple[Rod, Box]:
    """Returns the space that a cell passes when it slides out by its diameter.

    The mouth is towards an edge of the board, along x or y.
    """
    dx, dy = mouth
    if abs(dx * dy) > 1e-6:
        raise ValueError(f"the mouth is not along x or y: {mouth}")
    far = replace(cell, x=cell.x + dx * cell.diameter, y=cell.y + dy * cell.diameter)
    middle = (cell.x + far.x) / 2, (cell.y + far.y) / 2
    between = Box(*middle, cell.diameter, cell.diameter, cell.bottom, cell.height)
    return far, between


def in_the_way(circuit: Circuit, layout: Layout) -> list[str]:
    """Returns what blocks a cell on its way out of its holder, a sentence each."""
    there = bodies(circuit, layout)
    found = []
    for ref, mouth in mouths(circuit, layout).items():
        cell = there[f"{ref} cell"]
        if not isinstance(cell, Rod):
            raise TypeError(f"the cell of {ref} is not round")
        path = (cell, *cell_path(cell, mouth))
        for name, body in there.items():
            if name.split()[0] != ref and any(_meet(body, swept) for swept in path):
                found.append(f"{name} is in the way of the cell of {ref}")
    return found


def _placed(body: Body, where: Placed) -> Body:
    x, y = where.on_board(body.x, body.y)
    if where.back:  # below the board what was above it
        body = replace(body, bottom=BOARD - body.bottom - body.height)
    if isinstance(body, Rod) or where.turn % 180 == 0:
        return replace(body, x=x, y=y)
    return replace(body, x=x, y=y, w=body.d, d=body.w)


def _meet(one: Body, other: Body) -> bool:
    if one.bottom >= other.bottom + other.height or other.bottom >= one.bottom + one.height:
        return False
    if isinstance(one, Rod) and isinstance(other, Rod):
        return math.hypot(one.x - other.x, one.y - other.y) < (one.diameter + other.diameter) / 2
    if isinstance(one, Rod):
        return _meet(other, one)
    if isinstance(other, Box):
        return abs(one.x - other.x) < (one.w + other.w) / 2 and abs(one.y - other.y) < (one.d + other.d) / 2
    past_x = max(0.0, abs(one.x - other.x) - one.w / 2)
    past_y = max(0.0, abs(one.y - other.y) - one.d / 2)
    return math.hypot(past_x, past_y) < other.diameter / 2
