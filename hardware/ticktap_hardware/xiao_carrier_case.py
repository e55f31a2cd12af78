"""The XIAO carrier's case, for the key ring: a tray with a loop, a lid, a button.

The board lies on two posts, two corners and two ledges, its cell in the tray. Two countersunk screws go
through tray and board into the lid. Every size is a field of XiaoCarrierCase.
Units: mm. x along the token, 0 at the board's edge with the socket; y across, 0 in the middle; z up, 0 at the
board's underside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cadquery as cq

from .bodies import BOARD, SMALL_PLUNGER, SMALL_SWITCH, USB_C, XIAO
from .fit import Contacts
from .layout import Layout, Point
from .shells import HEAD_WIDE, Room, block, cone, loop, screw
from .solids import board, box, parts, rod
from .xiao_carrier import XIAO_CARRIER
from .xiao_carrier_layout import LAYOUT

SCREW_LONG = 12.0  # M2.5 x 12, countersunk

CONTACTS = Contacts(
    resting=(
        ("tray", "board"),
        ("lid", "board"),
        ("lid", "U1 socket"),
        ("button", "SW1 plunger"),
        ("tray", "lid"),
    ),
    sliding={("lid", "button"): 0.19, ("tray", "lid"): 0.0},
)


def on_token(solid: cq.Workplane, layout: Layout = LAYOUT) -> cq.Workplane:
    """From the axes of solids.py to those of the token."""
    turned = solid.rotate((0, 0, 0), (0, 0, 1), 90)
    return turned.translate((layout.height, -layout.width / 2, 0))


@dataclass(frozen=True)
class XiaoCarrierCase:
    """mm. `gap` is around the board, `play` between printed parts that slide. `models`: KiCad's 3D models."""

    models: Path
    layout: Layout = field(default=LAYOUT)
    floor: float = 1.6
    roof: float = 1.6
    wall: float = 2.4
    front: float = 1.2
    gap: float = 0.4
    play: float = 0.2
    below: float = 4.4  # from the floor to the board: room for the cell's holder
    seam: float = 6.6
    lip: float = 1.5
    corner: float = 3.0
    screw: float = 2.9
    pilot: float = 2.1
    post: float = 5.0
    button: float = 5.0
    flange: float = 7.6
    flange_thick: float = 1.2
    flange_play: float = 0.4  # above it, below the lid
    proud: float = 1.2  # of the button over the lid
    skin: float = 0.6  # of the lid over the light, which shines through
    hole: float = 5.0  # for the ring

    @property
    def contacts(self) -> Contacts:
        return CONTACTS

    @property
    def inner(self) -> float:
        """Half the room across."""
        return self.layout.width / 2 + self.gap

    @property
    def outer(self) -> float:
        return self.inner + self.wall

    @property
    def bottom(self) -> float:
        return -self.below - self.floor

    @property
    def ceiling(self) -> float:
        return BOARD + SMALL_PLUNGER + self.flange_thick + self.flange_play

    @property
    def top(self) -> float:
        return self.ceiling + self.roof

    @property
    def room(self) -> Room:
        return Room(-self.gap, self.layout.height + self.gap, self.inner)

    @property
    def ends(self) -> Point:
        """x of the front's and the back's outer face, without the loop."""
        return self.room.start - self.front, self.room.end + self.wall

    @property
    def screw_holes(self) -> tuple[Point, ...]:
        return tuple(self._at(x, y) for x, y in self.layout.holes)

    @property
    def button_at(self) -> Point:
        where = self.layout.placed["SW1"]
        return self._at(where.x, where.y)

    def inside(self) -> dict[str, cq.Workplane]:
        """The board, and its parts by their references."""
        found: Mapping[str, cq.Workplane] = parts(XIAO_CARRIER, self.layout, self.models)
        whole = {"board": board(self.layout), **found}
        return {name: on_token(solid, self.layout) for name, solid in whole.items()}

    def tray(self) -> cq.Workplane:
        shell = block(*self.ends, self.outer, self.bottom, self.seam - self.bottom, self.corner)
        shell = shell.cut(self.room.space(-self.below, 99)).cut(self.room.rim(0, self.seam - self.lip, 99))
        low, high = -self.below - 0.1, self.below + 0.1
        for x, y in self.screw_holes:
            shell = shell.union(rod(x, y, low, high, self.post))
        for side in (-1, 1):
            shell = shell.union(box(0.8, side * (self.inner - 1.2), 2.4, 2.6, low, high))
            shell = shell.union(box(32.0, side * (self.inner - 0.6), 10.0, 1.4, low, high))
        shell = shell.union(loop(self.ends[1], self.bottom, self.hole))
        for x, y in self.screw_holes:
            shell = shell.cut(rod(x, y, self.bottom - 1, self.below + self.floor + 2, self.screw))
            shell = shell.cut(cone(x, y, self.bottom, HEAD_WIDE + 0.4))
        under = BOARD + XIAO - 0.4
        return shell.cut(box(self.ends[0], 0, 2 * self.front, 9.2 + 2 * self.gap, under, 99))

    def lid(self) -> cq.Workplane:
        shell = block(*self.ends, self.outer, self.seam, self.top - self.seam, self.corner)
        shell = shell.cut(self.room.space(-99, self.ceiling))
        lip = self.room.rim(self.play, self.seam - self.lip + self.play, self.seam + 1)
        shell = shell.union(lip.cut(self.room.space(-99, 99)))
        for x, y in self.screw_holes:
            shell = shell.union(rod(x, y, BOARD, self.ceiling - BOARD + 0.1, self.post))
            shell = shell.cut(rod(x, y, 0, self.top - 0.8, self.pilot))
        rest = BOARD + XIAO + USB_C  # onto the socket
        shell = shell.union(box(2.0, 0, 3.0, 6.0, rest, self.ceiling - rest + 0.1))
        shell = shell.cut(rod(*self.button_at, BOARD, 99, self.button + 2 * self.play))
        return shell.cut(box(12.0, 0, 10.0, 10.0, BOARD, self.top - self.skin - BOARD))

    def cap(self) -> cq.Workplane:
        """The button: it lies on the plunger, and its flange keeps it in."""
        rest = BOARD + SMALL_PLUNGER
        stem = rod(*self.button_at, rest, self.top + self.proud - rest, self.button)
        flange = rod(*self.button_at, rest, self.flange_thick, self.flange)
        return stem.faces(">Z").edges().fillet(0.6).union(flange)

    def printed(self) -> dict[str, cq.Workplane]:
        """The parts at their positions in the token."""
        return {"tray": self.tray(), "lid": self.lid(), "button": self.cap()}

    def for_print(self) -> dict[str, cq.Workplane]:
        """As they lie on the printer's bed: the lid upside down, the button on its flange."""
        made = self.printed()
        return made | {"lid": made["lid"].rotate((0, 0, 0), (1, 0, 0), 180)}

    def screws(self) -> list[cq.Workplane]:
        return [screw(x, y, self.bottom, SCREW_LONG) for x, y in self.screw_holes]

    def travel(self) -> float:
        """How far the button goes down before its flange meets the switch's body."""
        return SMALL_PLUNGER - SMALL_SWITCH

    def _at(self, x: float, y: float) -> Point:
        """From the layout's coordinates to the token's."""
        return y, x - self.layout.width / 2
