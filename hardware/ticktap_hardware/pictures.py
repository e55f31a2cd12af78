"""What the pictures of board and case show."""

from __future__ import annotations

from pathlib import Path

import cadquery as cq

from .case import Case
from .render import Colour, picture
from .solids import board, parts

_GREEN, _METAL, _BLACK, _STONE = (38, 120, 62), (200, 202, 206), (40, 41, 44), (186, 160, 118)
_BASE, _COVER, _BUTTON = (70, 104, 138), (226, 222, 210), (208, 82, 76)
_COLOURS: dict[str, Colour] = {
    "U1": (28, 104, 68),
    "U1 parts": (56, 60, 60),
    "U1 socket": _METAL,
    "BT1 cell": (214, 214, 208),
    "BT1": _METAL,
    "U2": _BLACK,
    "SW1": _BLACK,
    "SW1 plunger": (214, 132, 60),
    "D1": (70, 190, 90),
}

Scene = list[tuple[cq.Workplane, Colour]]


def populated() -> Scene:
    """The board with its parts, the Pico's as they look rather than as the box around them."""
    scene: Scene = [(board(), _GREEN)]
    for name, solid in parts().items():
        if name == "U1 parts":
            scene += _pico_parts()
        elif name == "BT1":
            scene.append((_bridge(solid), _METAL))
        elif "joint" not in name and "leg" not in name:
            scene.append((solid, _COLOURS.get(name, _STONE)))
    return scene


def _pico_parts() -> Scene:
    from . import footprint, layout
    from .solids import BOARD, box

    x, top = layout.PICO_X, BOARD + 1.0
    y = layout.HEIGHT
    scene: Scene = [
        (box(x, y - 25.5, 7, 7, top, 0.9), _BLACK),
        (box(x - 0.5, y - 36, 5, 4, top, 0.9), _BLACK),
        (box(x - 4.5, y - 12.5, 3.4, 3.4, top, 1.6), (232, 232, 228)),
        (box(x + 4, y - 13, 2.5, 3.2, top, 0.9), _BLACK),
        (box(x + 5.5, y - 36, 3.2, 2.5, top, 0.8), _METAL),
    ]
    for number in range(1, 41):
        px, py = footprint.pin_at(number)
        scene.append((box(x + px * 1.08, y - py, 1.7, 1.6, BOARD, 1.03), (214, 180, 84)))
    return scene


def _bridge(holder: cq.Workplane) -> cq.Workplane:
    """The retainer's sheet over the cell, without the walls of the box around it."""
    from .solids import BOARD

    return holder.intersect(cq.Workplane("XY", origin=(0, 0, BOARD + 3.3)).rect(400, 400).extrude(0.6)).union(
        holder.intersect(cq.Workplane("XY", origin=(0, 0, BOARD)).rect(400, 400).extrude(0.6))
    )


def board_picture(to: Path) -> None:
    picture(populated(), to, turn=-28, tilt=48)


def case_picture(case: Case, to: Path) -> None:
    """Taken apart, along z."""
    scene: Scene = [(case.base().translate((0, 0, -26)), _BASE)]
    scene += populated()
    scene.append((case.plunger().translate((0, 0, 18)), _BUTTON))
    scene.append((case.cover().translate((0, 0, 42)), _COVER))
    picture(scene, to, turn=-28, tilt=60, size=(900, 1000))


def token_picture(case: Case, to: Path) -> None:
    """Put together, with the socket in sight."""
    from . import layout
    from .solids import BOARD, USB_FRONT, box

    socket = box(layout.PICO_X, USB_FRONT - 2.85, 8.0, 5.7, BOARD + 1.0, 2.8).cut(
        box(layout.PICO_X, USB_FRONT, 7.0, 6.0, BOARD + 1.5, 1.8)
    )
    light = parts()["D1"]
    scene: Scene = [(case.base(), _BASE), (case.cover(), _COVER), (case.plunger(), _BUTTON), (socket, _METAL)]
    scene.append((light, _COLOURS["D1"]))
    picture(scene, to, turn=152, tilt=52, size=(1000, 700))
