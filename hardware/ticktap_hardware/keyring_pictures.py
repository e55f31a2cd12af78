"""Draws the pictures of the tokens for the key ring."""

from __future__ import annotations

from pathlib import Path

import cadquery as cq

from . import xiao_footprint
from .bodies import BOARD, USB_C, XIAO
from .pictures import BASE, BLACK, BUTTON, COVER, GOLD, METAL, WHITE, Scene, board_scene
from .render import Colour, picture
from .sleeve import Sleeve
from .solids import box
from .trinkey import boards
from .xiao_carrier import XIAO_CARRIER
from .xiao_carrier_case import XiaoCarrierCase, on_token
from .xiao_carrier_layout import LAYOUT
from .xiao_case import XiaoCase

_BOARD = (44, 48, 58)
_XIAO_COLOURS: dict[str, Colour] = {
    "xiao": _BOARD,
    "clock": (34, 87, 122),
    "switch legs": METAL,
    "plunger": (214, 132, 60),
}


def _sleeve_boards() -> Scene:
    scene: Scene = []
    for name, solid in boards().items():
        if name == "wires":
            continue
        colour = _BOARD if name in ("trinkey", "clock") else METAL if name == "cell holder" else BLACK
        colour = WHITE if "plug " in name or name in ("BOOT", "RST") else colour
        scene.append((solid, colour))
    scene += [
        (box(-7.8, y, 7.5, wide, 2.0, 0.02), GOLD) for y, wide in ((-3.5, 1.5), (-1, 1), (1, 1), (3.5, 1.5))
    ]
    return scene


def sleeve_picture(sleeve: Sleeve, to: Path) -> None:
    """Draws the assembled token, with plug and button visible."""
    scene: Scene = [
        (sleeve.tray(), BASE),
        (sleeve.lid(), COVER),
        (sleeve.button(), BUTTON),
        *_sleeve_boards(),
    ]
    picture(scene, to, turn=28, tilt=58, size=(1000, 700))


def sleeve_parts_picture(sleeve: Sleeve, to: Path) -> None:
    """Taken apart, along z: tray, Trinkey with the button, spacer, clock, lid."""
    lifts = {"trinkey": 14.0, "BOOT": 14.0, "RST": 14.0, "clock": 44.0, "cell": 44.0}
    scene: Scene = [(sleeve.tray(), BASE), (sleeve.button().translate((0, -8, 14)), BUTTON)]
    scene += [(sleeve.spacer().translate((0, 0, 30)), COVER), (sleeve.lid().translate((0, 0, 62)), COVER)]
    for name, solid in boards().items():
        lift = lifts.get(name.split()[0])
        if lift is None:
            continue
        colour = _BOARD if name in ("trinkey", "clock") else METAL if name == "cell holder" else BLACK
        scene.append((solid.translate((0, 0, lift)), WHITE if name in ("BOOT", "RST") else colour))
    picture(scene, to, turn=28, tilt=62, size=(800, 1000))


def xiao_boards(case: XiaoCase) -> Scene:
    """The clock as the room that it has; the XIAO's parts one by one, not as the box around them."""
    inside = case.inside()
    scene: Scene = [(_socket(inside["xiao socket"], XIAO), METAL)]
    scene.append((box(12.0, 0, 7.0, 7.0, XIAO, 0.9), BLACK))
    for name, solid in inside.items():
        if name not in ("xiao parts", "xiao socket", "wires"):
            scene.append((solid, GOLD if "joint" in name else _XIAO_COLOURS.get(name, BLACK)))
    return scene


def carrier_boards(models: Path) -> Scene:
    """The XIAO carrier with its parts, as it lies in its token."""
    return [(on_token(solid), colour) for solid, colour in _carrier(models)]


def token_picture(case: XiaoCase | XiaoCarrierCase, inside: Scene, to: Path) -> None:
    """Draws the assembled token, with socket and button visible."""
    scene: Scene = [(case.tray(), BASE), (case.lid(), COVER), (case.cap(), BUTTON), *inside]
    picture(scene, to, turn=28, tilt=58, size=(1000, 700))


def parts_picture(case: XiaoCase | XiaoCarrierCase, inside: Scene, to: Path) -> None:
    """Taken apart, along z: tray, what is in it, button, lid."""
    scene: Scene = [(case.tray(), BASE)]
    scene += [(solid.translate((0, 0, 18)), colour) for solid, colour in inside]
    scene += [(case.cap().translate((0, 0, 28)), BUTTON), (case.lid().translate((0, 0, 54)), COVER)]
    picture(scene, to, turn=28, tilt=62, size=(900, 1000))


def carrier_picture(models: Path, to: Path) -> None:
    """The XIAO carrier with its parts, its front and beside it its back."""
    front = _carrier(models)
    middle = LAYOUT.width / 2
    back: Scene = []
    for solid, colour in front:
        turned = solid.rotate((middle, 0, BOARD / 2), (middle, 1, BOARD / 2), 180)
        back.append((turned.translate((LAYOUT.width + 12, 0, 0)), colour))
    picture(front + back, to, turn=-18, tilt=42, size=(1000, 800))


def _carrier(models: Path) -> Scene:
    """The XIAO's parts are drawn one by one, not as the box around them."""
    x, y, top = LAYOUT.placed["U1"].x, LAYOUT.height, BOARD + XIAO
    scene = board_scene(XIAO_CARRIER, LAYOUT, models)
    scene += [(box(x, y - 12.5, 7, 7, top, 0.9), BLACK), (box(x, y - 19, 4, 2, top, 0.8), METAL)]
    for number in range(1, 15):
        px, py = xiao_footprint.pin_at(number)
        scene.append((box(x + px * 1.02, y - py, 2.2, 1.6, BOARD, XIAO + 0.03), GOLD))
    return scene


def _socket(solid: cq.Workplane, bottom: float) -> cq.Workplane:
    """A socket with its opening, towards negative x."""
    return solid.cut(box(0, 0, 8.0, 7.6, bottom + 0.4, USB_C - 0.8))
