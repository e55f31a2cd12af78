"""The case: a base, a lid and a button, printable without supports. Every size is a field of Case."""

from __future__ import annotations

from dataclasses import dataclass

import cadquery as cq

from . import layout
from .solids import BOARD, HOLES, LED_AT, PLUNGER, PLUNGER_WIDE, SWITCH, SWITCH_AT, USB_AT, box, rod


@dataclass(frozen=True)
class Case:
    """mm. `gap` is around the board, `play` between printed parts that slide."""

    wall: float = 2.4
    floor: float = 2.4
    gap: float = 0.5
    play: float = 0.2
    below: float = 3.0  # from the floor to the board: room for legs
    inside: float = 5.7  # from the board's upper side to the lid
    lid: float = 2.0
    seam: float = 4.0  # height of the joint above the board's underside
    tongue: float = 1.5
    corner: float = 4.0
    post: float = 6.0
    screw: float = 2.9  # M2.5 goes through
    pilot: float = 2.1  # M2.5 cuts its thread
    head: float = 5.4
    head_deep: float = 2.2
    usb_wide: float = 12.4
    usb_high: float = 9.2
    button: float = 10.6
    flange: float = 13.4
    flange_thick: float = 1.2
    proud: float = 1.4  # of the button over the lid
    light: float = 3.6

    @property
    def bottom(self) -> float:
        return -self.below - self.floor

    @property
    def ceiling(self) -> float:
        return BOARD + self.inside

    @property
    def top(self) -> float:
        return self.ceiling + self.lid

    def base(self) -> cq.Workplane:
        shell = self._block(self.wall + self.gap, self.bottom, self.seam - self.bottom, self.corner)
        shell = shell.cut(self._block(self.gap, -self.below, 99, layout.CORNER))
        shell = shell.cut(
            self._block(self.gap + self.wall / 2, self.seam - self.tongue, 99, layout.CORNER + 1)
        )
        for x, y in HOLES:
            shell = shell.union(rod(x, y, -self.below - 0.1, self.below + 0.1, self.post))
        shell = shell.union(self._ledge())
        for x, y in HOLES:
            shell = shell.cut(rod(x, y, self.bottom - 1, 20, self.screw))
            shell = shell.cut(rod(x, y, self.bottom - 1, self.head_deep + 1, self.head))
        return shell.cut(self._usb())

    def cover(self) -> cq.Workplane:
        shell = self._block(self.wall + self.gap, self.seam, self.top - self.seam, self.corner)
        shell = shell.faces(">Z").edges().fillet(1.0)
        outer = self._block(
            self.gap + self.wall / 2 - self.play, self.seam - self.tongue + self.play, 2, layout.CORNER + 1
        )
        shell = shell.union(outer)
        shell = shell.cut(self._block(self.gap, self.bottom, self.ceiling - self.bottom, layout.CORNER))
        for x, y in HOLES:
            shell = shell.union(rod(x, y, BOARD, self.ceiling - BOARD + 0.1, self.post))
            shell = shell.cut(rod(x, y, BOARD - 1, self.top - BOARD, self.pilot))
        shell = shell.cut(rod(*SWITCH_AT, 0, 99, self.button + 2 * self.play))
        shell = shell.cut(rod(*LED_AT, 0, 99, self.light))
        return shell.cut(self._usb())

    def plunger(self) -> cq.Workplane:
        """The button: a flange keeps it in, a socket holds it on the switch."""
        rest = self.ceiling - self.play - self.flange_thick
        top = self.top + self.proud
        cap = rod(*SWITCH_AT, rest, self.flange_thick, self.flange)
        cap = cap.union(rod(*SWITCH_AT, rest, top - rest, self.button)).faces(">Z").edges().fillet(0.8)
        socket = PLUNGER_WIDE + self.play
        return cap.cut(box(*SWITCH_AT, socket, socket, 0, BOARD + PLUNGER))

    def screws(self) -> list[cq.Workplane]:
        """M2.5 x 10, from below."""
        head = self.bottom + self.head_deep
        return [rod(x, y, head, 10.0, 2.5).union(rod(x, y, head - 2.0, 2.0, 4.8)) for x, y in HOLES]

    def travel(self) -> float:
        """How far the button may go down before its flange meets the switch's body."""
        return self.ceiling - self.play - self.flange_thick - BOARD - SWITCH

    def _block(self, more: float, bottom: float, height: float, corner: float) -> cq.Workplane:
        w, h = layout.WIDTH, layout.HEIGHT
        block = box(w / 2, h / 2, w + 2 * more, h + 2 * more, bottom, height)
        return block.edges("|Z").fillet(corner)

    def _ledge(self) -> cq.Workplane:
        """Where no screw can be: under the board's edge beside the Pico."""
        wide = 1.6 + self.gap
        x = layout.WIDTH + self.gap - wide / 2
        return box(x, layout.HEIGHT / 2 + 6, wide, 34, -self.below - 0.1, self.below + 0.1)

    def _usb(self) -> cq.Workplane:
        """An opening as large as a plug's handle, which has to come up to the socket."""
        x, z = USB_AT
        y = layout.HEIGHT + self.gap + self.wall / 2
        return box(x, y, self.usb_wide, self.wall + 2, z - self.usb_high / 2, self.usb_high)
