"""The carrier's case: a base, a lid and a button, printed without supports. Every size is a field of Case."""

from __future__ import annotations

from dataclasses import dataclass

import cadquery as cq

from .bodies import BOARD, BOOTSEL, PICO, PICO_PARTS, PLUNGER, PLUNGER_WIDE, SWITCH, USB, bodies
from .carrier import CARRIER
from .carrier_layout import LAYOUT
from .circuit import Circuit
from .footprint import USB_OUT
from .layout import Layout, Point
from .solids import box, rod

SCREW_LONG, HEAD_WIDE, HEAD_HIGH = 10.0, 5.0, 2.1  # M2.5 x 10, pan head, ISO 7045


@dataclass(frozen=True)
class Case:
    """mm. `gap` is around the board, `play` between printed parts that slide."""

    circuit: Circuit = CARRIER
    layout: Layout = LAYOUT
    wall: float = 2.4
    floor: float = 2.8
    gap: float = 0.5
    play: float = 0.2
    below: float = 3.0  # from the floor to the board: room for legs
    inside: float = 6.5  # from the board's upper side to the lid
    lid: float = 2.0
    bevel: float = 0.5  # of the lid's upper edge, which lies on the printer's bed
    seam: float = 4.0  # height of the joint above the board's underside
    tongue: float = 1.5
    corner: float = 4.0
    post: float = 6.0
    screw: float = 2.9  # M2.5 goes through
    pilot: float = 2.1  # M2.5 cuts its thread
    head: float = 5.6
    head_deep: float = 2.3
    membrane: float = (
        0.2  # closes the screw's hole over its head, so that it can be printed; the screw breaks it
    )
    usb_wide: float = 12.4
    usb_high: float = 9.2
    button: float = 10.6
    flange: float = 13.4
    flange_thick: float = 1.2
    flange_play: float = 0.4  # above it, below the lid
    proud: float = 1.4  # of the button over the lid
    light: float = 3.6
    skin: float = 0.4  # of the lid over the light, which shines through
    pinhole: float = 2.2  # to the Pico's BOOTSEL, for a paper clip
    tube: float = 5.0  # around the pinhole, down to `tube_gap` over the Pico's parts
    tube_gap: float = 0.5

    @property
    def bottom(self) -> float:
        return -self.below - self.floor

    @property
    def ceiling(self) -> float:
        return BOARD + self.inside

    @property
    def top(self) -> float:
        return self.ceiling + self.lid

    @property
    def holes(self) -> tuple[Point, ...]:
        return tuple(self._at(x, y) for x, y in self.layout.holes)

    @property
    def usb(self) -> tuple[float, float, float]:
        """The middle of the socket's mouth."""
        x, y = self._at(*self.layout.placed["U1"].on_board(0, -USB_OUT))
        return x, y, BOARD + PICO + USB / 2

    @property
    def bootsel(self) -> Point:
        return self._at(*self.layout.placed["U1"].on_board(*BOOTSEL))

    @property
    def light_at(self) -> Point:
        return self._body("D1")

    @property
    def button_at(self) -> Point:
        return self._body("SW1 plunger")

    def base(self, membrane: bool = True) -> cq.Workplane:
        """As printed, or with the screws' holes open."""
        shell = self._block(self.wall + self.gap, self.bottom, self.seam - self.bottom, self.corner)
        shell = shell.cut(self._block(self.gap, -self.below, 99, self.layout.corner))
        groove = self._block(self.gap + self.wall / 2, self.seam - self.tongue, 99, self.layout.corner + 1)
        shell = shell.cut(groove)
        for x, y in self.holes:
            shell = shell.union(rod(x, y, -self.below - 0.1, self.below + 0.1, self.post))
        shell = shell.union(self._ledge())
        for x, y in self.holes:
            shell = shell.cut(rod(x, y, self.bottom - 1, self.head_deep + 1, self.head))
            over = self.bottom + self.head_deep + (self.membrane if membrane else -1)
            shell = shell.cut(rod(x, y, over, 20, self.screw))
        return shell.cut(self._usb())

    def cover(self) -> cq.Workplane:
        shell = self._block(self.wall + self.gap, self.seam, self.top - self.seam, self.corner)
        if self.bevel:
            shell = shell.faces(">Z").edges().chamfer(self.bevel)
        inner = self.gap + self.wall / 2 - self.play
        tongue = self._block(inner, self.seam - self.tongue + self.play, 2, self.layout.corner + 1)
        shell = shell.union(tongue)
        hollow = self._block(self.gap, self.bottom, self.ceiling - self.bottom, self.layout.corner)
        shell = shell.cut(hollow)
        for x, y in self.holes:
            shell = shell.union(rod(x, y, BOARD, self.ceiling - BOARD + 0.1, self.post))
            shell = shell.cut(rod(x, y, BOARD - 1, self.top - BOARD, self.pilot))
        low = BOARD + PICO + PICO_PARTS + self.tube_gap
        shell = shell.union(rod(*self.bootsel, low, self.ceiling - low + 0.1, self.tube))
        shell = shell.cut(rod(*self.bootsel, 0, 99, self.pinhole))
        shell = shell.cut(rod(*self.button_at, 0, 99, self.button + 2 * self.play))
        shell = shell.cut(rod(*self.light_at, 0, self.top - self.skin, self.light))
        return shell.cut(self._usb())

    def plunger(self) -> cq.Workplane:
        """The button: a flange keeps it in, a socket holds it on the switch."""
        rest = self.ceiling - self.flange_play - self.flange_thick
        top = self.top + self.proud
        cap = rod(*self.button_at, rest, self.flange_thick, self.flange)
        cap = cap.union(rod(*self.button_at, rest, top - rest, self.button)).faces(">Z").edges().fillet(0.8)
        socket = PLUNGER_WIDE + self.play
        return cap.cut(box(*self.button_at, socket, socket, 0, BOARD + PLUNGER))

    def printed(self) -> dict[str, cq.Workplane]:
        """The parts at their positions in the token."""
        return {"base": self.base(), "cover": self.cover(), "button": self.plunger()}

    def for_print(self) -> dict[str, cq.Workplane]:
        """As they lie on the printer's bed: the cover upside down, the button on its flange."""
        made = self.printed()
        return made | {"cover": made["cover"].rotate((0, 0, 0), (1, 0, 0), 180)}

    def screws(self) -> list[cq.Workplane]:
        """From below."""
        head = self.bottom + self.head_deep
        return [
            rod(x, y, head, SCREW_LONG, 2.5).union(rod(x, y, head - HEAD_HIGH, HEAD_HIGH, HEAD_WIDE))
            for x, y in self.holes
        ]

    def travel(self) -> float:
        """How far the button can go down before its flange touches the switch's body."""
        return self.ceiling - self.flange_play - self.flange_thick - BOARD - SWITCH

    def plug(self) -> cq.Workplane:
        """The handle of a micro-USB plug, a large one, up to the socket."""
        x, y, z = self.usb
        return box(x, y + 10, 10.6, 20, z - 8.5 / 2, 8.5)

    def clip(self) -> cq.Workplane:
        """A paper clip, from above the lid down to BOOTSEL."""
        low = BOARD + PICO + PICO_PARTS
        return rod(*self.bootsel, low, self.top + 5 - low, 1.2)

    def _at(self, x: float, y: float) -> Point:
        return x, self.layout.height - y

    def _body(self, name: str) -> Point:
        found = bodies(self.circuit, self.layout)[name]
        return self._at(found.x, found.y)

    def _block(self, more: float, bottom: float, height: float, corner: float) -> cq.Workplane:
        w, h = self.layout.width, self.layout.height
        block = box(w / 2, h / 2, w + 2 * more, h + 2 * more, bottom, height)
        return block.edges("|Z").fillet(corner)

    def _ledge(self) -> cq.Workplane:
        """A ledge below the board's edge next to the Pico, where no screw can be."""
        wide = 1.6 + self.gap
        x = self.layout.width + self.gap - wide / 2
        return box(x, self.layout.height / 2 + 6, wide, 34, -self.below - 0.1, self.below + 0.1)

    def _usb(self) -> cq.Workplane:
        """An opening as large as a plug's handle, which has to come up to the socket."""
        x, _, z = self.usb
        y = self.layout.height + self.gap + self.wall / 2
        return box(x, y, self.usb_wide, self.wall + 2, z - self.usb_high / 2, self.usb_high)
