"""Checks copper and print in a board's file, without KiCad and beyond its design rules.

KiCad 6 checks annular rings of vias only, and keeps copper out of areas only where the board has such areas.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from . import footprint, xiao_footprint
from .layout import BACK, FRONT, Layout, Placed, Point
from .sexpr import Expr, child, children, parse

RING = 0.25  # mm of copper around a plated hole, at least
LETTERS, STROKE = 1.0, 0.15  # mm, of print, at least
_CELL = "BT1"
_PICO = "ticktap:RaspberryPi_Pico"
# Footprint of a board that lies flat on ours to its bare copper, from the middle of the edge with its socket.
_BARE = {_PICO: footprint.BARE, xiao_footprint.XIAO: xiao_footprint.BARE}
_RIM = (9.1, 10.4)  # radii of a CR2032's positive rim, mm


def problems(text: str, layout: Layout, origin: Point) -> list[str]:
    """A sentence for each violation. `text`: the .kicad_pcb. `origin`: the board's corner on its sheet."""
    board = parse(text)
    return [
        *rings(board),
        *shell_holes(board),
        *_bare(board, layout, origin),
        *_rim(board, layout, origin),
        *small_print(board),
    ]


def rings(board: Expr) -> list[str]:
    """Plated holes with too little copper around them."""
    found = [
        (f"{ref}.{pad[1]}", _ring(pad))
        for ref, pad in _pads(board)
        if pad[2] == "thru_hole" and children(pad, "drill")
    ]
    for via in children(board, "via"):
        size, drill = float(child(via, "size")[1]), float(child(via, "drill")[1])
        found.append((f"the via at {child(via, 'at')[1]} {child(via, 'at')[2]}", (size - drill) / 2))
    return [
        f"{name} has a ring of {ring:.3f} mm, less than {RING}" for name, ring in found if ring < RING - 1e-6
    ]


def shell_holes(board: Expr) -> list[str]:
    """Returns legs of the Pico's USB socket without a hole."""
    found = []
    for part in (part for part in children(board, "footprint") if part[1] == _PICO):
        holes = [pad for pad in children(part, "pad") if pad[2] == "np_thru_hole"]
        there = {(*_xy(hole, "at"), float(child(hole, "drill")[1])) for hole in holes}
        found += [
            f"no hole for the Pico's USB socket at {hole}"
            for hole in footprint.SHELL_HOLES
            if hole not in there
        ]
    return found


def small_print(board: Expr) -> list[str]:
    """Returns printed letters that are too small to read."""
    found = []
    texts = [*children(board, "gr_text")]
    for part in children(board, "footprint"):
        texts += [text for text in children(part, "fp_text") if "hide" not in text]
    for text in texts:
        if child(text, "layer")[1] not in ("F.SilkS", "B.SilkS"):
            continue
        font = child(child(text, "effects"), "font")
        height, stroke = float(child(font, "size")[1]), float(child(font, "thickness")[1])
        if height < LETTERS - 1e-6 or stroke < STROKE - 1e-6:
            found.append(
                f"print {text[2] if text[0] == 'fp_text' else text[1]}: {height} mm high, stroke {stroke} mm"
            )
    return found


def _ring(pad: Expr) -> float:
    """The least copper beside the hole. A pad is a rectangle, oval or circle, not turned in its part."""
    w, h = (float(value) for value in child(pad, "size")[1:3])
    drill = child(pad, "drill")
    radius = float(next(value for value in drill[1:] if _is_number(value))) / 2
    shift = children(drill, "offset")
    dx, dy = (abs(float(value)) for value in shift[0][1:3]) if shift else (0.0, 0.0)
    if pad[3] == "rect":
        return min(w / 2 - dx, h / 2 - dy) - radius
    round_end = min(w, h) / 2
    along = (max(w, h) / 2 - round_end) if w != h else 0.0
    past_x = max(0.0, dx - along) if w >= h else dx
    past_y = max(0.0, dy - along) if h > w else dy
    return round_end - math.hypot(past_x, past_y) - radius


