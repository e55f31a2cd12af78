"""Draws the pictures of board and case."""

from __future__ import annotations

from pathlib import Path

import cadquery as cq

from . import xiao_footprint
from .bodies import BOARD, PICO, USB, USB_C, XIAO
from .case import Case
from .circuit import Circuit
from .footprint import USB_OUT, pin_at
from .layout import Layout
from .render import Colour, picture
from .sleeve import Sleeve
from .solids import MODELS, board, box, model, parts
from .trinkey import boards
from .xiao_case import XiaoCase

_GREEN, _METAL, _BLACK, _STONE = (38, 120, 62), (200, 202, 206), (40, 41, 44), (186, 160, 118)
_BASE, _COVER, _BUTTON = (70, 104, 138), (226, 222, 210), (208, 82, 76)
_WHITE, _GOLD = (232, 232, 228), (214, 180, 84)
_BOARD = (44, 48, 58)
_COLOURS: dict[str, Colour] = {
    "U1": (28, 104, 68),
    "U1 socket": _METAL,
    "BT1 cell": (226, 226, 220),
    "BT1": _METAL,
    "U2": _BLACK,
    "SW1": _BLACK,
    "SW1 plunger": (214, 132, 60),
    "D1": (70, 190, 90),
}

Scene = list[tuple[cq.Workplane, Colour]]


def populated(case: Case, models: Path) -> Scene:
    """The carrier with its parts. The Pico's parts are drawn one by one, not as the box around them."""
    return _board_scene(case.circuit, case.layout, models) + _pico_parts(case)


def _board_scene(circuit: Circuit, layout: Layout, models: Path) -> Scene:
    """A board of ours with its parts from KiCad's models, or else as boxes."""
    scene: Scene = [(board(layout), _GREEN)]
    modelled = {part.ref for part in circuit.parts if part.footprint in MODELS}
    for name, solid in parts(circuit, layout, models).items():
        if any(word in name for word in ("joint", "leg", "U1 parts")):
            continue
        if name.split()[0] in modelled and "cell" not in name:
            continue
        scene.append((solid, _COLOURS.get(name, _STONE)))
    for ref in modelled:
        scene.append((model(ref, circuit, layout, models), _COLOURS.get(ref, _STONE)))
    return scene


def _pico_parts(case: Case) -> Scene:
    x, top = case.layout.placed["U1"].x, BOARD + PICO
    y = case.layout.height
    bootsel_x, bootsel_y = case.bootsel
    scene: Scene = [
        (box(x, y - 25.5, 7, 7, top, 0.9), _BLACK),
        (box(x - 0.5, y - 36, 5, 4, top, 0.9), _BLACK),
        (box(bootsel_x, bootsel_y, 4.2, 3.4, top, 1.2), _METAL),
        (box(bootsel_x, bootsel_y, 2.4, 1.4, top, 1.8), _WHITE),
        (box(x + 4, y - 13, 2.5, 3.2, top, 0.9), _BLACK),
        (box(x + 5.5, y - 36, 3.2, 2.5, top, 0.8), _METAL),
    ]
    for number in range(1, 41):
        px, py = pin_at(number)
        scene.append((box(x + px * 1.08, y - py, 1.7, 1.6, BOARD, 1.03), _GOLD))
    return scene


def board_picture(case: Case, models: Path, to: Path) -> None:
    picture(populated(case, models), to, turn=-28, tilt=48)


def xiao_carrier_picture(circuit: Circuit, layout: Layout, models: Path, to: Path) -> None:
    """The XIAO carrier with its parts, its front and beside it its back."""
    front = _board_scene(circuit, layout, models)
    x, y = layout.placed["U1"].x, layout.height
    top = BOARD + XIAO
    front += [(box(x, y - 12.5, 7, 7, top, 0.9), _BLACK), (box(x, y - 19, 4, 2, top, 0.8), _METAL)]
    for number in range(1, 15):
        px, py = xiao_footprint.pin_at(number)
        front.append((box(x + px * 1.02, y - py, 2.2, 1.6, BOARD, XIAO + 0.03), _GOLD))
    middle = layout.width / 2
    back: Scene = []
    for solid, colour in front:
        turned = solid.rotate((middle, 0, BOARD / 2), (middle, 1, BOARD / 2), 180)
        back.append((turned.translate((layout.width + 12, 0, 0)), colour))
    picture(front + back, to, turn=-18, tilt=42, size=(1000, 800))


def case_picture(case: Case, models: Path, to: Path) -> None:
    """Taken apart, along z."""
    scene: Scene = [(case.base().translate((0, 0, -26)), _BASE)]
    scene += populated(case, models)
    scene.append((case.plunger().translate((0, 0, 18)), _BUTTON))
    scene.append((case.cover().translate((0, 0, 42)), _COVER))
    picture(scene, to, turn=-28, tilt=60, size=(900, 1000))


