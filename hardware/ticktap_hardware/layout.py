"""The elements of a board's layout: positions of parts, copper, print.

Units: mm from the board's upper left corner, y downwards, as seen from the front. Both sides are filled
with ground.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

FRONT, BACK = "F.Cu", "B.Cu"

Point = tuple[float, float]


@dataclass(frozen=True)
class Placed:
    """`label`: where the reference is printed, relative to the part, or None for not at all."""

    x: float
    y: float
    turn: int = 0  # degrees, anticlockwise
    label: Point | None = None
    outline: bool = True  # the library's print, which on one part runs over its pads
    back: bool = False  # turned over about its x axis, onto the back, and then turned

    def on_board(self, x: float, y: float) -> Point:
        """A point of the part's footprint, as coordinates of the board."""
        dx, dy = self.turned(x, y)
        return self.x + dx, self.y + dy

    def turned(self, x: float, y: float) -> Point:
        """A direction of the part's footprint, as a direction on the board."""
        angle = math.radians(self.turn)
        cos, sin = round(math.cos(angle), 9), round(math.sin(angle), 9)
        y = -y if self.back else y
        return x * cos + y * sin, y * cos - x * sin


@dataclass(frozen=True)
class Track:
    net: str
    layer: str
    points: tuple[Point, ...]
    width: float = 0.25


@dataclass(frozen=True)
class Via:
    net: str
    x: float
    y: float


@dataclass(frozen=True)
class Disc:
    """A round area that the ground fill and the tracks of one side keep out of. Vias may be in it."""

    x: float
    y: float
    radius: float
    layer: str = FRONT


@dataclass(frozen=True)
class Text:
    """Printed text. `height` is that of its letters. On the back it is readable when seen from behind."""

    text: str
    x: float
    y: float
    height: float = 1.0
    back: bool = False


@dataclass(frozen=True)
class Layout:
    """One board. `holes` are screws', `hole` is their diameter; `ring` (x, y, diameter) is a key ring's hole.

    `circles` are (x, y, radius), `dots` are the same, filled; `lines` are drawn from point to point.
    """

    width: float
    height: float
    corner: float  # radius
    placed: Mapping[str, Placed]
    tracks: tuple[Track, ...]
    vias: tuple[Via, ...]
    holes: tuple[Point, ...] = ()
    hole: float = 2.7  # for M2.5
    ring: tuple[float, float, float] | None = None
    clear: tuple[Disc, ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()
    dots: tuple[tuple[float, float, float], ...] = ()
    lines: tuple[tuple[Point, ...], ...] = ()
    back_lines: tuple[tuple[Point, ...], ...] = ()
    texts: tuple[Text, ...] = ()
