"""Checks that the case fits the board: finds solids that overlap or are too close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cadquery as cq

from .bodies import bodies, mouths
from .circuit import Circuit
from .layout import Layout, Point
from .solids import model, solid

_TOUCH = 1e-3  # mm: these two are meant to touch
OVERLAP = 1e-6  # mm3: a boolean operation's noise

LEAST = 0.3  # mm between printed parts and what they do not touch


@dataclass(frozen=True)
class Contacts:
    """`resting`: pairs that must touch. `sliding`: pairs that may be nearer than LEAST, and how near, mm."""

    resting: tuple[tuple[str, str], ...]
    sliding: Mapping[tuple[str, str], float]

    def least(self, pair: Pair) -> float:
        names = (pair.one, pair.other)
        return self.sliding.get(names, 0.0 if names in self.resting else LEAST)


@dataclass(frozen=True)
class Pair:
    """Two solids: mm3 that both fill, and mm between them."""

    one: str
    other: str
    overlap: float
    apart: float


def pairs(printed: Mapping[str, cq.Workplane], inside: Mapping[str, cq.Workplane]) -> list[Pair]:
    """Each printed part with each other, and with all that is inside."""
    names = list(printed)
    asked = [(one, other) for n, one in enumerate(names) for other in names[n + 1 :]]
    asked += [(one, other) for one in names for other in inside]
    everything = {**printed, **inside}
    return [measure(one, everything[one], other, everything[other]) for one, other in asked]


def problems(found: list[Pair], contacts: Contacts) -> list[str]:
    lines = []
    for pair in found:
        least = contacts.least(pair)
        if pair.overlap > OVERLAP:
            lines.append(f"{pair.one} and {pair.other} overlap by {pair.overlap:.3f} mm3")
        elif pair.apart < least - _TOUCH:
            lines.append(f"{pair.one} and {pair.other} are {pair.apart:.2f} mm apart, less than {least} mm")
    return lines


def loose(found: list[Pair], contacts: Contacts) -> list[str]:
    """Returns solids that should touch another one but do not."""
    return [
        f"{pair.one} does not reach {pair.other}"
        for pair in found
        if (pair.one, pair.other) in contacts.resting and pair.apart > _TOUCH
    ]


def nearest(found: list[Pair], contacts: Contacts) -> float:
    """mm between the two that are nearest of those that are not meant to touch or slide."""
    return min(pair.apart for pair in found if contacts.least(pair) == LEAST)


def whole(printed: Mapping[str, cq.Workplane]) -> list[str]:
    """Returns parts that consist of several pieces, or are not solid: they cannot be printed."""
    lines = [f"{name} is no valid solid" for name, part in printed.items() if not part.val().isValid()]
    return lines + [f"{name} is in pieces" for name, part in printed.items() if part.solids().size() != 1]


def export(lying: Mapping[str, cq.Workplane], to: Path, upright: Mapping[str, cq.Workplane]) -> None:
    """STL as it lies on the printer's bed, STEP as it is in the token."""
    to.mkdir(parents=True, exist_ok=True)
    for name, part in lying.items():
        cq.exporters.export(part, str(to / f"{name}.stl"), tolerance=0.02, angularTolerance=0.15)
        cq.exporters.export(upright[name], str(to / f"{name}.step"))


def holders(circuit: Circuit, layout: Layout, models: Path) -> list[str]:
    """Returns cells that cannot slide out of their holders."""
    return [
        f"the cell does not come out of {ref}"
        for ref, mouth in mouths(circuit, layout).items()
        if not comes_out(ref, mouth, circuit, layout, models)
    ]


def comes_out(ref: str, way: Point, circuit: Circuit, layout: Layout, models: Path) -> bool:
    """Whether a cell slides out of its holder in this direction, by the holder's model.

    It does if it overlaps the springs nowhere more than at its final position, and ends outside of the
    holder.
    """
    holder = model(ref, circuit, layout, models).val()
    cell = bodies(circuit, layout)[f"{ref} cell"]
    pressed = [
        shared(holder, solid(replace(cell, x=cell.x + way[0] * t, y=cell.y + way[1] * t), layout).val())
        for t in range(0, 21, 2)
    ]
    return max(pressed) <= pressed[0] * 1.05 and pressed[-1] < OVERLAP


def shared(one: cq.Shape, other: cq.Shape) -> float:
    return float(sum(part.Volume() for part in one.intersect(other).Solids()))


def measure(one: str, first: cq.Workplane, other: str, second: cq.Workplane) -> Pair:
    a, b = first.val(), second.val()
    near = _boxes_apart(a.BoundingBox(), b.BoundingBox())
    if near > 2.0:
        return Pair(one, other, 0.0, near)  # their boxes are far enough apart already
    return Pair(one, other, shared(a, b), a.distance(b))


def _boxes_apart(a: cq.BoundBox, b: cq.BoundBox) -> float:
    gaps = (
        max(a.xmin - b.xmax, b.xmin - a.xmax),
        max(a.ymin - b.ymax, b.ymin - a.ymax),
        max(a.zmin - b.zmax, b.zmin - a.zmax),
    )
    return float(max(gaps))
