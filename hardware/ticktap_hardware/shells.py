"""What the key ring's cases share: rounded halves with a lip between them, a loop, countersunk screws.

Units: mm. x along the token, its loop at the far end; y across, 0 in the middle; z up.
"""

from __future__ import annotations

from dataclasses import dataclass

import cadquery as cq

from .solids import box, rod

HEAD_WIDE = 4.7  # M2.5, countersunk, ISO 7046
THREAD = 2.5
LIP = 1.0  # how far the lid's lip goes into the wall
LOOP_LONG, LOOP_WIDE, LOOP_HIGH = 9.0, 10.0, 5.0


@dataclass(frozen=True)
class Room:
    """The inside of a case: from x `start` to `end`, `half` to either side."""

    start: float
    end: float
    half: float

    def space(self, bottom: float, top: float) -> cq.Workplane:
        middle, long = (self.start + self.end) / 2, self.end - self.start
        return box(middle, 0, long, 2 * self.half, bottom, top - bottom)

    def rim(self, less: float, bottom: float, top: float) -> cq.Workplane:
        """The step in the walls where the lid's lip goes, but not at the front, which is thin."""
        end = self.end + LIP - 0.1 - less
        wide = 2 * (self.half + LIP - less)
        return box((self.start + end) / 2, 0, end - self.start, wide, bottom, top - bottom)


def block(start: float, end: float, half: float, bottom: float, height: float, corner: float) -> cq.Workplane:
    whole = box((start + end) / 2, 0, end - start, 2 * half, bottom, height)
    return whole.edges("|Z").fillet(corner)


def loop(end: float, bottom: float, hole: float) -> cq.Workplane:
    """A tab for a key ring, from a case's end."""
    tab = box(end + 3.5, 0, LOOP_LONG, LOOP_WIDE, bottom, LOOP_HIGH).edges("|Z and >X").fillet(4.5)
    return tab.cut(rod(end + 3.5, 0, -99, 199, hole))


def cone(x: float, y: float, bottom: float, wide: float = HEAD_WIDE) -> cq.Workplane:
    """A countersunk head or the room for one, 90 degrees, its wide end below."""
    deep = (wide - THREAD) / 2
    shape = cq.Solid.makeCone(wide / 2, THREAD / 2, deep, cq.Vector(x, y, bottom), cq.Vector(0, 0, 1))
    return cq.Workplane(obj=shape)


def screw(x: float, y: float, bottom: float, long: float) -> cq.Workplane:
    """From below, its head level with the case."""
    return rod(x, y, bottom, long, THREAD).union(cone(x, y, bottom))
