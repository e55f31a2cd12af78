"""The sleeve of the token for the key ring: a tray with a loop, a lid, a spacer between the boards, a button.

Two countersunk screws go through tray, Trinkey, spacer and clock into the lid. Every size is a field of
Sleeve.
Units and axes are those of trinkey.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import cadquery as cq

from .fit import Contacts
from .shells import HEAD_WIDE, Room, block, cone, loop, screw
from .solids import box, rod
from .trinkey import (
    CELL,
    LONG,
    OVER,
    PIXEL,
    PLUG_WIDE,
    PRESS_OUT,
    PRESS_X,
    PRESS_Z,
    SCREWS,
    TALL,
    TRINKEY,
    UNDER,
    WIDE,
    boards,
)

SCREW_LONG = 16.0  # M2.5 x 16, countersunk

CONTACTS = Contacts(
    resting=(
        ("tray", "trinkey"),
        ("spacer", "trinkey"),
        ("spacer", "clock"),
        ("lid", "clock"),
        ("tray", "lid"),
    ),
    sliding={
        ("tray", "trinkey"): 0.0,
        ("tray", "lid"): 0.0,
        ("tray", "spacer"): 0.19,
        ("tray", "button"): 0.19,
        ("lid", "spacer"): 0.19,
        ("lid", "button"): 0.19,
        ("button", "BOOT plunger"): 0.19,
    },
)


@dataclass(frozen=True)
class Sleeve:
    """mm. `gap` is around the boards, `play` between printed parts that slide."""

    floor: float = 2.2
    roof: float = 1.6
    wall: float = 3.0  # beside the boards: the button's plate lies in it
    front: float = 1.2
    back: float = 1.8
    chamber: float = 14.0  # behind the boards, for the cable
    gap: float = 0.35
    play: float = 0.2
    headroom: float = 0.4  # over the cell's holder
    seam: float = 8.6
    lip: float = 1.5
    corner: float = 3.0
    screw: float = 2.9
    pilot: float = 2.1
    post: float = 4.6
    tube: float = 3.9  # of the spacer, around a screw
    band: float = 0.9  # of the spacer, thick
    slot_wide: float = 8.0  # in the wall, for the button's plate
    plate: float = 1.1  # of the button, thick
    window: float = 5.0  # for what is pressed
    window_high: float = 5.0
    skin: float = 0.5  # of the wall beside the light
    loop: float = 5.0  # the ring's hole
    pinhole: float = 2.0

    @property
    def inner(self) -> float:
        """Half the room across."""
        return WIDE / 2 + self.gap

    @property
    def outer(self) -> float:
        return self.inner + self.wall

    @property
    def ceiling(self) -> float:
        return OVER + CELL + self.headroom

    @property
    def bottom(self) -> float:
        return -self.floor

    @property
    def top(self) -> float:
        return self.ceiling + self.roof

    @property
    def ends(self) -> tuple[float, float, float, float]:
        """x of the front's outer and inner face, the back's inner and outer face."""
        front = -self.gap
        back = LONG + self.chamber
        return front - self.front, front, back, back + self.back

    @property
    def room(self) -> Room:
        _, start, end, _ = self.ends
        return Room(start, end, self.inner)

    @property
    def contacts(self) -> Contacts:
        return CONTACTS

    def inside(self) -> dict[str, cq.Workplane]:
        """The boards and the cable."""
        return boards()

    def tray(self) -> cq.Workplane:
        shell = self._block(self.bottom, self.seam - self.bottom).cut(self.room.space(0, 99))
        shell = shell.cut(self.room.rim(0, self.seam - self.lip, 99))
        for side in (-1, 1):  # what the boards' rear edges lean on
            stop = box(
                LONG + self.gap + 0.8, side * (self.inner - 1.2), 1.6, 2.6, -0.1, self.seam - self.lip + 0.1
            )
            shell = shell.union(stop)
        shell = shell.union(loop(self.ends[-1], self.bottom, self.loop))
        shell = shell.cut(box(-5, 0, 12, PLUG_WIDE + 2 * self.play, 0, 99).intersect(self._front()))
        for x, y in SCREWS:
            shell = shell.cut(rod(x, y, self.bottom - 1, 99, self.screw))
            shell = shell.cut(cone(x, y, self.bottom, HEAD_WIDE + 0.4))
        return shell.cut(self._button_slot()).cut(self._light()).cut(self._reset())

    def lid(self) -> cq.Workplane:
        shell = self._block(self.seam, self.top - self.seam).cut(self.room.space(-99, self.ceiling))
        shell = shell.union(
            self.room.rim(self.play, self.seam - self.lip + self.play, self.seam + 1).cut(
                self.room.space(-99, 99)
            )
        )
        for x, y in SCREWS:
            shell = shell.union(rod(x, y, OVER, self.ceiling - OVER + 0.1, self.post))
            shell = shell.cut(rod(x, y, 0, self.top - 0.8, self.pilot))
        outer, inner, *_ = self.ends  # over the plug, where the tray is open
        low = TRINKEY + 0.3
        shell = shell.union(box((outer + inner) / 2, 0, self.front, PLUG_WIDE, low, self.seam + 0.1 - low))
        for x in (1.6, LONG - 1.6):  # on the clock's other corners
            shell = shell.union(rod(x, -7.0, OVER, self.ceiling - OVER + 0.1, 3.0))
        return shell.cut(self._button_slot())

    def spacer(self) -> cq.Workplane:
        """Between Trinkey and clock, along their edges; open at the buttons, the light and a socket."""
        out, into = self.inner - self.play, self.inner - self.play - self.band
        high = UNDER - TRINKEY
        frame = box(LONG / 2, 0, LONG, 2 * out, TRINKEY, high).cut(
            box(LONG / 2 + self.band, 0, LONG, 2 * into, 0, 99)
        )
        start, end = 4.6, PRESS_X + 4.2
        frame = frame.cut(box((start + end) / 2, 0, end - start, 99, 0, TRINKEY + TALL + 0.4))
        frame = frame.cut(box(0, 0, 9, 8.0, UNDER - 3.4, 99))
        frame = frame.cut(box(0, 0, 9, 10.0, 0, TRINKEY + 1.6))  # over the Trinkey's resistors
        for x, y in SCREWS:
            frame = frame.union(box(x, (y + out) / 2, 2.4, out - y, TRINKEY, high))
            frame = frame.union(rod(x, y, TRINKEY, high, self.tube))
        for x, y in SCREWS:
            frame = frame.cut(rod(x, y, 0, 99, self.screw - 0.2))
        return frame

    def button(self) -> cq.Workplane:
        """A plate in the wall in front of BOOT, and the part to press, in the window."""
        face = -(PRESS_OUT + self.play)
        plate = box(
            PRESS_X, face - self.plate / 2, self.slot_wide - 2 * self.play, self.plate, 0.6, self.seam - 1.0
        )
        wide, high = self.window - 2 * self.play, self.window_high - 2 * self.play
        out = self.outer + 0.6
        press = box(PRESS_X, (face - out) / 2, wide, out + face, PRESS_Z - high / 2, high)
        return plate.union(press)

    def printed(self) -> dict[str, cq.Workplane]:
        """The parts at their positions in the token."""
        return {"tray": self.tray(), "lid": self.lid(), "spacer": self.spacer(), "button": self.button()}

    def for_print(self) -> dict[str, cq.Workplane]:
        """As they lie on the printer's bed: lid and spacer upside down, the button on its plate."""
        made = self.printed()
        return made | {
            "lid": made["lid"].rotate((0, 0, 0), (1, 0, 0), 180),
            "spacer": made["spacer"].rotate((0, 0, 0), (1, 0, 0), 180),
            "button": made["button"].rotate((0, 0, 0), (1, 0, 0), -90),
        }

    def screws(self) -> list[cq.Workplane]:
        """From below, their heads level with the tray."""
        return [screw(x, y, self.bottom, SCREW_LONG) for x, y in SCREWS]

    def travel(self) -> float:
        """How far the button goes in before its plate meets the Trinkey's edge."""
        return PRESS_OUT + self.play - WIDE / 2

    def _front(self) -> cq.Workplane:
        outer, inner, *_ = self.ends
        return box((outer + inner) / 2, 0, self.front + 0.02, 99, -99, 999)

    def _block(self, bottom: float, height: float) -> cq.Workplane:
        start, *_, end = self.ends
        return block(start, end, self.outer, bottom, height, self.corner)

    def _button_slot(self) -> cq.Workplane:
        """Open to above: the button goes in before the lid."""
        face = -self.inner + 0.1
        back = -(PRESS_OUT + self.play + self.plate + self.play)
        slot = box(PRESS_X, (face + back) / 2, self.slot_wide, face - back, 0.4, self.seam - 0.4)
        low = PRESS_Z - self.window_high / 2
        return slot.union(box(PRESS_X, -self.outer, self.window, 2 * self.wall, low, self.seam - low))

    def _light(self) -> cq.Workplane:
        """A thin place in the wall beside the light."""
        y = self.outer - self.skin
        return box(PIXEL[0], (y + self.inner - 0.1) / 2, 5.0, y - self.inner + 0.1, TRINKEY, 4.5)

    def _reset(self) -> cq.Workplane:
        """Room for RST's plunger, and a hole to press it through."""
        room = box(PRESS_X, self.inner + 0.3, 5.0, 0.8, PRESS_Z - 1.2, 99)
        hole = box(PRESS_X, self.outer, self.pinhole, 4 * self.wall, PRESS_Z - self.pinhole / 2, self.pinhole)
        return room.union(hole.intersect(box(PRESS_X, 99, 99, 198, -99, 199)))
