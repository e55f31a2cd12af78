"""Whether the case fits the board: solids that overlap, and solids that come too near, found by geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cadquery as cq

from .case import Case
from .solids import board, parts, plug

_TOUCH = 1e-3  # mm: these two are meant to touch
_OVERLAP = 1e-6  # mm3: a boolean operation's noise

# mm between printed parts and what is on the board. Those that rest on each other must only not overlap.
LEAST = 0.3
RESTING = (("base", "board"), ("cover", "board"), ("button", "SW1 plunger"), ("base", "cover"))
SLIDING = {("cover", "button"): 0.19, ("button", "SW1 plunger"): 0.0, ("base", "cover"): 0.0}


@dataclass(frozen=True)
class Pair:
    """Two solids: mm3 that both fill, and mm between them."""

    one: str
    other: str
    overlap: float
    apart: float


def solids(case: Case) -> tuple[dict[str, cq.Workplane], dict[str, cq.Workplane]]:
    """(what is printed, what is in it)."""
    printed = {"base": case.base(), "cover": case.cover(), "button": case.plunger()}
    return printed, {"board": board(), "plug": plug(), **parts()}


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
    """They go through base and board, bite into the cover, and meet nothing else."""
    lines = []
    base, cover = case.base(), case.cover()
    for n, screw in enumerate(case.screws(), 1):
        for name, solid in (("base", base), *inside.items()):
            if _pair("screw", screw, name, solid).overlap > _OVERLAP:
                lines.append(f"screw {n} goes into {name}")
        if _pair("screw", screw, "cover", cover).overlap < 1.0:
            lines.append(f"screw {n} does not bite into the cover")
    return lines


def _pair(one: str, first: cq.Workplane, other: str, second: cq.Workplane) -> Pair:
    a, b = first.val(), second.val()
    near = _boxes_apart(a.BoundingBox(), b.BoundingBox())
    if near > 2.0:
        return Pair(one, other, 0.0, near)  # their boxes are far enough apart already
    common = a.intersect(b)
    return Pair(one, other, sum(solid.Volume() for solid in common.Solids()), a.distance(b))


def _boxes_apart(a: cq.BoundBox, b: cq.BoundBox) -> float:
    gaps = (
        max(a.xmin - b.xmax, b.xmin - a.xmax),
        max(a.ymin - b.ymax, b.ymin - a.ymax),
        max(a.zmin - b.zmax, b.zmin - a.zmax),
    )
    return float(max(gaps))
