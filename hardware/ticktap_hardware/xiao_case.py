"""The case of the wired XIAO, for the key ring: a tray with a loop, a lid, a button.

The XIAO lies on two rails, its socket in the front. Behind it a shelf across the tray carries the button,
with the wires below, and behind that is the clock. Two countersunk screws go through the tray beside the
shelf into the lid. Every size is a field of XiaoCase. Units and axes are those of xiao_wired.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import cadquery as cq

from .bodies import USB_C, XIAO
from .fit import Contacts
from .layout import Point
from .shells import HEAD_WIDE, Room, block, cone, loop, screw
from .solids import box, rod
from .xiao_footprint import LENGTH, WIDTH
from .xiao_wired import MINI, PLUNGER, SWITCH, SWITCH_WIDE, WIRE, Clock, boards

SCREW_LONG = 12.0  # M2.5 x 12, countersunk

CONTACTS = Contacts(
    resting=(
        ("tray", "xiao"),
        ("tray", "switch"),
        ("tray", "clock"),
        ("lid", "xiao"),
        ("lid", "xiao socket"),
        ("button", "plunger"),
        ("tray", "lid"),
    ),
    sliding={
        ("tray", "switch legs"): 0.0,
        ("lid", "button"): 0.19,
        ("tray", "switch"): 0.0,
        ("tray", "xiao"): 0.0,
        ("lid", "xiao"): 0.0,
        ("tray", "lid"): 0.0,
    },
)


@dataclass(frozen=True)
class XiaoCase:
    """mm. `gap` is around the XIAO, `play` between printed parts that slide."""

    clock: Clock = MINI
    floor: float = 2.0
    roof: float = 1.6
    wall: float = 2.4
    front: float = 1.2
    gap: float = 0.4
    play: float = 0.2
    below: float = 1.5  # from the floor to the XIAO: room for joints and wires
    headroom: float = 0.4  # over the clock
    seam: float = 5.0
    lip: float = 1.5
    corner: float = 3.0
    screw: float = 2.9
    pilot: float = 2.1
    post: float = 5.2
    block: float = 4.7  # of the tray, beside the wires, wide
    shelf_long: float = 7.6
    shelf_thick: float = 1.2
    lowest_shelf: float = 3.6  # the button's legs clear the XIAO's parts
    button: float = 5.0
    flange: float = 7.6
    flange_thick: float = 1.2
    flange_play: float = 0.4  # above it, below the lid
    proud: float = 1.2  # of the button over the lid
    skin: float = 0.6  # of the lid over the light, which shines through
    hole: float = 5.0  # for the ring

    @property
    def inner(self) -> float:
        """Half the room across."""
        return max(WIDTH / 2 + self.gap, self.clock.wide / 2 + self.clock.play)

    @property
    def outer(self) -> float:
        return self.inner + self.wall

    @property
    def bed(self) -> float:
        """The floor's upper side: the clock lies on it."""
        return -self.below

    @property
    def bottom(self) -> float:
        return self.bed - self.floor

    @property
    def shelf(self) -> float:
        """Its upper side, below the button."""
        over = PLUNGER + self.flange_thick + self.flange_play
        return max(self.lowest_shelf, self.bed + self.clock.high + self.headroom - over)

    @property
    def ceiling(self) -> float:
        over = PLUNGER + self.flange_thick + self.flange_play
        return self.shelf + over

    @property
    def top(self) -> float:
        return self.ceiling + self.roof

    @property
    def middle(self) -> float:
        """x of shelf, button and screws."""
        return LENGTH + self.gap + self.shelf_long / 2

    @property
    def clock_at(self) -> float:
        """x where the clock begins."""
        return LENGTH + self.gap + self.shelf_long + self.clock.play

    @property
    def guide(self) -> float:
        """mm of room on each side of the clock beyond its play."""
        return self.inner - self.clock.wide / 2 - self.clock.play

    @property
    def room(self) -> Room:
        return Room(-self.gap, self.clock_at + self.clock.long + self.clock.play, self.inner)

    @property
    def ends(self) -> Point:
        """x of the front's and the back's outer face, without the loop."""
        return self.room.start - self.front, self.room.end + self.wall

    @property
    def screw_holes(self) -> tuple[Point, ...]:
        y = self.inner - self.block / 2
        return (self.middle, -y), (self.middle, y)

    @property
    def contacts(self) -> Contacts:
        return CONTACTS

    def inside(self) -> dict[str, cq.Workplane]:
        """The boards, and the wires where they have least room."""
        found = boards(self.clock, self.clock_at, self.bed, (self.middle, 0), self.shelf)
        wires = box(self.middle, 0, self.shelf_long, 5 * WIRE, self.bed + 0.3, 2 * WIRE)
        return found | {"wires": wires}

    def tray(self) -> cq.Workplane:
        shell = self._block(self.bottom, self.seam - self.bottom).cut(self.room.space(self.bed, 99))
        shell = shell.cut(self.room.rim(0, self.seam - self.lip, 99))
        for side in (-1, 1):
            rail = box(LENGTH / 2 + 0.5, side * 4.0, LENGTH - 5, 2.0, self.bed - 0.1, self.below + 0.1)
            shell = shell.union(rail)
            y = side * (self.inner - self.block / 2)
            beside = box(
                self.middle, y, self.shelf_long, self.block, self.bed - 0.1, self.shelf - self.bed + 0.1
            )
            shell = shell.union(beside)
            if self.guide > 0.5:
                shell = shell.union(self._guide(side))
        shell = shell.union(self._shelf()).union(loop(self.ends[1], self.bottom, self.hole))
        for x, y in self.screw_holes:
            shell = shell.cut(rod(x, y, self.bottom - 1, 99, self.screw))
            shell = shell.cut(cone(x, y, self.bottom, HEAD_WIDE + 0.4))
        return shell.cut(self._mouth(self.seam + 99))

    def lid(self) -> cq.Workplane:
        shell = self._block(self.seam, self.top - self.seam).cut(self.room.space(-99, self.ceiling))
        lip = self.room.rim(self.play, self.seam - self.lip + self.play, self.seam + 1)
        shell = shell.union(lip.cut(self.room.space(-99, 99)))
        for x, y in self.screw_holes:
            post = rod(x, y, self.shelf, self.ceiling - self.shelf + 0.1, self.post)
            shell = shell.union(post.intersect(self.room.space(-99, 99)))
            shell = shell.cut(rod(x, y, 0, self.top - 0.8, self.pilot))
        for side in (-1, 1):  # onto the XIAO's rear corners
            y, wide = side * (WIDTH / 2 - 0.45), 1.3
            foot = box(LENGTH - 1.6, y, 1.2, wide, XIAO, self.ceiling - XIAO + 0.1)
            rib = box(LENGTH + 0.6, y, 5.6, wide, self.shelf + 0.1, self.ceiling - self.shelf)
            shell = shell.union(foot).union(rib)
        rest = XIAO + USB_C  # onto the socket
        shell = shell.union(box(2.0, 0, 3.0, 6.0, rest, self.ceiling - rest + 0.1))
        shell = shell.cut(rod(self.middle, 0, self.shelf, 99, self.button + 2 * self.play))
        return shell.cut(box(LENGTH / 2 + 1.5, 0, 10.0, 10.0, 0, self.top - self.skin))

    def cap(self) -> cq.Workplane:
        """The button: it lies on the plunger, and its flange keeps it in."""
        rest = self.shelf + PLUNGER
        stem = rod(self.middle, 0, rest, self.top + self.proud - rest, self.button)
        return (
            stem.faces(">Z")
            .edges()
            .fillet(0.6)
            .union(rod(self.middle, 0, rest, self.flange_thick, self.flange))
        )

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
        return PLUNGER - SWITCH

    def _block(self, bottom: float, height: float) -> cq.Workplane:
        return block(*self.ends, self.outer, bottom, height, self.corner)

    def _mouth(self, top: float) -> cq.Workplane:
        """The opening for the socket, open to above."""
        low = XIAO - 0.4
        return box(self.ends[0], 0, 2 * self.front, 9.2 + 2 * self.gap, low, top - low)

    def _shelf(self) -> cq.Workplane:
        """A bridge over the wires, with corners around the button."""
        across = 2 * (self.inner - self.block) + 0.2
        low = self.shelf - self.shelf_thick
        plate = box(self.middle, 0, self.shelf_long, across, low, self.shelf_thick)
        around = box(self.middle, 0, self.shelf_long, SWITCH_WIDE + 1.8, self.shelf, 1.4)
        around = around.cut(box(self.middle, 0, SWITCH_WIDE + 0.4, SWITCH_WIDE + 0.4, 0, 99))
        return plate.union(around.cut(box(self.middle, 0, 99, 5.9, 0, 99)))

    def _guide(self, side: int) -> cq.Workplane:
        """Beside a clock that is narrower than the room."""
        y = side * (self.inner - self.guide / 2)
        return box(self.clock_at + self.clock.long / 2, y, self.clock.long, self.guide, self.bed - 0.1, 4.0)