def token_picture(case: Case, to: Path) -> None:
    """Draws the assembled token, with its socket visible."""
    x, front = case.layout.placed["U1"].x, case.layout.height + USB_OUT
    socket = box(x, front - 2.85, 8.0, 5.7, BOARD + PICO, USB).cut(
        box(x, front, 7.0, 6.0, BOARD + PICO + 0.5, USB - 1.0)
    )
    scene: Scene = [(case.base(), _BASE), (case.cover(), _COVER), (case.plunger(), _BUTTON), (socket, _METAL)]
    picture(scene, to, turn=152, tilt=52, size=(1000, 700))


def _sleeve_boards() -> Scene:
    scene: Scene = []
    for name, solid in boards().items():
        if name == "wires":
            continue
        colour = _BOARD if name in ("trinkey", "clock") else _METAL if name == "cell holder" else _BLACK
        colour = _WHITE if "plug " in name or name in ("BOOT", "RST") else colour
        scene.append((solid, colour))
    scene += [
        (box(-7.8, y, 7.5, wide, 2.0, 0.02), _GOLD) for y, wide in ((-3.5, 1.5), (-1, 1), (1, 1), (3.5, 1.5))
    ]
    return scene


def sleeve_picture(sleeve: Sleeve, to: Path) -> None:
    """Draws the assembled token, with plug and button visible."""
    scene: Scene = [
        (sleeve.tray(), _BASE),
        (sleeve.lid(), _COVER),
        (sleeve.button(), _BUTTON),
        *_sleeve_boards(),
    ]
    picture(scene, to, turn=28, tilt=58, size=(1000, 700))


def sleeve_parts_picture(sleeve: Sleeve, to: Path) -> None:
    """Taken apart, along z: tray, Trinkey with the button, spacer, clock, lid."""
    lifts = {"trinkey": 14.0, "BOOT": 14.0, "RST": 14.0, "clock": 44.0, "cell": 44.0}
    scene: Scene = [(sleeve.tray(), _BASE), (sleeve.button().translate((0, -8, 14)), _BUTTON)]
    scene += [(sleeve.spacer().translate((0, 0, 30)), _COVER), (sleeve.lid().translate((0, 0, 62)), _COVER)]
    for name, solid in boards().items():
        lift = lifts.get(name.split()[0])
        if lift is None:
            continue
        colour = _BOARD if name in ("trinkey", "clock") else _METAL if name == "cell holder" else _BLACK
        scene.append((solid.translate((0, 0, lift)), _WHITE if name in ("BOOT", "RST") else colour))
    picture(scene, to, turn=28, tilt=62, size=(800, 1000))


_XIAO_COLOURS: dict[str, Colour] = {
    "xiao": (44, 48, 58),
    "clock": (34, 87, 122),
    "switch legs": _METAL,
    "plunger": (214, 132, 60),
}


def _xiao_boards(case: XiaoCase) -> Scene:
    """The clock as the room that it has; the XIAO's parts one by one, not as the box around them."""
    scene: Scene = [
        (solid, _XIAO_COLOURS.get(name, _BLACK))
        for name, solid in case.inside().items()
        if name not in ("xiao parts", "xiao socket", "wires") and "joint" not in name
    ]
    socket = case.inside()["xiao socket"].cut(box(0, 0, 8.0, 7.6, XIAO + 0.4, USB_C - 0.8))
    scene.append((socket, _METAL))
    scene += [(solid, _GOLD) for name, solid in case.inside().items() if "joint" in name]
    scene.append((box(12.0, 0, 7.0, 7.0, XIAO, 0.9), _BLACK))
    return scene


def xiao_picture(case: XiaoCase, to: Path) -> None:
    """Draws the assembled token, with socket and button visible."""
    scene: Scene = [(case.tray(), _BASE), (case.lid(), _COVER), (case.cap(), _BUTTON), *_xiao_boards(case)]
    picture(scene, to, turn=28, tilt=58, size=(1000, 700))


def xiao_parts_picture(case: XiaoCase, to: Path) -> None:
    """Taken apart, along z: tray, what is in it, button, lid."""
    scene: Scene = [(case.tray(), _BASE)]
    scene += [(solid.translate((0, 0, 16)), colour) for solid, colour in _xiao_boards(case)]
    scene += [(case.cap().translate((0, 0, 26)), _BUTTON), (case.lid().translate((0, 0, 42)), _COVER)]
    picture(scene, to, turn=28, tilt=62, size=(900, 1000))