def _bare(board: Expr, layout: Layout, origin: Point) -> list[str]:
    """Returns front copper that is below bare copper of a board mounted flat on ours."""
    copper = _Copper(board, FRONT)
    found = []
    for ref, part in _parts(board):
        for name, area in _BARE.get(str(part[1]), {}).items():
            if any(copper.at(point) for point in _grid(area, layout.placed[ref], origin)):
                found.append(f"copper lies below the {name} of {ref}")
    return found


def _grid(area: tuple[float, float, float, float], where: Placed, origin: Point) -> list[Point]:
    """Points on the sheet in an area of a part: not on its edge, where the fill ends, nor off the board."""
    left, top, right, bottom = area
    steps = [
        (left + (right - left) * i / 10, top + (bottom - top) * j / 10)
        for i in range(1, 10)
        for j in range(1, 10)
    ]
    points = [(origin[0] + x, origin[1] + y) for x, y in (where.on_board(*step) for step in steps)]
    return [point for point in points if point[1] > origin[1]]


def _rim(board: Expr, layout: Layout, origin: Point) -> list[str]:
    """Copper below the cell's positive rim, other than VBAT's own, on the side where the cell is."""
    if _CELL not in layout.placed:
        return []
    cell = layout.placed[_CELL]
    copper = _Copper(board, BACK if cell.back else FRONT)
    for radius in (_RIM[0], sum(_RIM) / 2, _RIM[1]):
        for degrees in range(0, 360, 3):
            angle = math.radians(degrees)
            at = (
                origin[0] + cell.x + radius * math.cos(angle),
                origin[1] + cell.y + radius * math.sin(angle),
            )
            net = copper.at(at)
            if net and net != "VBAT":
                return [f"copper of {net} lies below the cell's positive rim"]
    return []


class _Copper:
    """Fill, tracks and vias of one side. Pads are not in it."""

    def __init__(self, board: Expr, layer: str) -> None:
        nets = {str(net[1]): str(net[2]) for net in children(board, "net")}
        self._fills: list[tuple[str, list[Point]]] = []
        for zone in children(board, "zone"):
            for fill in children(zone, "filled_polygon"):
                if child(fill, "layer")[1] == layer:
                    points = [(float(xy[1]), float(xy[2])) for xy in children(child(fill, "pts"), "xy")]
                    self._fills.append((str(child(zone, "net_name")[1]), points))
        self._lines = [
            (
                nets[str(child(track, "net")[1])],
                _xy(track, "start"),
                _xy(track, "end"),
                float(child(track, "width")[1]) / 2,
            )
            for track in children(board, "segment")
            if child(track, "layer")[1] == layer
        ]
        self._lines += [
            (
                nets[str(child(via, "net")[1])],
                _xy(via, "at"),
                _xy(via, "at"),
                float(child(via, "size")[1]) / 2,
            )
            for via in children(board, "via")
        ]

    def at(self, point: Point) -> str:
        """The net whose copper is there, or ""."""
        for net, start, end, reach in self._lines:
            if _distance(point, start, end) <= reach:
                return net
        return next((net for net, corners in self._fills if _inside(point, corners)), "")


def _parts(board: Expr) -> Iterator[tuple[str, Expr]]:
    """Reference and footprint."""
    for part in children(board, "footprint"):
        texts = {str(item[1]): str(item[2]) for item in children(part, "fp_text")}
        yield texts["reference"], part


def _pads(board: Expr) -> Iterator[tuple[str, Expr]]:
    for ref, part in _parts(board):
        for pad in children(part, "pad"):
            yield ref, pad


def _xy(item: Expr, key: str) -> Point:
    at = child(item, key)
    return float(at[1]), float(at[2])


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.replace(".", "", 1).isdigit() or isinstance(value, (int, float))


def _distance(point: Point, start: Point, end: Point) -> float:
    (x, y), (ax, ay), (bx, by) = point, start, end
    length = (bx - ax) ** 2 + (by - ay) ** 2
    along = 0.0 if not length else max(0.0, min(1.0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length))
    return math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))


def _inside(point: Point, corners: list[Point]) -> bool:
    """Whether a ray to the right crosses the outline an odd number of times."""
    x, y = point
    found = False
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            found = not found
    return found
