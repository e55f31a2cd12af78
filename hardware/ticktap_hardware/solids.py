"""The carrier with its parts as solids, no smaller than the real ones.

Units: mm; x right, y to the USB socket, z up. The origin is the board's lower left corner, on its underside.
Heights are from the data sheets of the parts in carrier.py, rounded up.
"""

from __future__ import annotations

import cadquery as cq

from . import footprint, layout

BOARD = 1.6
_PICO, _PICO_PARTS, _USB = 1.0, 2.0, 2.8  # its board, what stands on it, its socket
_CELL, _HOLDER = 3.2, 4.8
SWITCH, PLUNGER, PLUNGER_WIDE = 3.5, 7.3, 3.8
LED_HEIGHT, LED_ROUND = 5.4, 3.0
_LEGS = 2.0  # below the board, cut


def flip(x: float, y: float) -> tuple[float, float]:
    """From layout's coordinates."""
    return x, layout.HEIGHT - y


SWITCH_AT = flip(layout.PLACED["SW1"].x + 6.25, layout.PLACED["SW1"].y + 2.5)
LED_AT = flip(layout.PLACED["D1"].x + 1.27, layout.PLACED["D1"].y)
HOLES = tuple(flip(x, y) for x, y in layout.HOLES)
USB_AT = (layout.PICO_X, BOARD + _PICO + _USB / 2)  # x, z of its middle
USB_FRONT = layout.HEIGHT + footprint.USB_OUT


def box(x: float, y: float, w: float, d: float, bottom: float, h: float) -> cq.Workplane:
    """Around the middle (x, y)."""
    return cq.Workplane("XY", origin=(x, y, bottom)).rect(w, d).extrude(h)


def rod(x: float, y: float, bottom: float, h: float, diameter: float) -> cq.Workplane:
    return cq.Workplane("XY", origin=(x, y, bottom)).circle(diameter / 2).extrude(h)


def board() -> cq.Workplane:
    w, h = layout.WIDTH, layout.HEIGHT
    plate = box(w / 2, h / 2, w, h, 0, BOARD).edges("|Z").fillet(layout.CORNER)
    for x, y in HOLES:
        plate = plate.cut(rod(x, y, -1, BOARD + 2, layout.HOLE))
    return plate


def parts() -> dict[str, cq.Workplane]:
    """Reference, or reference and what of it, to solid."""
    pico_y = layout.HEIGHT - footprint.LENGTH / 2
    top = BOARD + _PICO
    cell_x, cell_y = flip(layout.PLACED["BT1"].x, layout.PLACED["BT1"].y)
    chip_x, chip_y = flip(layout.PLACED["U2"].x, layout.PLACED["U2"].y)
    found = {
        "U1": box(layout.PICO_X, pico_y, footprint.WIDTH, footprint.LENGTH, BOARD, _PICO),
        "U1 parts": box(
            layout.PICO_X, pico_y - 2, footprint.WIDTH - 5, footprint.LENGTH - 9, top, _PICO_PARTS
        ),
        "U1 socket": box(layout.PICO_X, USB_FRONT - 2.85, 8.0, 5.7, top, _USB),
        "BT1 cell": rod(cell_x, cell_y, BOARD, _CELL, 20.0),
        "BT1": _holder(cell_x, cell_y),
        "U2": box(chip_x, chip_y, 10.65, 10.5, BOARD, 2.65),
        "SW1": box(*SWITCH_AT, 12.0, 12.0, BOARD, SWITCH),
        "SW1 plunger": box(*SWITCH_AT, PLUNGER_WIDE, PLUNGER_WIDE, BOARD + SWITCH, PLUNGER - SWITCH),
        "D1": rod(*LED_AT, BOARD, 1.0, 3.9).union(rod(*LED_AT, BOARD, LED_HEIGHT, LED_ROUND)),
    }
    for ref in ("R1", "R2", "R3", "C1"):
        x, y = flip(layout.PLACED[ref].x, layout.PLACED[ref].y)
        found[ref] = box(x, y, 3.2, 1.5, BOARD, 1.3)
    for n, (dx, dy) in enumerate(((-6.25, 2.5), (6.25, 2.5), (-6.25, -2.5), (6.25, -2.5))):
        found[f"SW1 leg {n}"] = rod(SWITCH_AT[0] + dx, SWITCH_AT[1] + dy, -_LEGS, _LEGS, 2.0)
    for n, dx in enumerate((-1.27, 1.27)):
        found[f"D1 leg {n}"] = rod(LED_AT[0] + dx, LED_AT[1], -_LEGS, _LEGS, 2.0)
    for number in range(1, 41):  # solder that came through
        x, y = footprint.pin_at(number)
        found[f"U1 joint {number}"] = rod(layout.PICO_X + x, layout.HEIGHT - y, -1.0, 1.0, 2.0)
    return found


def plug() -> cq.Workplane:
    """The handle of a micro-USB plug, a large one, up to the socket."""
    x, z = USB_AT
    return box(x, USB_FRONT + 10, 10.6, 20, z - 8.5 / 2, 8.5)


def _holder(x: float, y: float) -> cq.Workplane:
    """The retainer's outline, as its footprint draws it, open where the cell goes in."""
    points = [
        (-8.64, 7.39),
        (8.64, 7.39),
        (10.63, 5.4),
        (10.63, -3.6),
        (9.19, -7.53),
        (7.87, -8.77),
        (-7.87, -8.77),
    ]
    points += [(-9.19, -7.53), (-10.63, -3.6), (-10.63, 5.4)]
    outline = cq.Workplane("XY", origin=(x, y, BOARD)).polyline(points).close().extrude(_HOLDER)
    ears = box(x, y, 23.4, 5.1, BOARD, 0.6)
    return outline.union(ears).cut(rod(x, y, BOARD, _CELL, 20.0))
