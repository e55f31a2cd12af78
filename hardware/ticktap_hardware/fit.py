"""Whether the case fits the board: solids that overlap, and solids that come too near, found by geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cadquery as cq

from .bodies import bodies, mouths
from .case import Case
from .circuit import Circuit
from .layout import Layout, Point
from .solids import board, box, model, parts, solid

_TOUCH = 1e-3  # mm: these two are meant to touch
_OVERLAP = 1e-6  # mm3: a boolean operation's noise

# mm between printed parts and what is on the board. Those that rest on each other must only not overlap.
LEAST = 0.3
RESTING = (("base", "board"), ("cover", "board"), ("button", "SW1 plunger"), ("base", "cover"))
SLIDING = {("cover", "button"): 0.19, ("button", "SW1 plunger"): 0.0, ("base", "cover"): 0.0}
WEB = 1.0  # mm of lid over the opening for the plug, at least: five layers


@dataclass(frozen=True)
class Pair:
    """Two solids: mm3 that both fill, and mm between them."""

    one: str
    other: str
    overlap: float
    apart: float


def inside(case: Case, models: Path) -> dict[str, cq.Workplane]:
    """What is in the case, and the plug and the paper clip that come from outside."""
    outside = {"plug": case.plug(), "paper clip": case.clip()}
    return {"board": board(case.layout), **outside, **parts(case.circuit, case.layout, models)}


def pairs(printed: Mapping[str, cq.Workplane], inside: Mapping[str, cq.Workplane]) -> list[Pair]:
    """Each printed part with each other, and with all that is inside."""
    names = list(printed)
    asked = [(one, other) for n, one in enumerate(names) for other in names[n + 1 :]]
    asked += [(one, other) for one in names for other in inside]
    everything = {**printed, **inside}
    return [_pair(one, everything[one], other, everything[other]) for one, other in asked]


def problems(found: list[Pair]) -> list[str]:
    lines = []
    for pair in found:
        names = (pair.one, pair.other)
        least = SLIDING.get(names, 0.0 if names in RESTING else LEAST)
        if pair.overlap > _OVERLAP:
            lines.append(f"{pair.one} and {pair.other} overlap by {pair.overlap:.3f} mm3")
        elif pair.apart < least - _TOUCH:
            lines.append(f"{pair.one} and {pair.other} are {pair.apart:.2f} mm apart, less than {least} mm")
    return lines


def loose(found: list[Pair]) -> list[str]:
    """What should rest on something and hangs in the air."""
    return [
        f"{pair.one} does not reach {pair.other}"
        for pair in found
        if (pair.one, pair.other) in RESTING and pair.apart > _TOUCH
    ]


def rests(pair: Pair) -> bool:
    """Whether the two are meant to touch or slide."""
    return (pair.one, pair.other) in RESTING or (pair.one, pair.other) in SLIDING


def button(case: Case) -> list[str]:
    """It stays in when the token is turned over, and can be pressed: 0.25 +- 0.15 mm (Omron, pretravel)."""
    lines = []
    if case.flange < case.button + 2 * case.play + 2:
        lines.append("the button's flange does not keep it in")
    if case.travel() < 0.4:
        lines.append(f"the button goes {case.travel():.2f} mm and needs 0.4")
    return lines


def screws(case: Case, inside: Mapping[str, cq.Workplane]) -> list[str]:
    """They go through base and board, bite into the cover, and meet nothing else. Their heads are let in."""
    lines = []
    base, cover = case.base(membrane=False), case.cover()
    for n, screw in enumerate(case.screws(), 1):
        for name, other in (("base", base), *inside.items()):
            if _pair("screw", screw, name, other).overlap > _OVERLAP:
                lines.append(f"screw {n} goes into {name}")
        if _pair("screw", screw, "cover", cover).overlap < 1.0:
            lines.append(f"screw {n} does not bite into the cover")
        if screw.val().BoundingBox().zmin < case.bottom:
            lines.append(f"the head of screw {n} stands out of the base")
    return lines


def web(case: Case, cover: cq.Workplane) -> list[str]:
    """The lid over the opening for the plug, measured from the wall's inner side to its outer face."""
    x, _, z = case.usb
    face = case.layout.height + case.gap + case.wall
    over = z + case.usb_high / 2
    thin = WEB
    for step in range(9):
        y = face - 0.02 - (case.wall - 0.04) * step / 8
        column = box(x, y, 0.02, 0.02, over, 99.0).val().intersect(cover.val())
        thin = min(thin, sum(part.Volume() for part in column.Solids()) / 0.02**2)
    return (
        [f"the lid over the USB opening is {thin:.2f} mm thick, less than {WEB} mm"]
        if thin < WEB - 0.01
        else []
    )


def holders(circuit: Circuit, layout: Layout, models: Path) -> list[str]:
    """Cells that do not come out of their holders' mouths."""
    return [
        f"the cell does not come out of {ref}"
        for ref, mouth in mouths(circuit, layout).items()
        if not comes_out(ref, mouth, circuit, layout, models)
    ]


def comes_out(ref: str, way: Point, circuit: Circuit, layout: Layout, models: Path) -> bool:
    """Whether a cell slides out of its holder in this direction, by the holder's model.

    It does when it presses the springs nowhere more than in its place, and is out in the end.
    """
    holder = model(ref, circuit, layout, models).val()
    cell = bodies(circuit, layout)[f"{ref} cell"]
    pressed = [
        _shared(holder, solid(replace(cell, x=cell.x + way[0] * t, y=cell.y + way[1] * t), layout).val())
        for t in range(0, 21, 2)
    ]
    return max(pressed) <= pressed[0] * 1.05 and pressed[-1] < _OVERLAP


def _shared(one: cq.Shape, other: cq.Shape) -> float:
    return float(sum(part.Volume() for part in one.intersect(other).Solids()))


def _pair(one: str, first: cq.Workplane, other: str, second: cq.Workplane) -> Pair:
    a, b = first.val(), second.val()
    near = _boxes_apart(a.BoundingBox(), b.BoundingBox())
    if near > 2.0:
        return Pair(one, other, 0.0, near)  # their boxes are far enough apart already
    return Pair(one, other, _shared(a, b), a.distance(b))


def _boxes_apart(a: cq.BoundBox, b: cq.BoundBox) -> float:
    gaps = (
        max(a.xmin - b.xmax, b.xmin - a.xmax),
        max(a.ymin - b.ymax, b.ymin - a.ymax),
        max(a.zmin - b.zmax, b.zmin - a.zmax),
    )
    return float(max(gaps))
